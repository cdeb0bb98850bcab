using System.Collections.Concurrent;
using System.Diagnostics;

namespace RedisActors.Testing;

/// <summary>
/// The account of what senders were told about their commands, held in the end against what the server has. Knows nothing of
/// the client under test, so that any client can be measured with it. All members may be called from any thread; a command
/// costs one small object.
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

    /// <summary>The recoveries that were awaited, in their order, finished or not.</summary>
    public IReadOnlyCollection<LedgerRecovery> Recoveries => _recoveries;

    /// <summary>Commands sent and not yet answered, at this moment.</summary>
    public long Unanswered => _counters.Values.Sum(counter => counter.Unanswered);

    /// <summary>The longest time between a command and its answer so far.</summary>
    public TimeSpan LongestWait => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _longestWait));

    /// <summary>The account of one counter, made when it is first asked for.</summary>
    public LedgerCounter Counter(string key) => _counters.GetOrAdd(key, static (name, ledger) => new LedgerCounter(name, ledger), this);

    /// <summary>
    /// Begins to measure a recovery: the time from the moment at which the server is back to the first command of which a
    /// sender is told that it was applied.
    /// </summary>
    /// <param name="fault">What the server recovered from.</param>
    /// <param name="since">A <see cref="Stopwatch"/> time stamp.</param>
    /// <param name="sentSince">
    /// A time stamp too: a command counts only if it was sent since. For a fault during which the server kept answering, so that
    /// an answer told after it may belong to a command applied before it.
    /// </param>
    public LedgerRecovery AwaitRecovery(string fault, long since, long sentSince = 0)
    {
        var recovery = new LedgerRecovery(fault, since, sentSince);
        _recoveries.Enqueue(recovery);
        Volatile.Write(ref _awaited, recovery);
        return recovery;
    }

    /// <summary>What senders were told so far, held against nothing.</summary>
    public LedgerSummary Sums() =>
        _counters.Values.Aggregate(LedgerSummary.Empty, (sums, counter) => sums + counter.Sums()) with { LongestWait = LongestWait };

    /// <summary>Holds what senders were told against what the server has.</summary>
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
