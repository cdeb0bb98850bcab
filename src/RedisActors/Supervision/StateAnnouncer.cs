using Akka.Actor;
using Akka.Event;

namespace RedisActors.Supervision;

/// <summary>
/// Tells each change of state to everyone concerned: the metrics, the log, the command actor, the event stream, the subscribers.
/// </summary>
internal sealed class StateAnnouncer(SupervisorMemory memory, ActorSystem system, ILoggingAdapter log)
{
    private readonly RedisConnectionLog _log = new(log);

    /// <summary>The present state; null only before the first attempt.</summary>
    public RedisConnectionEvent? Current { get; private set; }

    public void Announce(RedisConnectionEvent state)
    {
        state = state with { Lane = memory.Lane };
        Current = state;
        RedisMetrics.StateChanged(state);
        _log.Write(state, system.Scheduler.MonotonicClock);
        memory.Commands.Tell(state);
        system.EventStream.Publish(state);
        foreach (var subscriber in memory.Subscribers) subscriber.Tell(state);
    }

    /// <summary>Tells one who has just come.</summary>
    public void Tell(IActorRef newcomer)
    {
        if (Current is not null) newcomer.Tell(Current);
    }
}
