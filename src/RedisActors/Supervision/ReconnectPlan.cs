using System.Collections.Immutable;

namespace RedisActors.Supervision;

/// <summary>
/// Decides what follows the end of a connection attempt or of a connection: the next attempt, after which wait, or none.
/// </summary>
/// <remarks>
/// A connection that lasted is followed by an attempt at once. Otherwise the wait grows with the attempts that failed since the
/// last connection, and with the connections in a row that did not last. So one lost connection costs next to nothing, whatever
/// the outage before it was like, and a server that accepts every connection and drops it again is not retried in a hot loop.
/// </remarks>
/// <param name="backoff">How long the waits are.</param>
/// <param name="budget">How many attempts there may be.</param>
/// <param name="lastsAfter">How long a connection has to be ready for its loss to be followed by an attempt at once.</param>
/// <param name="resetAfter">How long it has to be ready for attempts to be counted from 1 again.</param>
internal sealed class ReconnectPlan(IBackoffStrategy backoff, RateLimit budget, TimeSpan lastsAfter, TimeSpan resetAfter)
{
    /// <summary>Nothing has been tried yet, or nothing that failed counts any more.</summary>
    public AttemptHistory Begin() => new(budget);

    /// <summary>An attempt has failed. The wait before the next one is null when the restart budget is spent.</summary>
    /// <param name="history">What happened before.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">A random number from 0 to below 1, for jitter.</param>
    public (AttemptHistory History, TimeSpan? Wait) AfterFailure(AttemptHistory history, TimeSpan now, double chance) =>
        Next(history with { Failures = history.Failures + 1 }, now, chance);

    /// <summary>A connection was lost. The wait before the next attempt is null when the restart budget is spent.</summary>
    /// <param name="history">What happened before.</param>
    /// <param name="lasted">How long the connection was ready.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">A random number from 0 to below 1, for jitter.</param>
    public (AttemptHistory History, TimeSpan? Wait) AfterLoss(AttemptHistory history, TimeSpan lasted, TimeSpan now, double chance) =>
        Next(
            history with
            {
                Failures = 0,
                PreviousWait = TimeSpan.Zero,
                ShortLived = lasted >= lastsAfter ? 0 : history.ShortLived + 1,
                Attempt = lasted >= resetAfter ? 0 : history.Attempt,
            },
            now,
            chance);

    private (AttemptHistory History, TimeSpan? Wait) Next(AttemptHistory history, TimeSpan now, double chance)
    {
        if (history.Budget.Take(now) is not { } rest) return (history, null);
        history = history with { Budget = rest, Attempt = history.Attempt + 1 };
        var waits = history.Failures + history.ShortLived;
        if (waits == 0) return (history, TimeSpan.Zero);
        var wait = backoff.DelayBefore(waits, history.PreviousWait, chance);
        return (history with { PreviousWait = wait }, wait);
    }
}

/// <summary>What a <see cref="ReconnectPlan"/> has to know of the past.</summary>
/// <param name="Budget">What is left of the restart budget.</param>
internal sealed record AttemptHistory(RateLimit Budget)
{
    /// <summary>The number of the attempt under way or next, from 1, counted since a connection was last stable.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The attempts that failed since the last connection.</summary>
    public int Failures { get; init; }

    /// <summary>The connections in a row that did not last.</summary>
    public int ShortLived { get; init; }

    public TimeSpan PreviousWait { get; init; }
}

/// <summary>How many times something may happen within a sliding window of time. A value: taking from it gives a new one.</summary>
/// <param name="max">How many times; null is without limit.</param>
/// <param name="window">The length of the window.</param>
internal sealed class RateLimit(int? max, TimeSpan window)
{
    private ImmutableQueue<TimeSpan> _taken = [];
    private int _count;

    /// <summary>Once more, at this time: what is left then; null when that is once too often.</summary>
    public RateLimit? Take(TimeSpan now)
    {
        if (max is not { } limit) return this;
        var (taken, count) = (_taken, _count);
        while (count > 0 && now - taken.Peek() >= window)
        {
            taken = taken.Dequeue();
            count--;
        }

        return count >= limit ? null : new RateLimit(max, window) { _taken = taken.Enqueue(now), _count = count + 1 };
    }
}
