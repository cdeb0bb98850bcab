using RedisActors.Configuration;

namespace RedisActors.Lanes;

/// <summary>How many connections blocking commands may have for themselves, and how long an idle one is kept.</summary>
internal sealed class SessionSettings
{
    private const int LargestMax = 10_000;

    public SessionSettings(SettingsReader read)
    {
        Max = read.Number("sessions.max", 1, LargestMax);
        IdleTimeout = read.Duration("sessions.idle-timeout", TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    public int Max { get; }

    /// <summary>Zero: it is closed as soon as nobody needs it.</summary>
    public TimeSpan IdleTimeout { get; }
}
