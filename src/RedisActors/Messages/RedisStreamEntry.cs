using System.Collections.Immutable;

namespace RedisActors;

/// <summary>
/// An entry of a stream that a <see cref="RedisStreamConsumer"/> hands to its handler. The handler answers the sender, which is the consumer,
/// with <see cref="Acknowledge"/> when it is done, or with <see cref="Fail"/>; one that does neither within
/// <see cref="RedisStreamConsumerOptions.HandlerTimeout"/> is taken to have failed.
/// </summary>
/// <param name="Stream">The stream's key.</param>
/// <param name="Group">The consumer group.</param>
/// <param name="Id">The entry's id: <c>1700000000000-0</c>.</param>
/// <param name="Fields">Its fields and their values, in their order; a field may come more than once.</param>
/// <param name="Deliveries">How often it has been handed to a handler, this time included: more than 1 for one that is handed over again.</param>
public sealed record RedisStreamEntry(
    string Stream, string Group, string Id, ImmutableArray<KeyValuePair<RespValue, RespValue>> Fields, int Deliveries) : IRedisMessage
{
    /// <summary>The first value of a field; null where the entry does not have it.</summary>
    public RespValue this[string field]
    {
        get
        {
            foreach (var (name, value) in Fields)
            {
                if (name.AsString() == field) return value;
            }

            return RespValue.Null;
        }
    }

    /// <summary>The answer of a handler that is done with this entry: it is acknowledged (<c>XACK</c>) and does not come again.</summary>
    public AcknowledgeStreamEntry Acknowledge() => new(Id);

    /// <summary>The answer of a handler that could not handle this entry. It is handed over again, or goes to the dead letters.</summary>
    /// <param name="reason">Why, in one line; it is kept with a dead letter.</param>
    public FailStreamEntry Fail(string reason) => new(Id, reason);

    /// <summary>
    /// A token for a write of the handler's, the same however often the entry is handed over, and to whichever consumer of the group: with
    /// <see cref="DeliveryMode.ExactlyOnce"/> it makes that write once and for all.
    /// </summary>
    /// <param name="write">Tells several writes of one entry from each other.</param>
    public string Token(string write = "") => $"{Stream}:{Group}:{Id}:{write}";

    /// <inheritdoc/>
    public bool Equals(RedisStreamEntry? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && (Stream, Group, Id, Deliveries) == (other.Stream, other.Group, other.Id, other.Deliveries)
            && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan()));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Stream, Group, Id, Deliveries);
}

/// <summary>From a handler to its <see cref="RedisStreamConsumer"/>: the entry is done. See <see cref="RedisStreamEntry.Acknowledge"/>.</summary>
/// <param name="Id">The entry's id.</param>
/// <exception cref="ArgumentNullException">There is no id.</exception>
public sealed record AcknowledgeStreamEntry(string Id) : IRedisMessage
{
    /// <summary>The entry's id.</summary>
    public string Id { get; } = Id ?? throw new ArgumentNullException(nameof(Id));
}

/// <summary>From a handler to its <see cref="RedisStreamConsumer"/>: the entry failed. See <see cref="RedisStreamEntry.Fail"/>.</summary>
/// <param name="Id">The entry's id.</param>
/// <param name="Reason">Why, in one line.</param>
/// <exception cref="ArgumentNullException">There is no id, or no reason.</exception>
public sealed record FailStreamEntry(string Id, string Reason) : IRedisMessage
{
    /// <summary>The entry's id.</summary>
    public string Id { get; } = Id ?? throw new ArgumentNullException(nameof(Id));

    /// <summary>Why, in one line.</summary>
    public string Reason { get; } = Reason ?? throw new ArgumentNullException(nameof(Reason));
}

/// <summary>
/// Sent to a <see cref="RedisStreamConsumer"/>: read no more, wait for what the handler has, acknowledge it, and stop. What is not
/// acknowledged then is handed over again, to this consumer when it starts anew or to another of its group.
/// </summary>
public sealed record StopConsuming : IRedisMessage
{
    private StopConsuming()
    {
    }

    /// <summary>The one instance.</summary>
    public static StopConsuming Instance { get; } = new();
}

/// <summary>Sent to a <see cref="RedisStreamConsumer"/>, which answers with a <see cref="StreamConsumerStatus"/>.</summary>
public sealed record GetStreamConsumerStatus : IRedisMessage
{
    private GetStreamConsumerStatus()
    {
    }

    /// <summary>The one instance.</summary>
    public static GetStreamConsumerStatus Instance { get; } = new();
}

/// <summary>
/// How far a <see cref="RedisStreamConsumer"/> is: the answer to <see cref="GetStreamConsumerStatus"/>, and published on the actor system's
/// event stream every <see cref="RedisStreamConsumerOptions.StatusInterval"/>.
/// </summary>
/// <param name="Stream">The stream's key.</param>
/// <param name="Group">The consumer group.</param>
/// <param name="Consumer">The consumer.</param>
/// <param name="InHand">Entries that this consumer holds: with the handler, or waiting to be handed over again.</param>
/// <param name="Pending">Entries of the group that some consumer was given and none has acknowledged; null: not known yet.</param>
/// <param name="Lag">Entries of the stream that the group has not been given yet; null: not known (servers before Redis 7 do not say).</param>
/// <param name="Acknowledged">Entries that this consumer has acknowledged since it started, dead letters included.</param>
/// <param name="Failed">How often an entry failed since the consumer started.</param>
/// <param name="TakenOver">Entries that other consumers had left, taken over since the consumer started.</param>
/// <param name="DeadLettered">Entries that went to the dead letters since the consumer started.</param>
public sealed record StreamConsumerStatus(
    string Stream,
    string Group,
    string Consumer,
    int InHand,
    long? Pending,
    long? Lag,
    long Acknowledged,
    long Failed,
    long TakenOver,
    long DeadLettered) : IRedisMessage;
