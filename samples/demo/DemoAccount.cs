using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// What the senders were told. Increments can be counted on the server, so they make up the ledger of the last line; writes and
/// reads of a number cannot, and are checked against what is read.
/// </summary>
internal sealed class DemoAccount
{
    private readonly string _prefix = $"redis-actors-demo:{Guid.NewGuid().ToString("N")[..8]}:";
    private readonly List<GrowingNumber> _numbers = [];

    public CommandLedger Increments { get; } = new();

    public CommandLedger WritesAndReads { get; } = new();

    /// <summary>How often something older was read than had been told as written.</summary>
    public long Stale => _numbers.Sum(number => number.Stale);

    public LedgerSummary Sums => Increments.Sums() + WritesAndReads.Sums();

    public long Unanswered => Increments.Unanswered + WritesAndReads.Unanswered;

    /// <summary>All keys that the demo uses.</summary>
    public IEnumerable<string> Keys => CounterKeys.Concat(_numbers.Select(number => number.Key));

    public IEnumerable<string> CounterKeys => Increments.Counters.Select(counter => counter.Key);

    public IReadOnlyList<GrowingNumber> Numbers => _numbers;

    /// <summary>The work of one more sender.</summary>
    public SenderWork AddSender(int number)
    {
        var growing = new GrowingNumber(
            $"{_prefix}number:{number}", WritesAndReads.Counter("writes"), WritesAndReads.Counter("reads"));
        _numbers.Add(growing);
        return new SenderWork(
            Increments.Counter($"{_prefix}count:{number}"), Increments.Counter($"{_prefix}count:shared"), growing);
    }
}
