using Akka;
using Akka.Actor;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams;

/// <summary>Sinks that write to Redis.</summary>
/// <remarks>
/// A sink sends its commands in their order and has a bounded number of them unanswered. While Redis is away it asks for no more elements, and
/// goes on when Redis is back; the stream need not be restarted. By default each element is written exactly once, over the loss of any
/// connection (Redis 6.2 or later). The task that it materialises completes when the last element is written, and fails with a
/// <see cref="RedisOutcomeException"/> when one could not be; of those that were sent with it, some may have been.
/// </remarks>
public static class RedisSink
{
    /// <summary>Adds each element as an entry to a stream (<c>XADD</c>), exactly once.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The stream's key.</param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static Sink<NameValueEntry[], Task<Done>> Stream(IActorRef redis, string key) => Stream(redis, new RedisStreamSinkOptions(key));

    /// <summary>Adds each element as an entry to a stream (<c>XADD</c>), exactly once, and keeps about so many entries there.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The stream's key.</param>
    /// <param name="maxLength"><inheritdoc cref="RedisStreamSinkOptions.MaxLength" path="/summary/node()"/></param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentException">The key is empty, or the length negative.</exception>
    public static Sink<NameValueEntry[], Task<Done>> Stream(IActorRef redis, string key, long maxLength) =>
        Stream(redis, new RedisStreamSinkOptions(key) { MaxLength = maxLength });

    /// <summary>Adds each element as an entry to a stream (<c>XADD</c>).</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">Which stream, and how.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Sink<NameValueEntry[], Task<Done>> Stream(IActorRef redis, RedisStreamSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        return Commands<NameValueEntry[]>(redis, options.Parallelism, options.Add);
    }

    /// <summary>Publishes each element, exactly once as far as the server goes: a subscriber that is away misses it.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    public static Sink<RedisPublication, Task<Done>> Publish(IActorRef redis) => Publish(redis, RedisPublishOptions.Default);

    /// <summary>Publishes each element.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Sink<RedisPublication, Task<Done>> Publish(IActorRef redis, RedisPublishOptions options)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        return Commands<RedisPublication>(redis, options.Parallelism, options.Publish);
    }

    /// <summary>
    /// Acknowledges the entries of <see cref="RedisSource.Stream(IActorRef, RedisStreamConsumerOptions)"/> behind whatever is done with them.
    /// </summary>
    public static Sink<CommittableStreamEntry, Task<Done>> Acknowledge() => Sink.ForEach<CommittableStreamEntry>(entry => entry.Acknowledge());

    private static Sink<T, Task<Done>> Commands<T>(IActorRef redis, int parallelism, Func<T, RedisCommand> commandFor) =>
        Flow.Create<T>()
            .Select(commandFor)
            .Via(RedisFlow.Command(redis, parallelism))
            .ToMaterialized(Sink.Ignore<RedisReply>(), Keep.Right);
}

/// <summary>Where <see cref="RedisSink.Stream(IActorRef, RedisStreamSinkOptions)"/> adds its entries, and how.</summary>
public sealed record RedisStreamSinkOptions
{
    /// <summary>Names the stream.</summary>
    /// <param name="key">The stream's key. It is made when it is not there.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public RedisStreamSinkOptions(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
    }

    /// <summary>The stream's key.</summary>
    public string Key { get; }

    /// <summary>
    /// How many entries the stream keeps about: the server removes the oldest in blocks, so it may have some more (<c>MAXLEN ~</c>).
    /// <see langword="null"/>, the default: all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public long? MaxLength
    {
        get;
        init
        {
            if (value is { } length) ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(MaxLength));
            field = value;
        }
    }

    /// <summary>What may be done when a reply is lost; <see cref="DeliveryMode.ExactlyOnce"/> by default.</summary>
    public DeliveryMode Delivery { get; init; } = DeliveryMode.ExactlyOnce;

    /// <summary>How many entries may be sent and unanswered, 1 to 100,000; 100 by default. Their order holds all the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Parallelism
    {
        get;
        init => field = Check.InRange(value, 1, 100_000, nameof(Parallelism));
    }
    = 100;

    /// <summary>The number of the logical database; <see langword="null"/>, the default, is the connection's own.</summary>
    public int? Database { get; init; }

    internal RedisCommand Add(NameValueEntry[] entry)
    {
        var fields = entry.SelectMany(field => (RedisValue[])[field.Name, field.Value]);
        RedisValue[] limit = MaxLength is { } length ? ["MAXLEN", "~", length] : [];
        return new RedisCommand("XADD", [Key, .. limit, "*", .. fields]) { Database = Database, Delivery = Delivery };
    }
}

/// <summary>A message to be published by <see cref="RedisSink.Publish(IActorRef)"/>.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Payload">The message.</param>
public sealed record RedisPublication(string Channel, RedisValue Payload);

/// <summary>How <see cref="RedisSink.Publish(IActorRef, RedisPublishOptions)"/> publishes.</summary>
public sealed record RedisPublishOptions
{
    private const string PublishOnce = "return redis.call('PUBLISH', KEYS[1], ARGV[1])";
    private const string PublishShardedOnce = "return redis.call('SPUBLISH', KEYS[1], ARGV[1])";

    /// <summary>The defaults.</summary>
    public static RedisPublishOptions Default { get; } = new();

    /// <summary>Whether the channels are those of sharded pub/sub (<c>SPUBLISH</c>, Redis 7); not by default.</summary>
    public bool Sharded { get; init; }

    /// <summary>
    /// What may be done when a reply is lost. With <see cref="DeliveryMode.ExactlyOnce"/>, the default, a script publishes and keeps its token
    /// beside; for the server's ACL the channel is then a key too. <see cref="DeliveryMode.AtLeastOnce"/> may publish a message twice, and a
    /// lost reply fails the stream in the two other modes.
    /// </summary>
    public DeliveryMode Delivery { get; init; } = DeliveryMode.ExactlyOnce;

    /// <summary>How many messages may be sent and unanswered, 1 to 100,000; 100 by default. The order within a channel holds all the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Parallelism
    {
        get;
        init => field = Check.InRange(value, 1, 100_000, nameof(Parallelism));
    }
    = 100;

    internal RedisCommand Publish(RedisPublication message) => Delivery == DeliveryMode.ExactlyOnce
        ? new RedisScript(Sharded ? PublishShardedOnce : PublishOnce, [message.Channel], message.Payload) { Delivery = Delivery }
        : new RedisCommand(Sharded ? "SPUBLISH" : "PUBLISH", message.Channel, message.Payload) { Delivery = Delivery };
}
