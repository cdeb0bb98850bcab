namespace RedisActors.Configuration;

/// <summary>At what pace that is sent which waited for a connection.</summary>
internal sealed class ReplaySettings
{
    private const int LargestWindow = 1_000_000;

    public ReplaySettings(SettingsReader read)
    {
        InitialWindow = read.Number("replay.initial-window", 1, LargestWindow);
        MaxWindow = read.Number("replay.max-window", 1, LargestWindow);
        read.RequireTogether(
            InitialWindow <= MaxWindow, "replay.initial-window", ["replay.max-window"], $"is larger than replay.max-window, {MaxWindow}");
    }

    /// <summary>How many commands may be in flight at first.</summary>
    public int InitialWindow { get; }

    public int MaxWindow { get; }
}
