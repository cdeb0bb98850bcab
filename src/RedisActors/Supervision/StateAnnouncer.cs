using Akka.Actor;

namespace RedisActors.Supervision;

/// <summary>
/// Tells each change of state to everyone concerned: the metrics, the log, the command actor, the subscribers, the event stream.
/// One that throws hurts none of the others. A subscriber that stops is forgotten.
/// </summary>
/// <param name="memory">Knows the subscribers and the command actor.</param>
/// <param name="context">Of the supervisor, which watches the subscribers.</param>
/// <param name="log">Where to write.</param>
internal sealed class StateAnnouncer(SupervisorMemory memory, IActorContext context, RedisConnectionLog log)
{
    private RedisConnectionEvent? _current;

    /// <summary>Whether there is a connection at this moment. From any thread.</summary>
    public bool IsReady => Volatile.Read(ref _current) is RedisReady;

    public void Announce(RedisConnectionEvent change, TimeSpan now)
    {
        change = change with { Lane = memory.Lane };
        if (change is RedisReady ready) change = ready with { Stashed = memory.Gauges.Stashed(), Replayed = memory.Gauges.Returned };
        _current = change;
        RedisMetrics.StateChanged(change);
        log.Write(change, now);
        memory.Commands.Tell(change);
        foreach (var subscriber in memory.Subscribers) log.Guard(() => subscriber.Tell(change));

        if (memory.IsSession) return;

        // Last, because the event stream stops at the first of its subscribers that throws.
        log.Guard(() => context.System.EventStream.Publish(change));
    }

    /// <summary>Tells a newcomer the present state; before the first attempt there is none.</summary>
    public void Tell(IActorRef newcomer)
    {
        if (_current is { } current) log.Guard(() => newcomer.Tell(current));
    }

    /// <summary>Watches the subscribers again after a restart of the supervisor.</summary>
    public void WatchAnew()
    {
        foreach (var subscriber in memory.Subscribers)
        {
            Unwatch(subscriber);
            Watch(subscriber);
        }
    }

    public void Subscribe(IActorRef subscriber)
    {
        log.Guard(() =>
        {
            if (memory.Subscribers.Add(subscriber)) Watch(subscriber);
        });
        Tell(subscriber);
    }

    public void Forget(IActorRef subscriber) => log.Guard(() =>
    {
        if (memory.Subscribers.Remove(subscriber)) Unwatch(subscriber);
    });

    /// <summary>A reference that is no actor cannot be watched; then nobody says that it has stopped.</summary>
    private void Watch(IActorRef subscriber) => log.Guard(() => context.WatchWith(subscriber, new SubscriberStopped(subscriber)));

    private void Unwatch(IActorRef subscriber) => log.Guard(() => context.Unwatch(subscriber));

    /// <summary>To the supervisor: one of them has stopped.</summary>
    public sealed record SubscriberStopped(IActorRef Subscriber) : INoSerializationVerificationNeeded;
}
