namespace RedisActors.Supervision;

/// <summary>Waits that grow by a factor, up to a maximum.</summary>
/// <param name="Min">The first wait, before jitter.</param>
/// <param name="Max">The longest wait there is, jitter included.</param>
/// <param name="Multiplier">By how much a wait is longer than the one before; at least 1.</param>
/// <param name="Jitter">
/// The part of a wait, from 0 to 1, that is left to chance. Chance only shortens: a wait lies between (1 − jitter) and 1 times
/// its length, so the maximum holds, and clients that lost the same server come back spread out.
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
