using Akka.Actor;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Redis for an entity of Akka.Cluster.Sharding: its writes carry the id of the request that they belong to as
/// <see cref="RedisCommand.IdempotencyKey"/>, with <see cref="DeliveryMode.ExactlyOnce"/>. When the entity moves, passivates or dies with its
/// node while a command is under way, the answer is lost with it. The client then repeats its request with the same id, and the entity, wherever
/// it is by then, gets the one original reply.
/// </summary>
/// <remarks>
/// <para>The id comes from the client, the same each time it repeats the request. The server knows it for <c>exactly-once.keep</c> (ten minutes
/// by default, the same on all nodes): repeat no longer than that.</para>
/// <para>A request that writes more than once names its writes, each with a name of its own. What they are must not depend on what an earlier
/// one has changed, since that is read anew when the request is repeated: such a request is a <see cref="RedisScript"/> or a
/// <see cref="RedisTransaction"/>, which are one write. Commands that only read ignore the id, and read what is there.</para>
/// <para>Every outcome but <see cref="Outcome.Applied"/> and <see cref="Outcome.Rejected"/> may be answered with another try of the same
/// request.</para>
/// </remarks>
/// <example>
/// <code>
/// public sealed class CartEntity : ReceiveActor
/// {
///     public CartEntity(string cart)
///     {
///         var redis = EntityRedis.Of(Context);
///         Receive&lt;AddItem&gt;(add => redis.Tell(
///             new RedisCommand("RPUSH", $"cart:{cart}", add.Item) { State = Sender }, add.RequestId, Self));
///         Receive&lt;RedisReply&gt;(reply => ((IActorRef)reply.State!).Tell(new ItemAdded(reply.Value.AsInt64())));
///         Receive&lt;Status.Failure&gt;(failure => ((IActorRef)failure.State!).Tell(failure));
///     }
/// }
/// </code>
/// </example>
public sealed class EntityRedis
{
    private readonly IActorRef _redis;
    private readonly string _prefix;
    private readonly IScheduler? _clock;
    private readonly TimeSpan _usualTimeout;

    /// <summary>For an entity that is known by this name.</summary>
    /// <param name="redis">The <see cref="RedisActor"/> of the node, or its <see cref="RemoteRedis"/>.</param>
    /// <param name="entity">
    /// Names the entity among all that send requests with ids of the same kind: its type and its own id. It must be the same wherever the entity
    /// is.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty or white space.</exception>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    public EntityRedis(IActorRef redis, string entity)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentException.ThrowIfNullOrWhiteSpace(entity);
        _redis = redis;
        _prefix = Part(entity);
    }

    /// <summary>With the RedisActor of this node.</summary>
    /// <param name="redis">The RedisActor.</param>
    /// <param name="entity">As for anybody.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="usualTimeout">The timeout that it gives a command that has none.</param>
    internal EntityRedis(IActorRef redis, string entity, IScheduler clock, TimeSpan usualTimeout)
        : this(redis, entity)
    {
        _clock = clock;
        _usualTimeout = usualTimeout;
    }

    /// <summary>
    /// For the entity whose actor this is, by the name of its type and its id. Call it in the entity's constructor or in <c>PreStart</c>.
    /// </summary>
    /// <param name="context">The context of the entity's own actor, which is a child of its shard.</param>
    /// <param name="redis">Where its commands go; null: to the <see cref="RedisActor"/> of the node, <c>/user/redis</c>.</param>
    /// <exception cref="InvalidOperationException">The actor is not an entity of Akka.Cluster.Sharding.</exception>
    /// <exception cref="ArgumentNullException">There is no context.</exception>
    public static EntityRedis Of(IActorContext context, IActorRef? redis = null)
    {
        ArgumentNullException.ThrowIfNull(context);

        // /system/sharding/TYPE/SHARD/ENTITY. The shard is no part of the name: it depends on the number of shards.
        var path = context.Self.Path.Elements;
        if (path is not ["system", _, var type, _, var entity])
        {
            throw new InvalidOperationException(
                $"{context.Self.Path.ToStringWithoutAddress()} is not an entity of Akka.Cluster.Sharding; name it: new EntityRedis(redis, name).");
        }

        var name = $"{type}/{entity}";
        if (redis is not null) return new EntityRedis(redis, name);
        var here = RedisExtension.Get(context.System);
        return new EntityRedis(here.RedisActor, name, context.System.Scheduler, here.Connections.Default.Commands.Timeout);
    }

    /// <summary>The idempotency key of a write.</summary>
    /// <param name="request">The id of the request, from its sender.</param>
    /// <param name="write">Tells several writes of one request from each other; empty where there is one.</param>
    /// <exception cref="ArgumentException">The id is empty or white space.</exception>
    /// <exception cref="ArgumentNullException">The name of the write is null.</exception>
    public string Token(string request, string write = "")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(request);
        ArgumentNullException.ThrowIfNull(write);
        return $"{_prefix}:{Part(request)}:{Part(write)}";
    }

    /// <summary>The command as it is sent: exactly once, with the idempotency key of its request.</summary>
    /// <param name="command">The command, script or transaction.</param>
    /// <param name="request">The id of the request, from its sender.</param>
    /// <param name="write">Tells several writes of one request from each other.</param>
    /// <exception cref="ArgumentException">The id is empty, or the command has an idempotency key already.</exception>
    /// <exception cref="ArgumentNullException">There is no command.</exception>
    public RedisCommand Stamp(RedisCommand command, string request, string write = "")
    {
        ArgumentNullException.ThrowIfNull(command);
        if (command.IdempotencyKey is { } key) throw new ArgumentException($"The command has the idempotency key '{key}' already.", nameof(command));
        return command with { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = Token(request, write) };
    }

    /// <summary>Stamps a command and sends it. The answer is a <see cref="RedisReply"/> or a <c>Status.Failure</c>, with the command's state.</summary>
    /// <param name="command">The command, script or transaction.</param>
    /// <param name="request">The id of the request, from its sender.</param>
    /// <param name="answerTo">Who is answered: the entity, or whoever sent it the request.</param>
    /// <param name="write">Tells several writes of one request from each other.</param>
    /// <exception cref="ArgumentException">As with <see cref="Stamp"/>.</exception>
    /// <exception cref="ArgumentNullException">There is no command.</exception>
    public void Tell(RedisCommand command, string request, IActorRef answerTo, string write = "") =>
        _redis.Tell(WithDeadline(Stamp(command, request, write)), answerTo);

    /// <summary>Stamps a command, sends it and awaits the reply.</summary>
    /// <param name="command">The command, script or transaction.</param>
    /// <param name="request">The id of the request, from its sender.</param>
    /// <param name="write">Tells several writes of one request from each other.</param>
    /// <param name="cancellation">As with <see cref="RedisActorRefExtensions.ExecuteAsync(IActorRef, RedisCommand, CancellationToken)"/>.</param>
    /// <exception cref="RedisOutcomeException">The outcome is another one than <see cref="Outcome.Applied"/>.</exception>
    /// <exception cref="RedisCanceledException">The command was given up.</exception>
    /// <exception cref="ArgumentException">As with <see cref="Stamp"/>.</exception>
    /// <exception cref="ArgumentNullException">There is no command.</exception>
    public Task<RedisReply> ExecuteAsync(
        RedisCommand command, string request, string write = "", CancellationToken cancellation = default) =>
        _redis.ExecuteAsync(WithDeadline(Stamp(command, request, write)), cancellation);

    /// <summary>
    /// Its time counts from here on and not from its arrival: a process that is stopped in between would run it when the request has been
    /// repeated elsewhere, and forgotten.
    /// </summary>
    private RedisCommand WithDeadline(RedisCommand command)
    {
        if (_clock is null) return command;
        var deadline = command.DeadlineFrom((long)_clock.MonotonicClock.TotalMilliseconds, _usualTimeout);
        return deadline == long.MaxValue ? command : command with { Deadline = deadline };
    }

    /// <summary>Different parts are different keys, whatever they consist of.</summary>
    private static string Part(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace(":", "%3A", StringComparison.Ordinal);
}
