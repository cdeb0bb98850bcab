namespace RedisActors.Supervision;

/// <summary>How long to wait before an attempt: growing exponentially, spread by jitter, never longer than the maximum.</summary>
/// <param name="Min">The wait before the first attempt, before jitter.</param>
/// <param name="Max">The longest wait there is, jitter included.</param>
/// <param name="Multiplier">By how much the wait grows from one attempt to the next; at least 1.</param>
/// <param name="Jitter">
/// The part of a wait, from 0 to 1, that is left to chance. Chance only shortens: a wait lies between (1 − jitter) and 1 times
/// its length, so the maximum holds, and clients that lost the same server come back spread out.
/// </param>
internal sealed record BackoffSchedule(TimeSpan Min, TimeSpan Max, double Multiplier, double Jitter)
{
    /// <summary>The wait before an attempt.</summary>
    /// <param name="attempt">The attempt that is waited for, from 1.</param>
    /// <param name="chance">A random number from 0 to below 1.</param>
    public TimeSpan DelayBefore(int attempt, double chance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var length = Math.Min(Min.TotalMilliseconds * Math.Pow(Multiplier, attempt - 1), Max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(length * (1 - Jitter * chance));
    }
}
