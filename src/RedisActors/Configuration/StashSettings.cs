using RedisActors.Commands;

namespace RedisActors.Configuration;

/// <summary>How many commands may wait for a connection.</summary>
internal sealed class StashSettings
{
    public StashSettings(SettingsReader read)
    {
        MaxCount = read.Number("stash.max-count", 0, int.MaxValue);
        MaxBytes = read.Size("stash.max-bytes");
        WhenFull = read.OneOf("stash.when-full", ("reject-new", WhenFull.RejectNew), ("drop-oldest", WhenFull.DropOldest));
    }

    public int MaxCount { get; }

    /// <summary>By estimate.</summary>
    public long MaxBytes { get; }

    public WhenFull WhenFull { get; }
}
