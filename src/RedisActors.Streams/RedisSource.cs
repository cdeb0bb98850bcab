using Akka;
using Akka.Actor;
using Akka.Streams.Dsl;
using StackExchange.Redis;

namespace RedisActors.Streams;

/// <summary>Sources of what is in Redis, or comes through it.</summary>
/// <remarks>
/// A source asks for elements when they are wanted, and has a bounded number of them in hand. While Redis is away it emits nothing, and goes
/// on when Redis is back; the stream need not be restarted. It fails when the server refuses what it asks for (<c>WRONGTYPE</c>,
/// <c>NOPERM</c>), or the <see cref="RedisActor"/> does: that is stopped, has given Redis up, or its stash is full.
/// </remarks>
public static class RedisSource
{
    /// <summary>
    /// Takes the elements of a list and emits them, as they are wanted; when the list is empty, waits for more. See
    /// <see cref="List(IActorRef, RedisListOptions)"/>, here with its defaults.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The list's key. It need not exist.</param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static Source<RedisValue, RedisSourceControl> List(IActorRef redis, string key) => List(redis, new RedisListOptions(key));

    /// <summary>
    /// Takes the elements of a list and emits them, as they are wanted; when the list is empty, waits for more. By default each element is
    /// taken and emitted exactly once, over the loss of any connection.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Stopped, it emits what it has taken, and completes. When the stream ends otherwise, it puts back what it has taken and not emitted, at
    /// the end where it was; <see cref="RedisSourceControl.Completion"/> says when that is done. While Redis is away, that waits as well.
    /// </para>
    /// <para>
    /// While the list is empty it waits on a session, a connection that nobody else uses meanwhile (the settings <c>sessions</c>).
    /// <c>exactly-once</c> needs Redis 6.2 or later.
    /// </para>
    /// </remarks>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">What is taken, and how.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<RedisValue, RedisSourceControl> List(IActorRef redis, RedisListOptions options)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        return Source.FromGraph(new PolledSource<RedisValue>("redis-list", () => new ListPoll(redis, options)));
    }

    /// <summary>
    /// Becomes a member of a consumer group and emits the entries that it is given, as they are wanted: at least once each, in the order of
    /// the stream, over the loss of any connection and the end of any member. No more than <see cref="RedisStreamConsumerOptions.MaxInHand"/>
    /// of them are read and not answered.
    /// </summary>
    /// <remarks>
    /// <para>
    /// It is a <see cref="RedisStreamConsumer"/> whose handler is the stream: see there, and its options, for what is read again, taken over
    /// and sent to the dead letters. <see cref="RedisStreamConsumerOptions.HandlerTimeout"/> begins when an entry is emitted. An entry that is
    /// filtered out has to be answered too.
    /// </para>
    /// <para>
    /// Stopped, the source completes at once; those entries that it has emitted may still be answered, and
    /// <see cref="RedisSourceControl.Completion"/> completes when they are, or their time is up, and the server knows it. A stream that is
    /// cancelled further down is stopped likewise. What was read and not emitted comes again, here or at another member.
    /// </para>
    /// </remarks>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">What is consumed, and how.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<CommittableStreamEntry, RedisSourceControl> Stream(IActorRef redis, RedisStreamConsumerOptions options)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        return Source.FromGraph(new ConsumerStage(redis, options));
    }

    /// <summary>
    /// Reads a stream (<c>XREAD</c>) from an entry on, and waits for more, without a consumer group: the source holds its position, and each
    /// source gets all entries. See <see cref="Stream(IActorRef, RedisStreamReadOptions)"/>, here with its defaults.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The stream's key. It need not exist.</param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static Source<StreamEntry, RedisSourceControl> Stream(IActorRef redis, string key) => Stream(redis, new RedisStreamReadOptions(key));

    /// <summary>
    /// Reads a stream (<c>XREAD</c>) from an entry on, and waits for more, without a consumer group: the source holds its position, and each
    /// source gets all entries. To go on later, remember the id of the last entry (<see cref="RedisStreamReadOptions.After"/>).
    /// </summary>
    /// <remarks>
    /// Each entry comes once and in order, over the loss of any connection; what is removed from the stream before it was read does not come.
    /// Stopped, the source emits what it has read, and completes. While it waits, it does so on a session, a connection that nobody else uses
    /// meanwhile (the settings <c>sessions</c>).
    /// </remarks>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">What is read, and how.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<StreamEntry, RedisSourceControl> Stream(IActorRef redis, RedisStreamReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        return Source.FromGraph(new PolledSource<StreamEntry>("redis-stream", () => new StreamPoll(redis, options)));
    }

    /// <summary>
    /// Emits the keys of the database (<c>SCAN</c>), and completes. Keys that are there all the time are emitted at least once; those that come
    /// or go meanwhile may be, or not. When the server is restarted or replaced meanwhile, it begins anew, so that keys are emitted a second
    /// time rather than never; where <c>INFO</c> is not permitted it cannot know.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>. Not with <c>topology = cluster</c>, where <c>SCAN</c> speaks of one node.</param>
    /// <param name="options">Which keys.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<string, NotUsed> Scan(IActorRef redis, RedisScanOptions options)
    {
        Validate(redis, options);
        return new ScanPages<string>(redis, options.Scan, page => page.AsArray().Select(key => key.AsString()!)).Source();
    }

    /// <summary>Emits the members of a set (<c>SSCAN</c>), as <see cref="Scan"/> does the keys.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The set's key.</param>
    /// <param name="options">Which members; <see cref="RedisScanOptions.Type"/> does not apply.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<RedisValue, NotUsed> ScanSet(IActorRef redis, string key, RedisScanOptions options)
    {
        Validate(redis, options, key);
        return new ScanPages<RedisValue>(
            redis, cursor => options.Scan("SSCAN", key, cursor), page => page.AsArray().Select(member => member.AsRedisValue())).Source();
    }

    /// <summary>Emits the fields of a hash with their values (<c>HSCAN</c>), as <see cref="Scan"/> does the keys.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The hash's key.</param>
    /// <param name="options">Which fields; <see cref="RedisScanOptions.Type"/> does not apply.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<HashEntry, NotUsed> ScanHash(IActorRef redis, string key, RedisScanOptions options)
    {
        Validate(redis, options, key);
        return new ScanPages<HashEntry>(
            redis,
            cursor => options.Scan("HSCAN", key, cursor),
            page => page.AsPairs().Select(field => new HashEntry(field.Key.AsRedisValue(), field.Value.AsRedisValue()))).Source();
    }

    /// <summary>Emits the members of a sorted set with their scores (<c>ZSCAN</c>), in no order, as <see cref="Scan"/> does the keys.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="key">The sorted set's key.</param>
    /// <param name="options">Which members; <see cref="RedisScanOptions.Type"/> does not apply.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<SortedSetEntry, NotUsed> ScanSortedSet(IActorRef redis, string key, RedisScanOptions options)
    {
        Validate(redis, options, key);
        return new ScanPages<SortedSetEntry>(
            redis,
            cursor => options.Scan("ZSCAN", key, cursor),
            page => page.AsPairs().Select(member => new SortedSetEntry(member.Key.AsRedisValue(), member.Value.AsDouble()))).Source();
    }

    /// <summary>
    /// Subscribes to a channel and emits its messages. What is missed while Redis is away, or is dropped since the stream is slow, does not
    /// come, and nothing says so: <see cref="SubscriptionWithGaps"/> does. See there for all else.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="channel">The channel.</param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    public static Source<RedisMessage, RedisSubscriptionControl> Subscription(IActorRef redis, string channel) =>
        Subscription(redis, RedisSubscriptionOptions.Channel(channel));

    /// <summary>
    /// Subscribes and emits the messages. What is missed while Redis is away, or is dropped since the stream is slow, does not come, and
    /// nothing says so: <see cref="SubscriptionWithGaps"/> does. See there for all else.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">What is subscribed to, and what happens when the stream is slow.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<RedisMessage, RedisSubscriptionControl> Subscription(IActorRef redis, RedisSubscriptionOptions options) =>
        SubscriptionWithGaps(redis, options).Where(told => told is RedisMessage).Select(told => (RedisMessage)told);

    /// <summary>
    /// Subscribes and emits what is told of the subscription, in its order: each message as a <see cref="RedisMessage"/>; a
    /// <see cref="RedisSubscriptionInterrupted"/> and a <see cref="RedisSubscriptionResumed"/> around a time in which messages may have been
    /// missed; a <see cref="RedisMessagesDropped"/> in the place of messages that were dropped since the stream is slow.
    /// </summary>
    /// <remarks>
    /// The connection comes back by itself and the subscription with it, and the stream goes on. When the subscription ends, the stream fails
    /// with a <see cref="RedisSubscriptionException"/>. Redis keeps no message for a subscriber that is away: to miss nothing, read a stream.
    /// </remarks>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="options">What is subscribed to, and what happens when the stream is slow.</param>
    /// <exception cref="ArgumentNullException">One of them is missing.</exception>
    public static Source<IRedisMessage, RedisSubscriptionControl> SubscriptionWithGaps(IActorRef redis, RedisSubscriptionOptions options)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        return Source.FromGraph(new SubscriptionStage(redis, options));
    }

    private static void Validate(IActorRef redis, RedisScanOptions options, string key = "")
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(key);
    }
}
