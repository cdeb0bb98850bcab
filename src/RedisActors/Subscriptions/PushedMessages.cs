using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>What a subscription is for, by name.</summary>
internal sealed record Topic(RedisSubscriptionKind Kind, string Name)
{
    /// <summary>The command that subscribes to it.</summary>
    public string Verb => Kind switch
    {
        RedisSubscriptionKind.Pattern => "PSUBSCRIBE",
        RedisSubscriptionKind.ShardChannel => "SSUBSCRIBE",
        _ => "SUBSCRIBE",
    };

    /// <summary>The command that ends that.</summary>
    public string EndVerb => Kind switch
    {
        RedisSubscriptionKind.Pattern => "PUNSUBSCRIBE",
        RedisSubscriptionKind.ShardChannel => "SUNSUBSCRIBE",
        _ => "UNSUBSCRIBE",
    };

    public override string ToString() => Kind switch
    {
        RedisSubscriptionKind.Pattern => $"the pattern '{Name}'",
        RedisSubscriptionKind.ShardChannel => $"the shard channel '{Name}'",
        _ => $"the channel '{Name}'",
    };
}

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
