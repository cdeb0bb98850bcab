using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The load of both clients: increment a few counters in turn.</summary>
internal sealed class OutageLoad
{
    private const int Keys = 8;

    /// <summary>
    /// How long a slot of the window pauses, at least after a failed command. Otherwise a client that fails at once while the server is away
    /// would be measured spinning.
    /// </summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(20);

    private readonly LedgerCounter[] _counters;
    private uint _next;

    /// <param name="ledger">Records what is reported about the commands.</param>
    /// <param name="inFlight">Commands in flight, over all senders.</param>
    public OutageLoad(CommandLedger ledger, int inFlight)
    {
        InFlight = inFlight;
        _counters = [.. Enumerable.Range(1, Keys).Select(i => ledger.Counter($"outage:{i}"))];
    }

    public int InFlight { get; }

    /// <summary>Our delivery mode as spelled in the settings; null: the default.</summary>
    public string? Delivery { get; init; }

    /// <summary>
    /// Whether a slot of the window also pauses after an applied command: a steady load that does not saturate the processors, instead of
    /// as much as possible.
    /// </summary>
    public bool RestsAfterSuccess { get; init; }

    /// <summary>The next counter to increment. May be called from any thread.</summary>
    public LedgerCounter Next() => _counters[Interlocked.Increment(ref _next) % Keys];
}
