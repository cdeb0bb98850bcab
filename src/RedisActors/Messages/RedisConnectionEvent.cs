using Akka.Actor;

namespace RedisActors;

/// <summary>
/// A change in the state of a supervised connection. Published on the <c>EventStream</c> of the actor system (subscribe to
/// this type for all of them, or to one below it), and told to the subscribers of the <see cref="RedisActor"/>, see
/// <see cref="SubscribeToState"/>.
/// </summary>
/// <param name="Connection">The connection's name in the settings, <c>default</c> unless there are several.</param>
/// <param name="Epoch">The number of the connection attempt this is about, from 1, growing by one with each attempt.</param>
/// <param name="Endpoint">The server's address, as configured.</param>
public abstract record RedisConnectionEvent(string Connection, long Epoch, string Endpoint) : INoSerializationVerificationNeeded;

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
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>A connection that was ready is gone; commands are stashed from here on.</summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Epoch']"/></param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Cause">Why, in one line.</param>
public sealed record RedisLost(string Connection, long Epoch, string Endpoint, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>The next attempt is waited for.</summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch">The number of the attempt that failed.</param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Attempt">The attempt that comes next, from 1, counted since the connection was last stable.</param>
/// <param name="Delay">How long it is waited for.</param>
/// <param name="Cause">Why the last attempt or connection ended, in one line.</param>
public sealed record RedisBackingOff(
    string Connection, long Epoch, string Endpoint, int Attempt, TimeSpan Delay, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);

/// <summary>
/// The restart budget is spent and no further attempt is made; every command that waits or comes is answered with
/// <see cref="Outcome.NotSent"/>.
/// </summary>
/// <param name="Connection"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Connection']"/></param>
/// <param name="Epoch"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Epoch']"/></param>
/// <param name="Endpoint"><inheritdoc cref="RedisConnectionEvent" path="/param[@name='Endpoint']"/></param>
/// <param name="Cause">Why the last attempt or connection ended, in one line.</param>
public sealed record RedisGaveUp(string Connection, long Epoch, string Endpoint, string Cause)
    : RedisConnectionEvent(Connection, Epoch, Endpoint);
