namespace RedisActors;

/// <summary>
/// A change in the state of a supervised connection. Published on the <c>EventStream</c> of the actor system (subscribe to
/// this type for all of them, or to one below it), and told to the subscribers of the <see cref="RedisActor"/>, see
/// <see cref="SubscribeToState"/>.
/// </summary>
/// <param name="Connection">The connection's name in the settings, <c>default</c> unless there are several.</param>
/// <param name="Epoch">The number of the connection attempt this is about, from 1, growing by one with each attempt.</param>
/// <param name="Endpoint">Where the connection leads: the server's own address once it is connected, before that the configured one.</param>
public abstract record RedisConnectionEvent(string Connection, long Epoch, string Endpoint) : IRedisMessage
{
    /// <summary>Which of the connection's lanes this is about, from 1; each has epochs of its own.</summary>
    public int Lane { get; init; } = 1;
}

/// <summary>A connection attempt has begun.</summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Epoch']"/></param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Attempt">The attempt since the connection was last stable, from 1.</param>
public sealed record RedisConnecting(string Connection, long Epoch, string Endpoint, int Attempt)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>The connection is verified and commands flow; what was stashed is being sent.</summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Epoch']"/></param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="ClientId">The server's number for this connection (<c>CLIENT ID</c>).</param>
/// <param name="Away">How long there was no connection; zero for the first one.</param>
public sealed record RedisReady(string Connection, long Epoch, string Endpoint, long ClientId, TimeSpan Away)
    : RedisConnectionEvent(Connection, Epoch, Endpoint)
{
    /// <summary>Where the server sees this connection come from (<c>addr</c> of <c>CLIENT LIST</c>); null where it does not say.</summary>
    public string? ClientAddress { get; init; }

    /// <summary>How many commands waited for the connection, and are being sent now.</summary>
    public int Stashed { get; init; }

    /// <summary>How many of them had been sent on the connection that was lost, and are replayed.</summary>
    public int Replayed { get; init; }
}

/// <summary>A connection that was ready is gone; commands are stashed from here on.</summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Epoch']"/></param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Cause">Why, in one line.</param>
public sealed record RedisLost(string Connection, long Epoch, string Endpoint, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>The connection is away, and the next attempt follows after a wait, or as soon as the server answers again.</summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch">The number of the attempt that failed.</param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Attempt">The attempt that comes next, from 1, counted since the connection was last stable.</param>
/// <param name="Delay">The wait before it, at the longest.</param>
/// <param name="Cause">Why the last attempt or connection ended, in one line.</param>
public sealed record RedisBackingOff(
    string Connection, long Epoch, string Endpoint, int Attempt, TimeSpan Delay, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint)
{
    /// <summary>
    /// Whether waiting will not fix it: a wrong password, a missing permission, a certificate that is not trusted, a server that
    /// is not Redis.
    /// </summary>
    public bool Misconfigured { get; init; }
}

/// <summary>
/// No further attempt is made until <see cref="ResumeConnection"/> or <see cref="ForceReconnect"/>; every command that waits or comes
/// is answered with <see cref="Outcome.NotSent"/>. The restart budget is spent (<c>restart.when-spent = stop</c>).
/// </summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Epoch']"/></param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Cause">Why the last attempt or connection ended, in one line.</param>
public sealed record RedisGaveUp(string Connection, long Epoch, string Endpoint, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>
/// There is no connection, and no attempt is made until <see cref="ResumeConnection"/> or <see cref="ForceReconnect"/>; commands wait,
/// each for its timeout. Either somebody sent <see cref="PauseConnection"/>, or the restart budget is spent
/// (<c>restart.when-spent = suspend</c>).
/// </summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch">The number of the last attempt.</param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Cause">Why, in one line.</param>
public sealed record RedisSuspended(string Connection, long Epoch, string Endpoint, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>
/// What a <see cref="RedisActor"/> fails with when its restart budget is spent and <c>restart.when-spent = escalate</c>.
/// </summary>
/// <param name="connection">The connection's name in the settings.</param>
/// <param name="cause">Why the last attempt or connection ended, in one line.</param>
public sealed class RedisGaveUpException(string connection, string cause)
    : Exception($"redis {connection}: the restart budget is spent; the last failure: {cause}")
{
    /// <summary>The connection's name in the settings.</summary>
    public string Connection { get; } = connection;
}
