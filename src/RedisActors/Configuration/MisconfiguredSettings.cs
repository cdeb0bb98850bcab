namespace RedisActors.Configuration;

/// <summary>What happens after a failure that waiting does not mend.</summary>
internal sealed class MisconfiguredSettings
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
    public WhenMisconfigured Commands { get; }
}
