using RedisActors.Configuration;

namespace RedisActors.Backoff;

/// <summary>How long to wait between connection attempts.</summary>
internal sealed class BackoffSettings
{
    private static readonly Dictionary<string, BackoffStrategy> Words =
        Enum.GetValues<BackoffStrategy>().ToDictionary(strategy => SettingWords.Of(strategy), StringComparer.OrdinalIgnoreCase);

    private readonly Func<IBackoffStrategy> _create;

    public BackoffSettings(SettingsReader read)
    {
        Min = read.Duration("backoff.min", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        Max = read.Duration("backoff.max", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        read.RequireTogether(Min <= Max, "backoff.min", ["backoff.max"], $"is longer than backoff.max, {Max}");
        Multiplier = read.Fraction("backoff.multiplier", 1, 1000);
        Jitter = read.Fraction("backoff.jitter", 0, 1);
        PollInterval = read.DurationOrInfinite("backoff.poll-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        _create = read.PartOrNull("backoff.strategy", parts => parts.Backoff, out _) ?? Read(read);
    }

    private Func<IBackoffStrategy> Read(SettingsReader read) =>
        Words.TryGetValue(read.Text("backoff.strategy"), out var strategy)
            ? () => Create(strategy)
            : read.TypeOrNull("backoff.strategy", typeof(IBackoffStrategy), $"{string.Join(", ", Words.Keys)}, or ") is { } type
                ? () => (IBackoffStrategy)Activator.CreateInstance(type)!
                : () => new ConstantBackoff(Max, 0);

    public TimeSpan Min { get; }

    /// <summary>No wait is longer, whatever the strategy returns.</summary>
    public TimeSpan Max { get; }

    public double Multiplier { get; }

    public double Jitter { get; }

    /// <summary>How often the server is polled during a wait; infinite is never.</summary>
    public TimeSpan PollInterval { get; }

    /// <summary>
    /// A strategy for one supervisor; it may have a state. One whose constructor throws, although it did not when the settings were
    /// checked, gives way to a wait of <see cref="Max"/>.
    /// </summary>
    public IBackoffStrategy CreateStrategy()
    {
        try
        {
            return new BoundedBackoff(_create(), Max);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return new ConstantBackoff(Max, 0);
        }
    }

    private IBackoffStrategy Create(BackoffStrategy strategy) => strategy switch
    {
        BackoffStrategy.Linear => new LinearBackoff(Min, Max, Jitter),
        BackoffStrategy.Constant => new ConstantBackoff(Min, Jitter),
        BackoffStrategy.DecorrelatedJitter => new DecorrelatedJitterBackoff(Min, Max, Multiplier),
        _ => new ExponentialBackoff(Min, Max, Multiplier, Jitter),
    };
}
