using Akka.Actor;

namespace RedisActors;

/// <summary>
/// Sent to a <see cref="RedisActor"/>: the subscriber is told the present state at once, and each <see cref="RedisConnectionEvent"/>
/// from then on, until it unsubscribes or stops. Subscribing twice is the same as once.
/// </summary>
/// <param name="Subscriber">The actor that is told.</param>
/// <exception cref="ArgumentNullException">There is no subscriber.</exception>
public sealed record SubscribeToState(IActorRef Subscriber) : IRedisMessage
{
    /// <summary>The actor that is told.</summary>
    public IActorRef Subscriber { get; } = Subscriber ?? throw new ArgumentNullException(nameof(Subscriber));
}

/// <summary>Sent to a <see cref="RedisActor"/>: the subscriber is told no more.</summary>
/// <param name="Subscriber">The actor that was told until now.</param>
/// <exception cref="ArgumentNullException">There is no subscriber.</exception>
public sealed record UnsubscribeFromState(IActorRef Subscriber) : IRedisMessage
{
    /// <summary>The actor that was told until now.</summary>
    public IActorRef Subscriber { get; } = Subscriber ?? throw new ArgumentNullException(nameof(Subscriber));
}

/// <summary>Sent to a <see cref="RedisActor"/>, which answers with a <see cref="RedisStatus"/>.</summary>
public sealed record GetStatus : IRedisMessage
{
    private GetStatus()
    {
    }

    /// <summary>The one instance.</summary>
    public static GetStatus Instance { get; } = new();
}

/// <summary>The answer to <see cref="GetStatus"/>: the state of the connection and its commands at this moment.</summary>
/// <param name="State">
/// The last change of state; <see langword="null"/> only in the moment before the first connection attempt.
/// </param>
/// <param name="InFlight">Commands handed to the connection and not yet answered.</param>
/// <param name="Stashed">Commands accepted and not handed to a connection.</param>
public sealed record RedisStatus(RedisConnectionEvent? State, int InFlight, int Stashed) : IRedisMessage;

/// <summary>
/// Sent to a <see cref="RedisActor"/>: leave the present connection, once what is in flight has been answered or after 5 s, and make
/// a new one. An attempt under way goes on; a backoff ends. After <see cref="PauseConnection"/>, <see cref="RedisSuspended"/> or
/// <see cref="RedisGaveUp"/> it connects again: of several orders the last one holds. It is not answered: the result is a change of
/// state, see <see cref="SubscribeToState"/>.
/// </summary>
/// <param name="Reason">Why, in one line; it becomes the cause of the loss.</param>
/// <exception cref="ArgumentNullException">There is no reason.</exception>
public sealed record ForceReconnect(string Reason) : IRedisMessage
{
    /// <summary>Why, in one line.</summary>
    public string Reason { get; } = Reason ?? throw new ArgumentNullException(nameof(Reason));
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: leave the connection, once what is in flight has been answered or after 5 s, and make no new
/// one until <see cref="ResumeConnection"/> or <see cref="ForceReconnect"/>. Commands wait meanwhile, each for its timeout. It is not
/// answered: the state becomes <see cref="RedisSuspended"/>.
/// </summary>
/// <param name="Reason">Why, in one line.</param>
/// <exception cref="ArgumentNullException">There is no reason.</exception>
public sealed record PauseConnection(string Reason) : IRedisMessage
{
    /// <summary>Why, in one line.</summary>
    public string Reason { get; } = Reason ?? throw new ArgumentNullException(nameof(Reason));
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: connect again after <see cref="PauseConnection"/>, <see cref="RedisSuspended"/> or
/// <see cref="RedisGaveUp"/>. Otherwise it changes nothing. It is not answered.
/// </summary>
public sealed record ResumeConnection : IRedisMessage
{
    private ResumeConnection()
    {
    }

    /// <summary>The one instance.</summary>
    public static ResumeConnection Instance { get; } = new();
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: take no more commands (they are answered <see cref="Outcome.NotSent"/> from here on), finish
/// those that it has, then answer <see cref="DrainedCommands"/>. What is unfinished when the timeout passes gets its truthful outcome.
/// There is no way back: it is what comes before stopping.
/// </summary>
/// <param name="Timeout">
/// How long it may take; zero finishes nothing, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> leaves it to the commands' own
/// timeouts.
/// </param>
/// <exception cref="ArgumentOutOfRangeException">The time is negative, and not infinite.</exception>
public sealed record DrainCommands(TimeSpan Timeout) : IRedisMessage
{
    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; } = Timeout >= TimeSpan.Zero || Timeout == System.Threading.Timeout.InfiniteTimeSpan
        ? Timeout
        : throw new ArgumentOutOfRangeException(nameof(Timeout), Timeout, "The time is negative and not infinite.");
}

/// <summary>The answer to <see cref="DrainCommands"/>: no command is left.</summary>
/// <param name="Unfinished">How many commands the server had not answered in time; they got <c>NotSent</c> or <c>Unknown</c>.</param>
public sealed record DrainedCommands(int Unfinished) : IRedisMessage;
