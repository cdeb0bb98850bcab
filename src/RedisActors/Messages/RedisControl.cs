using Akka.Actor;

namespace RedisActors;

/// <summary>
/// Sent to a <see cref="RedisActor"/>: tell the subscriber the present state at once, and each <see cref="RedisConnectionEvent"/>
/// from then on. A subscriber that stops is forgotten; subscribing twice is the same as once.
/// </summary>
/// <param name="Subscriber">Who is told.</param>
/// <exception cref="ArgumentNullException">There is nobody to tell.</exception>
public sealed record SubscribeToState(IActorRef Subscriber)
{
    /// <summary>Who is told.</summary>
    public IActorRef Subscriber { get; } = Subscriber ?? throw new ArgumentNullException(nameof(Subscriber));
}

/// <summary>Sent to a <see cref="RedisActor"/>: tell the subscriber no more.</summary>
/// <param name="Subscriber">Who was told until now.</param>
/// <exception cref="ArgumentNullException">There is nobody to tell no more.</exception>
public sealed record UnsubscribeFromState(IActorRef Subscriber)
{
    /// <summary>Who was told until now.</summary>
    public IActorRef Subscriber { get; } = Subscriber ?? throw new ArgumentNullException(nameof(Subscriber));
}

/// <summary>Sent to a <see cref="RedisActor"/>, which answers with a <see cref="RedisStatus"/>.</summary>
public sealed record GetStatus
{
    private GetStatus()
    {
    }

    /// <summary>The one instance.</summary>
    public static GetStatus Instance { get; } = new();
}

/// <summary>How a <see cref="RedisActor"/> stands at this moment.</summary>
/// <param name="State">
/// The last change of state; <see langword="null"/> only in the moment before the first connection attempt.
/// </param>
/// <param name="InFlight">Commands handed to the connection and not yet answered.</param>
/// <param name="Stashed">Commands accepted and not handed to a connection.</param>
public sealed record RedisStatus(RedisConnectionEvent? State, int InFlight, int Stashed);

/// <summary>
/// Sent to a <see cref="RedisActor"/>: leave the present connection, when what is in flight has been answered or after 5 s, and make
/// a new one. During a wait it ends the wait; after <see cref="RedisSuspended"/> or <see cref="RedisGaveUp"/> it begins anew. What
/// comes of it is told as state, see <see cref="SubscribeToState"/>.
/// </summary>
/// <param name="Reason">Why, in one line; it becomes the cause of the loss.</param>
public sealed record ForceReconnect(string Reason);

/// <summary>
/// Sent to a <see cref="RedisActor"/>: leave the connection, when what is in flight has been answered or after 5 s, and make no new
/// one until <see cref="ResumeConnection"/>. Commands wait meanwhile, each as long as its timeout. The state is
/// <see cref="RedisSuspended"/> then.
/// </summary>
/// <param name="Reason">Why, in one line.</param>
public sealed record PauseConnection(string Reason);

/// <summary>Sent to a <see cref="RedisActor"/>: connect again, after <see cref="RedisSuspended"/>. Otherwise it changes nothing.</summary>
public sealed record ResumeConnection
{
    private ResumeConnection()
    {
    }

    /// <summary>The one instance.</summary>
    public static ResumeConnection Instance { get; } = new();
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: take no more commands, they are answered <see cref="Outcome.NotSent"/> from here on; finish
/// those that it has; then say <see cref="DrainedCommands"/>. What is unfinished when the timeout passes is answered with what is
/// true of it. There is no way back: it is what comes before stopping.
/// </summary>
/// <param name="Timeout">How long it may take; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: as long as the commands' own timeouts.</param>
public sealed record DrainCommands(TimeSpan Timeout);

/// <summary>The answer to <see cref="DrainCommands"/>: no command is left.</summary>
/// <param name="Unfinished">How many were not answered by the server within the timeout, and were answered for it.</param>
public sealed record DrainedCommands(int Unfinished);
