using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>The state of a supervisor: what it is doing now, with what only that state needs, and what it has to remember.</summary>
/// <param name="History">What happened so far.</param>
internal abstract record SupervisorState(ConnectionHistory History)
{
    /// <summary>An attempt is under way.</summary>
    public sealed record Connecting(ConnectionHistory History) : SupervisorState(History);

    /// <summary>Commands flow over a link.</summary>
    public sealed record Ready(ConnectionHistory History, IRedisLink Link, TimeSpan Since) : SupervisorState(History);

    /// <summary>
    /// The connection has been told to end and has not ended yet: a link that the command actor leaves when what is in flight has
    /// been answered, or an attempt that has been stopped.
    /// </summary>
    /// <param name="History">What happened so far.</param>
    /// <param name="Link">The link that is being left; null for an attempt.</param>
    /// <param name="Why">Why it is being left.</param>
    /// <param name="PausedBecause">Why no connection is wanted afterwards; null: the next one follows at once.</param>
    public sealed record Leaving(ConnectionHistory History, IRedisLink? Link, string Why, string? PausedBecause)
        : SupervisorState(History);

    /// <summary>The next attempt waits for its time, or for the server.</summary>
    /// <param name="History">What happened so far.</param>
    /// <param name="ServerWasSilent">Whether the server was last found silent, so that an answer of it ends the wait.</param>
    public sealed record BackingOff(ConnectionHistory History, bool ServerWasSilent) : SupervisorState(History);

    /// <summary>No connection is made until somebody says so, and commands wait.</summary>
    public sealed record Suspended(ConnectionHistory History, string Reason) : SupervisorState(History);

    /// <summary>No connection is made until somebody says so, and commands are answered.</summary>
    public sealed record GaveUp(ConnectionHistory History, string Cause) : SupervisorState(History);
}

/// <summary>What a supervisor has to remember in every state.</summary>
/// <param name="Attempts">How the attempts went.</param>
internal sealed record ConnectionHistory(AttemptHistory Attempts)
{
    /// <summary>The number of the latest attempt; no number comes twice.</summary>
    public long Epoch { get; init; }

    /// <summary>When the latest connection was lost; null when there has been none yet.</summary>
    public TimeSpan? LostAt { get; init; }

    /// <summary>The latest connection that was ready. It is ended on the server before the next one is.</summary>
    public ClientIdentity? Unfenced { get; init; }

    /// <summary>Why commands are answered instead of waiting for a link; null: they wait.</summary>
    public string? NoLinksBecause { get; init; }
}

/// <summary>What a supervisor does, and in which state it is then.</summary>
internal sealed record SupervisorStep(SupervisorState State, params IReadOnlyList<SupervisorEffect> Effects)
{
    /// <summary>The same, with something to be done before it.</summary>
    public SupervisorStep After(params IEnumerable<SupervisorEffect> effects) => this with { Effects = [.. effects, .. Effects] };
}

/// <summary>Something that a supervisor does.</summary>
internal abstract record SupervisorEffect
{
    /// <summary>Starts the connection of an epoch, which first ends the former one on the server.</summary>
    public sealed record StartConnection(long Epoch, ClientIdentity? Unfenced) : SupervisorEffect;

    /// <summary>Stops the connection; <see cref="ConnectionStopped"/> comes when it has.</summary>
    public sealed record StopConnection : SupervisorEffect;

    /// <summary>Tells everybody of a change of state.</summary>
    public sealed record Announce(RedisConnectionEvent Change) : SupervisorEffect;

    /// <summary>Tells the command actor.</summary>
    public sealed record TellCommands(object Message) : SupervisorEffect;

    /// <summary>Brings this event after a delay, and once only, however often it is asked for meanwhile.</summary>
    public sealed record StartTimer(object Event, TimeSpan Delay) : SupervisorEffect;

    /// <summary>None of those events comes any more.</summary>
    public sealed record CancelTimers : SupervisorEffect;

    /// <summary>Looks whether the server answers; <see cref="ServerPolled"/> says.</summary>
    public sealed record PollServer(long Epoch) : SupervisorEffect;

    /// <summary>Lets the RedisActor fail.</summary>
    public sealed record Escalate(string Cause) : SupervisorEffect;
}

/// <summary>The connection has ended, and its link has been disposed of.</summary>
/// <param name="Cause">Why.</param>
internal sealed record ConnectionStopped(string Cause)
{
    /// <summary>Whether nobody was there.</summary>
    public bool ServerWasSilent { get; init; }

    /// <summary>Whether waiting does not help.</summary>
    public bool Misconfigured { get; init; }
}

/// <summary>The wait for the next attempt is over.</summary>
internal sealed class BackoffElapsed : Tick<BackoffElapsed>;

/// <summary>It is time to see whether the server answers.</summary>
internal sealed class PollDue : Tick<PollDue>;

/// <summary>Whether the server answered, in the wait after this epoch.</summary>
internal sealed record ServerPolled(long Epoch, bool Answers) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>The RedisActor may fail now.</summary>
internal sealed class EscalationDue : Tick<EscalationDue>;

/// <summary>The supervisor has been restarted after a failure of its lane; its connection has ended.</summary>
internal sealed record SupervisorRestarted(string Cause);

/// <summary>
/// From the RedisActor to a supervisor: a ready link leads to a server that is no longer the right one, so replace it. Unlike
/// <see cref="ForceReconnect"/> this is not an operator's order: it undoes no <see cref="PauseConnection"/>, and ends no wait.
/// </summary>
internal sealed record ReplaceLink(string Reason) : INoSerializationVerificationNeeded;
