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
        Restart = Restart with { WhenSpent = WhenSpent.Stop },
    };

    public ReconnectPlan CreateReconnectPlan() =>
        new(
            Backoff.CreateStrategy(),
            Restart.CreateBudget(),
            lastsAfter: Backoff.Max < Restart.ResetAfter ? Backoff.Max : Restart.ResetAfter,
            Restart.ResetAfter,
            Random.Shared);
}

/// <summary>How often a connection may be restarted, and what happens then.</summary>
internal sealed record RestartSettings
{
    public RestartSettings(SettingsReader read)
    {
        Max = read.NumberOrUnlimited("restart.max-restarts", 0);
        Within = read.Duration("restart.within", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365));
        ResetAfter = read.Duration("restart.reset-after", TimeSpan.Zero, TimeSpan.FromDays(365));
        WhenSpent = read.OneOf(
            "restart.when-spent", ("stop", WhenSpent.Stop), ("suspend", WhenSpent.Suspend), ("escalate", WhenSpent.Escalate));
    }

    /// <summary>How many within that time; null: any number.</summary>
    public int? Max { get; }

    public TimeSpan Within { get; }

    /// <summary>How long a connection has to last to count as stable.</summary>
    public TimeSpan ResetAfter { get; }

    /// <summary>What happens when there is no restart left.</summary>
    public WhenSpent WhenSpent { get; init; }

    public RestartBudget CreateBudget() => new(Max, Within);
}

/// <summary>What happens after a failure that waiting does not mend.</summary>
internal sealed record MisconfiguredSettings
{
    public MisconfiguredSettings(SettingsReader read)
    {
        RetryAfter = read.DurationOr("never", "misconfigured.retry-after", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1));
        Commands = read.OneOf(
            "misconfigured.commands",
            ("wait", WhenMisconfigured.Wait),
            ("answer-not-sent", WhenMisconfigured.AnswerNotSent));
    }

    /// <summary>How long to wait until it is tried again; infinite is for ever.</summary>
    public TimeSpan RetryAfter { get; }

    /// <summary>What becomes of commands during that wait.</summary>
    public WhenMisconfigured Commands { get; init; }
}

/// <summary>What happens when the restart budget is spent.</summary>
internal enum WhenSpent
{
    /// <summary>The connection is given up; commands are answered.</summary>
    Stop,

    /// <summary>Nothing is tried until somebody says so; commands wait.</summary>
    Suspend,

    /// <summary>The RedisActor fails, for its own supervisor to decide.</summary>
    Escalate,
}

/// <summary>What becomes of commands while the connection cannot be made for want of the right settings.</summary>
internal enum WhenMisconfigured
{
    /// <summary>They are stashed, each as long as its timeout.</summary>
    Wait,

    /// <summary>They are answered at once.</summary>
    AnswerNotSent,
}
