using RedisActors.Supervision;

namespace RedisActors.Configuration;

/// <summary>How often a connection may be restarted, and what happens then.</summary>
internal sealed class RestartSettings
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
    public WhenSpent WhenSpent { get; }

    public RestartBudget CreateBudget() => new(Max, Within);
}
