using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>What both clients have to do: increment a handful of counters, in turn.</summary>
internal sealed class OutageLoad
{
    private const int Keys = 8;

    /// <summary>
    /// How long a place in the window stays empty after a command that failed. A client that fails at once while the server is
    /// away would otherwise be measured spinning.
    /// </summary>
    public static readonly TimeSpan RestAfterFailure = TimeSpan.FromMilliseconds(20);

    private readonly LedgerCounter[] _counters;
    private uint _next;

    public OutageLoad(CommandLedger ledger)
    {
        _counters = [.. Enumerable.Range(1, Keys).Select(i => ledger.Counter($"outage:{i}"))];
    }

    /// <summary>The counter that is next to be incremented. May be called from any thread.</summary>
    public LedgerCounter Next() => _counters[Interlocked.Increment(ref _next) % Keys];
}
