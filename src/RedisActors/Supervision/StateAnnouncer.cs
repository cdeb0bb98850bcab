using Akka.Actor;
using Akka.Event;

namespace RedisActors.Supervision;

/// <summary>
/// Tells each change of state to everyone concerned: the metrics, the log, the command actor, the event stream, the subscribers. A
/// subscriber that stops is forgotten.
/// </summary>
/// <param name="memory">Knows the subscribers and the command actor.</param>
/// <param name="context">Of the supervisor, which watches the subscribers.</param>
/// <param name="log">Where to write.</param>
internal sealed class StateAnnouncer(SupervisorMemory memory, IActorContext context, ILoggingAdapter log)
{
    private readonly RedisConnectionLog _log = new(log);

    /// <summary>The present state; null only before the first attempt.</summary>
    public RedisConnectionEvent? Current { get; private set; }

    public void Announce(RedisConnectionEvent state)
    {
        state = state with { Lane = memory.Lane };
        Current = state;
        RedisMetrics.StateChanged(state);
        _log.Write(state, context.System.Scheduler.MonotonicClock);
        memory.Commands.Tell(state);
        context.System.EventStream.Publish(state);
        foreach (var subscriber in memory.Subscribers) subscriber.Tell(state);
    }

    /// <summary>Tells one who has just come.</summary>
    public void Tell(IActorRef newcomer)
    {
        if (Current is not null) newcomer.Tell(Current);
    }

    /// <summary>After a restart of the supervisor those that it knew are watched anew.</summary>
    public void WatchAnew()
    {
        foreach (var subscriber in memory.Subscribers)
        {
            context.Unwatch(subscriber);
            Watch(subscriber);
        }
    }

    public void Subscribe(IActorRef subscriber)
    {
        if (memory.Subscribers.Add(subscriber)) Watch(subscriber);
        Tell(subscriber);
    }

    public void Forget(IActorRef subscriber)
    {
        if (memory.Subscribers.Remove(subscriber)) context.Unwatch(subscriber);
    }

    private void Watch(IActorRef subscriber) => context.WatchWith(subscriber, new SubscriberStopped(subscriber));

    /// <summary>To the supervisor: one of them has stopped.</summary>
    public sealed record SubscriberStopped(IActorRef Subscriber) : INoSerializationVerificationNeeded;
}
