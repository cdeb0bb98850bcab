namespace RedisActors.Configuration;

/// <summary>At what pace that is sent which waited for a connection.</summary>
internal sealed class DrainSettings
{
    private const int LargestWindow = 1_000_000;

    public DrainSettings(SettingsReader read)
    {
        InitialWindow = read.Number("drain.initial-window", 1, LargestWindow);
        MaxWindow = read.Number("drain.max-window", 1, LargestWindow);
        read.RequireTogether(
            InitialWindow <= MaxWindow, "drain.initial-window", ["drain.max-window"], $"is larger than drain.max-window, {MaxWindow}");
    }

    /// <summary>How many commands may be in flight at first.</summary>
    public int InitialWindow { get; }

    public int MaxWindow { get; }
}
