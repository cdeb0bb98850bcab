namespace RedisActors.Supervision;

/// <summary>
/// Decides what follows when a connection attempt or a connection has ended: another attempt, after which wait, or none.
/// </summary>
/// <remarks>
/// A connection that lasted is followed by an attempt at once. Otherwise there is a wait, which grows with the attempts that failed
/// since there was a connection, and with the connections in a row that did not last. So one lost connection costs next to
/// nothing, whatever the outage before it was like, and a server that takes every connection and drops it again is not retried hot.
/// </remarks>
/// <param name="backoff">How long the waits are.</param>
/// <param name="budget">How many attempts there may be.</param>
/// <param name="lastsAfter">How long a connection has to be ready until its loss is followed by an attempt at once.</param>
/// <param name="resetAfter">How long it has to be ready until <see cref="Attempt"/> begins anew.</param>
/// <param name="random">For jitter.</param>
internal sealed class ReconnectPlan(
    IBackoffStrategy backoff, RestartBudget budget, TimeSpan lastsAfter, TimeSpan resetAfter, Random random)
{
    private TimeSpan? _readySince;
    private TimeSpan _previous;
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
            _failures = 0;
            _previous = TimeSpan.Zero;
            _shortLived = now - since >= lastsAfter ? 0 : _shortLived + 1;
            if (now - since >= resetAfter) Attempt = 0;
        }
        else
        {
            _failures++;
        }

        if (!budget.TrySpend(now)) return null;
        Attempt++;
        var waits = _shortLived + _failures;
        return waits == 0 ? TimeSpan.Zero : _previous = backoff.DelayBefore(waits, _previous, random.NextDouble());
    }

    /// <summary>Somebody said to begin anew: nothing that failed so far counts.</summary>
    public void BeginAnew()
    {
        budget.BeginAnew();
        _readySince = null;
        _previous = TimeSpan.Zero;
        _failures = _shortLived = 0;
        Attempt = 1;
    }
}
