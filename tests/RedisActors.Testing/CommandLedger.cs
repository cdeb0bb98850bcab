using System.Collections.Concurrent;
using System.Diagnostics;

namespace RedisActors.Testing;

/// <summary>
/// Records what senders were told about their commands, to compare it with what the server holds in the end. Independent of the client
/// under test, so that it can measure any client. All members may be called from any thread; a command costs one small object.
/// </summary>
/// <remarks>
/// A counter is a key that starts at zero and is only ever incremented by one, so that its value on the server is the number of
/// commands that were applied.
/// </remarks>
public sealed class CommandLedger
{
    private readonly ConcurrentDictionary<string, LedgerCounter> _counters = new();
    private readonly ConcurrentQueue<LedgerRecovery> _recoveries = new();
    private LedgerRecovery? _awaited;
    private long _longestWait;

    public IEnumerable<LedgerCounter> Counters => _counters.Values;

    /// <summary>The awaited recoveries, in order, finished or not.</summary>
    public IReadOnlyCollection<LedgerRecovery> Recoveries => _recoveries;

    /// <summary>Commands that are currently sent and not yet answered.</summary>
    public long Unanswered => _counters.Values.Sum(counter => counter.Unanswered);

    /// <summary>The longest time between a command and its answer so far.</summary>
    public TimeSpan LongestWait => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestWait));

    /// <summary>The record of one counter, created on first use.</summary>
    public LedgerCounter Counter(string key) => _counters.GetOrAdd(key, static (name, ledger) => new LedgerCounter(name, ledger), this);

    /// <summary>
    /// Starts measuring a recovery: the time from the moment when the server is back to the first command that is reported as applied.
    /// </summary>
    /// <param name="fault">What the server recovered from.</param>
    /// <param name="since">A <see cref="Stopwatch"/> time stamp.</param>
    /// <param name="sentSince">
    /// Also a time stamp: a command counts only if it was sent after it. For faults during which the server kept answering, so that an
    /// answer after the fault may belong to a command applied before it.
    /// </param>
    public LedgerRecovery AwaitRecovery(string fault, long since, long sentSince = 0)
    {
        var recovery = new LedgerRecovery(fault, since, sentSince);
        _recoveries.Enqueue(recovery);
        Volatile.Write(ref _awaited, recovery);
        return recovery;
    }

    /// <summary>What senders have been told so far, without comparison.</summary>
    public LedgerSummary Sums() =>
        _counters.Values.Aggregate(LedgerSummary.Empty, (sums, counter) => sums + counter.Sums()) with { LongestWait = LongestWait };

    /// <summary>Compares what senders were told with what the server holds.</summary>
    /// <param name="serverCounts">The value of each counter on the server; a counter that is missing there is 0.</param>
    public LedgerSummary Compare(IReadOnlyDictionary<string, long> serverCounts)
    {
        var total = LedgerSummary.Empty;
        foreach (var counter in _counters.Values) total += counter.Compare(serverCounts.GetValueOrDefault(counter.Key));
        return total with
        {
            RecoveryTimes = [.. _recoveries.Select(recovery => recovery.Elapsed)],
            LongestWait = LongestWait,
        };
    }

    internal void Answered(LedgerEntry entry, bool applied)
    {
        var now = Stopwatch.GetTimestamp();
        var wait = now - entry.SentAt;
        var longest = Volatile.Read(ref _longestWait);
        while (wait > longest)
        {
            var seen = Interlocked.CompareExchange(ref _longestWait, wait, longest);
            if (seen == longest) break;
            longest = seen;
        }

        if (applied && Volatile.Read(ref _awaited) is { } awaited && awaited.Applied(entry.SentAt, now))
        {
            Interlocked.CompareExchange(ref _awaited, null, awaited);
        }
    }
}
