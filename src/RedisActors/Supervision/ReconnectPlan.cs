namespace RedisActors.Supervision;

/// <summary>
/// Decides what follows when a connection attempt or a connection has ended: another attempt, after which wait, or none.
/// </summary>
/// <remarks>
/// The count of attempts starts anew only after a connection that stayed ready for <c>reset-after</c>. A server that takes every
/// connection and drops it again is therefore not retried hot.
/// </remarks>
internal sealed class ReconnectPlan(BackoffSchedule backoff, RestartBudget budget, TimeSpan resetAfter, Random random)
{
    private TimeSpan? _readySince;

    /// <summary>The number of the attempt under way or next, from 1, counted since a connection was last stable.</summary>
    public int Attempt { get; private set; } = 1;

    /// <summary>A connection is ready, since this time.</summary>
    public void Ready(TimeSpan now) => _readySince = now;

    /// <summary>
    /// The attempt or connection has ended, at this time. Answers how long to wait before the next attempt; null when the
    /// restart budget is spent.
    /// </summary>
    public TimeSpan? Ended(TimeSpan now)
    {
        var wasStable = _readySince is { } since && now - since >= resetAfter;
        _readySince = null;
        if (!budget.TrySpend(now)) return null;
        Attempt = wasStable ? 1 : Attempt + 1;

        // The first wait is the minimum: attempt 1 after a stable connection, attempt 2 after a first attempt that failed.
        return backoff.DelayBefore(wasStable ? 1 : Math.Max(1, Attempt - 1), random.NextDouble());
    }
}
