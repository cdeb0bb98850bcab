namespace RedisActors.Backoff;

/// <summary>Waits that grow by a factor, up to a maximum.</summary>
/// <param name="Min">The first wait, before jitter.</param>
/// <param name="Max">The longest wait, jitter included.</param>
/// <param name="Multiplier">The factor from one wait to the next; at least 1.</param>
/// <param name="Jitter">
/// The part of a wait, from 0 to 1, that is left to chance. Chance only shortens a wait, to (1 − jitter) times its length at least,
/// so the maximum holds, and clients that lost the same server come back spread out.
/// </param>
internal sealed record ExponentialBackoff(TimeSpan Min, TimeSpan Max, double Multiplier, double Jitter) : IBackoffStrategy
{
    public TimeSpan DelayBefore(int attempt, double chance) => DelayBefore(attempt, TimeSpan.Zero, chance);

    public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var length = Math.Min(Min.TotalMilliseconds * Math.Pow(Multiplier, attempt - 1), Max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(length * (1 - Jitter * chance));
    }
}

/// <summary>Waits that grow by the same amount each, up to a maximum. Jitter as in <see cref="ExponentialBackoff"/>.</summary>
internal sealed record LinearBackoff(TimeSpan Min, TimeSpan Max, double Jitter) : IBackoffStrategy
{
    public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) =>
        TimeSpan.FromMilliseconds(Math.Min(Min.TotalMilliseconds * attempt, Max.TotalMilliseconds) * (1 - Jitter * chance));
}

/// <summary>Always the same wait. Jitter as in <see cref="ExponentialBackoff"/>.</summary>
internal sealed record ConstantBackoff(TimeSpan Wait, double Jitter) : IBackoffStrategy
{
    public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => Wait * (1 - Jitter * chance);
}

/// <summary>
/// Each wait lies anywhere between the minimum and a multiple of the one before, so that clients that began together soon drift
/// apart. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
/// </summary>
internal sealed record DecorrelatedJitterBackoff(TimeSpan Min, TimeSpan Max, double Multiplier) : IBackoffStrategy
{
    public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance)
    {
        var longest = Math.Max(Min.TotalMilliseconds, previous.TotalMilliseconds * Multiplier);
        var wait = Min.TotalMilliseconds + (longest - Min.TotalMilliseconds) * chance;
        return TimeSpan.FromMilliseconds(Math.Min(wait, Max.TotalMilliseconds));
    }
}

/// <summary>
/// Holds a strategy to its bounds, whatever it returns: never longer than the maximum, and never so short that attempts become a
/// hot loop.
/// </summary>
internal sealed class BoundedBackoff(IBackoffStrategy strategy, TimeSpan max) : IBackoffStrategy
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance)
    {
        var shortest = Shortest < max ? Shortest : max;
        try
        {
            var wait = strategy.DelayBefore(attempt, previous, chance);
            return wait > max ? max : wait < shortest ? shortest : wait;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return max;
        }
    }
}
