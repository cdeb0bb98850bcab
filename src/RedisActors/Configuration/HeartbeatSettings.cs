namespace RedisActors.Configuration;

/// <summary>How the connection is watched.</summary>
internal sealed class HeartbeatSettings
{
    public HeartbeatSettings(SettingsReader read)
    {
        Interval = read.Duration("heartbeat.interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        Timeout = read.Duration("heartbeat.timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        BusyGrace = read.Duration("heartbeat.busy-grace", TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    public TimeSpan Interval { get; }

    public TimeSpan Timeout { get; }

    /// <summary>How much longer the server may be silent while its host takes new connections.</summary>
    public TimeSpan BusyGrace { get; }
}
