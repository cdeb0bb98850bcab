using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>
/// The commands of one sender: of ten, six count on a key of its own, two on a key that all share, one writes a number that
/// grows, and one reads it.
/// </summary>
internal sealed class SenderWork
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly LedgerCounter _own;
    private readonly LedgerCounter _shared;
    private readonly GrowingNumber _number;
    private long _next;

    public SenderWork(LedgerCounter own, LedgerCounter shared, GrowingNumber number)
    {
        _own = own;
        _shared = shared;
        _number = number;
    }

    public RedisCommand Next() => (_next++ % 10) switch
    {
        0 => _number.Write(Timeout),
        1 or 6 => Increment(_shared),
        5 => _number.Read(Timeout),
        _ => Increment(_own),
    };

    private static RedisCommand Increment(LedgerCounter counter) =>
        new("INCR", counter.Key)
        {
            State = new IncrementEntry(counter.Sent()),
            Timeout = Timeout,
            Delivery = DeliveryMode.ExactlyOnce,
        };

    private sealed class IncrementEntry(LedgerEntry entry) : IDemoEntry
    {
        public void Applied(RespValue value) => entry.Applied(value.AsInt64());

        public void Failed(Outcome outcome) => entry.Failed(outcome);
    }
}
