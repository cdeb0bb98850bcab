using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>What both clients have to do: increment a handful of counters, in turn.</summary>
internal sealed class OutageLoad
{
    private const int Keys = 8;

    /// <summary>
    /// How long a place in the window stays empty, at the least after a command that failed. A client that fails at once while the server is
    /// away would otherwise be measured spinning.
    /// </summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    private readonly LedgerCounter[] _counters;
    private uint _next;

    /// <param name="ledger">What is told of the commands is written down here.</param>
    /// <param name="inFlight">Commands under way at once, of all senders together.</param>
    public OutageLoad(CommandLedger ledger, int inFlight)
    {
        InFlight = inFlight;
        _counters = [.. Enumerable.Range(1, Keys).Select(i => ledger.Counter($"outage:{i}"))];
    }

    public int InFlight { get; }

    /// <summary>Our delivery mode as the settings spell it; the default unless set.</summary>
    public string? Delivery { get; init; }

    /// <summary>
    /// Whether a place in the window stays empty for a while after a command that was applied too: a steady load that leaves
    /// the processors time, in place of as much as goes.
    /// </summary>
    public bool RestsAfterSuccess { get; init; }

    /// <summary>The counter that is next to be incremented. May be called from any thread.</summary>
    public LedgerCounter Next() => _counters[Interlocked.Increment(ref _next) % Keys];
}
