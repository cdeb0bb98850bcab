using RedisActors.Backoff;
using RedisActors.Configuration;

namespace RedisActors.Supervision;

/// <summary>When a connection is restarted, how often, and what happens when it is not.</summary>
internal sealed record SupervisionSettings(SettingsReader Read)
{
    public BackoffSettings Backoff { get; } = new(Read);

    public RestartSettings Restart { get; private init; } = new(Read);

    public MisconfiguredSettings Misconfigured { get; private init; } = new(Read);

    /// <summary>The same, but commands are answered where waiting does not help, and nobody else is told that the budget is spent.</summary>
    public SupervisionSettings AnsweringAtOnce() => this with
    {
        Misconfigured = Misconfigured with { Commands = WhenMisconfigured.AnswerNotSent },
        Restart = Restart with { WhenSpent = WhenRestartsSpent.Stop },
    };

    /// <summary>The same, but nobody else is told that the budget is spent.</summary>
    public SupervisionSettings NotEscalating() =>
        Restart.WhenSpent == WhenRestartsSpent.Escalate ? this with { Restart = Restart with { WhenSpent = WhenRestartsSpent.Stop } } : this;

    public ReconnectPlan CreateReconnectPlan() =>
        new(
            Backoff.CreateStrategy(),
            new RateLimit(Restart.Max, Restart.Within),
            lastsAfter: Backoff.Max < Restart.ResetAfter ? Backoff.Max : Restart.ResetAfter,
            Restart.ResetAfter);
}

/// <summary>How often a connection may be restarted, and what happens then.</summary>
internal sealed record RestartSettings
{
    public RestartSettings(SettingsReader read)
    {
        Max = read.NumberOrUnlimited("restart.max-restarts", 0);
        Within = read.Duration("restart.within", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365));
        ResetAfter = read.Duration("restart.reset-after", TimeSpan.Zero, TimeSpan.FromDays(365));
        WhenSpent = read.OneOf<WhenRestartsSpent>("restart.when-spent");
    }

    /// <summary>How many restarts within <see cref="Within"/>; null: any number.</summary>
    public int? Max { get; }

    public TimeSpan Within { get; }

    /// <summary>How long a connection has to last to count as stable.</summary>
    public TimeSpan ResetAfter { get; }

    /// <summary>What happens when there is no restart left.</summary>
    public WhenRestartsSpent WhenSpent { get; init; }
}

/// <summary>What happens after a failure that waiting does not fix.</summary>
internal sealed record MisconfiguredSettings
{
    public MisconfiguredSettings(SettingsReader read)
    {
        RetryAfter = read.DurationOr("never", "misconfigured.retry-after", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
        Commands = read.OneOf<WhenMisconfigured>("misconfigured.commands");
    }

    /// <summary>How long to wait before the next attempt; infinite is for ever.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>What happens to commands during that wait.</summary>
    public WhenMisconfigured Commands { get; init; }
}
