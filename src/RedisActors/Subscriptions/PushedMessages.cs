using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>
/// Messages in the order in which the server sent them: what one read of a connection brought, at most. From a link to the actor that
/// takes its messages, which gives it back (<see cref="SubscriptionLink.Return"/>).
/// </summary>
internal sealed class PushedMessages : INoSerializationVerificationNeeded
{
    public const int Capacity = 512;

    private readonly (Topic Topic, RedisMessage Message)[] _items = new (Topic, RedisMessage)[Capacity];
    private int _count;

    /// <summary>Which link they came over.</summary>
    public required SubscriptionLink Link { get; init; }

    public bool IsEmpty => _count == 0;

    public bool IsFull => _count == Capacity;

    public ReadOnlySpan<(Topic Topic, RedisMessage Message)> Items => _items.AsSpan(0, _count);

    public void Add(Topic topic, RedisMessage message) => _items[_count++] = (topic, message);

    public void Clear()
    {
        Array.Clear(_items, 0, _count);
        _count = 0;
    }
}
