namespace RedisActors.Supervision;

/// <summary>
/// Decides what follows when a connection attempt or a connection has ended: another attempt, after which wait, or none.
/// </summary>
/// <remarks>
/// The wait grows with the attempts that failed since there was a connection, and with the connections in a row that did not
/// stay ready for <c>reset-after</c>. So one lost connection is followed by a short wait, whatever the outage before it was like,
/// and a server that takes every connection and drops it again is not retried hot.
/// </remarks>
internal sealed class ReconnectPlan(BackoffSchedule backoff, RestartBudget budget, TimeSpan resetAfter, Random random)
{
    private TimeSpan? _readySince;
    private int _failures;
    private int _shortLived;

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
        if (_readySince is { } since)
        {
            _readySince = null;
            var wasStable = now - since >= resetAfter;
            _failures = 0;
            _shortLived = wasStable ? 0 : _shortLived + 1;
            Attempt = wasStable ? 0 : Attempt;
        }
        else
        {
            _failures++;
        }

        if (!budget.TrySpend(now)) return null;
        Attempt++;
        return backoff.DelayBefore(Math.Max(1, _shortLived + _failures), random.NextDouble());
    }
}
