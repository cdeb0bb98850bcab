using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace RedisActors.Hosting;

/// <summary>
/// A connection to Redis for classes that are no actors: takes commands, tells the state. It is registered by
/// <see cref="RedisClientExtensions.AddRedisClient"/>, can be taken by any constructor and used from any thread at once: the first command
/// starts the actor system, if the host has not done so yet.
/// </summary>
/// <example>
/// <code>
/// public sealed class Carts(RedisClient redis)
/// {
///     public Task&lt;RespValue&gt; AddAsync(string cart, string item) => redis.ExecuteAsync("HINCRBY", cart, item, 1);
/// }
/// </code>
/// </example>
public sealed class RedisClient
{
    private readonly Func<ActorSystem> _system;
    private readonly Lock _gate = new();
    private Task<ConnectionWatch>? _starting;
    private Action<RedisConnectionEvent>? _stateChanged;
    private volatile ConnectionWatch? _watch;

    internal RedisClient(Func<ActorSystem> system, string connection)
    {
        _system = system;
        Connection = connection;
    }

    /// <summary>
    /// Raised at each change of the connection's state, with what it is then; of a connection with several lanes, for each lane. On a thread
    /// of an actor: take no time. What a handler throws is logged.
    /// </summary>
    public event Action<RedisConnectionEvent>? StateChanged
    {
        add
        {
            lock (_gate) _stateChanged += value;

            // It is told of the states as soon as there are any.
            _ = StartAsync();
        }

        remove
        {
            lock (_gate) _stateChanged -= value;
        }
    }

    /// <summary>The connection's name in the settings.</summary>
    public string Connection { get; }

    /// <summary>
    /// The last change of the connection's state, the worst of its lanes; <see langword="null"/> before this client was first used, and
    /// before the first attempt.
    /// </summary>
    public RedisConnectionEvent? State => _watch?.Current.State;

    /// <summary>Whether commands flow. Commands need not wait for that: they are taken at any time.</summary>
    public bool IsReady => _watch?.Current is { AwaySince: null };

    /// <summary>A client for an actor system without a host.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="connection"><c>default</c>, or a name under <c>redis-actors.connections</c>.</param>
    public static RedisClient Of(ActorSystem system, string connection = "default")
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        return new RedisClient(() => system, connection);
    }

    /// <summary>Sends a command and awaits its reply, see <see cref="RedisActorRefExtensions.ExecuteAsync(IActorRef, RedisCommand, CancellationToken)"/>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">Gives the command up, also while the actor system starts.</param>
    /// <exception cref="RedisOutcomeException">
    /// The outcome is another one than <see cref="Outcome.Applied"/>; <see cref="Outcome.NotSent"/> if the actor system cannot start.
    /// </exception>
    /// <exception cref="RedisCanceledException">The command was given up; its <c>Outcome</c> says whether it may have run.</exception>
#pragma warning disable RS0027 // the other overload begins with a text, so no call can mean either
    public Task<RedisReply> ExecuteAsync(RedisCommand command, CancellationToken cancellation = default)
#pragma warning restore RS0027
    {
        ArgumentNullException.ThrowIfNull(command);
        return _watch is { } watch ? watch.Redis.ExecuteAsync(command, cancellation) : StartAndExecuteAsync(command, cancellation);
    }

    /// <summary>Sends a command and awaits the value that the server replies with.</summary>
    /// <param name="name">The command's name, as in <see cref="RedisCommand(string, ReadOnlySpan{RedisValue})"/>.</param>
    /// <param name="arguments">The arguments, keys included.</param>
    /// <exception cref="RedisOutcomeException">
    /// The outcome is another one than <see cref="Outcome.Applied"/>; <see cref="Outcome.NotSent"/> if the actor system cannot start.
    /// </exception>
    public Task<RespValue> ExecuteAsync(string name, params ReadOnlySpan<RedisValue> arguments)
    {
        return ValueAsync(ExecuteAsync(new RedisCommand(name, arguments)));

        static async Task<RespValue> ValueAsync(Task<RedisReply> reply) => (await reply.ConfigureAwait(false)).Value;
    }

    /// <summary>Takes a lock, and waits for it, see <see cref="RedisLockExtensions.LockAsync"/>.</summary>
    /// <param name="name">What is locked, such as <c>order:42</c>.</param>
    /// <param name="options">How it is taken and kept.</param>
    /// <param name="cancellation">Ends the wait, also while the actor system starts.</param>
    /// <returns>The lock; dispose of it to release it.</returns>
    /// <exception cref="RedisOutcomeException">The server refuses, or has not answered within <c>command-timeout</c>. The lock is not held.</exception>
    public async Task<RedisLock> LockAsync(string name, RedisLockOptions? options = null, CancellationToken cancellation = default) =>
        await (await GetActorAsync(cancellation).ConfigureAwait(false)).LockAsync(name, options, cancellation).ConfigureAwait(false);

    /// <summary>Takes a lock if nobody holds it, see <see cref="RedisLockExtensions.TryLockAsync"/>.</summary>
    /// <param name="name">What is locked, such as <c>order:42</c>.</param>
    /// <param name="options">How it is taken and kept.</param>
    /// <param name="cancellation">Ends the wait for the answer, also while the actor system starts.</param>
    /// <returns>The lock; <see langword="null"/> when another holds it.</returns>
    /// <exception cref="RedisOutcomeException">The server refuses, or has not answered within <c>command-timeout</c>. The lock is not held.</exception>
    public async Task<RedisLock?> TryLockAsync(string name, RedisLockOptions? options = null, CancellationToken cancellation = default) =>
        await (await GetActorAsync(cancellation).ConfigureAwait(false)).TryLockAsync(name, options, cancellation).ConfigureAwait(false);

    /// <summary>
    /// The typed methods of StackExchange.Redis over the same connection, see <see cref="RedisExtension.Multiplexer"/>. Asked for before the
    /// actor system has started, it starts it, and waits for that.
    /// </summary>
    /// <param name="delivery">The delivery mode of all its calls; <see langword="null"/>, the default, is the setting <c>delivery</c>.</param>
    public IDatabase GetDatabase(DeliveryMode? delivery = null) =>
        RedisExtension.Get(_system()).Multiplexer(delivery, Connection).GetDatabase();

    /// <summary>The state of the connection and its commands at this moment.</summary>
    /// <param name="cancellation">Ends the wait for the actor system, and for the answer.</param>
    public async Task<RedisStatus> GetStatusAsync(CancellationToken cancellation = default)
    {
        var redis = await GetActorAsync(cancellation).ConfigureAwait(false);
        return await redis.Ask<RedisStatus>(GetStatus.Instance, cancellation).ConfigureAwait(false);
    }

    /// <summary>The <see cref="RedisActor"/>, for everything that is a message: subscriptions, <see cref="ForceReconnect"/>, and so on.</summary>
    /// <param name="cancellation">Ends the wait for the actor system.</param>
    public async Task<IActorRef> GetActorAsync(CancellationToken cancellation = default) =>
        (_watch ?? await StartAsync().WaitAsync(cancellation).ConfigureAwait(false)).Redis;

    private async Task<RedisReply> StartAndExecuteAsync(RedisCommand command, CancellationToken cancellation)
    {
        IActorRef redis;
        try
        {
            redis = await GetActorAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new RedisCanceledException(Outcome.NotSent, command, cancellation);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new RedisOutcomeException(
                Outcome.NotSent, command, $"{command.Name}: the actor system of the connection {Connection} cannot be had: {error.GetBaseException().Message}", innerException: error);
        }

        return await redis.ExecuteAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// On a thread of its own: to start an actor system takes time, and a constructor that asks for it may be part of starting it. What
    /// failed is tried again when it is asked for again.
    /// </summary>
    private Task<ConnectionWatch> StartAsync()
    {
        lock (_gate)
        {
            if (_starting is null or { IsFaulted: true }) _starting = Task.Run(Start);
            return _starting;
        }
    }

    private ConnectionWatch Start()
    {
        var watch = ConnectionWatch.Of(_system(), Connection);
        if (_watch is not null) return _watch;
        watch.Listen(() => _stateChanged);
        return _watch = watch;
    }
}

/// <summary>Registers <see cref="RedisClient"/>.</summary>
public static class RedisClientExtensions
{
    /// <summary>
    /// Registers a <see cref="RedisClient"/> as a singleton: for the connection <c>default</c>, to be taken as it is; for another one under its
    /// name as the key (<c>[FromKeyedServices("cache")] RedisClient cache</c>). The connection itself comes from <c>AddAkka</c> and
    /// <c>WithRedis</c>, before or after this.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connection">The connection's name.</param>
    public static IServiceCollection AddRedisClient(this IServiceCollection services, string connection = "default")
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        services.TryAddKeyedSingleton(connection, (provider, _) => new RedisClient(provider.GetRequiredService<ActorSystem>, connection));
        if (connection == "default") services.TryAddSingleton(provider => provider.GetRequiredKeyedService<RedisClient>("default"));
        return services;
    }
}
