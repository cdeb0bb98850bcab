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
}
