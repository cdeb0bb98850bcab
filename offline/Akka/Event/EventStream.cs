#nullable disable
using Akka.Actor;
using Akka.Actor.Internal;

namespace Akka.Event;

/// <summary>
/// Publishes objects to actors that subscribed to their class, a base class or an interface of theirs. One who subscribed to
/// several of these gets an event once; one who has stopped is forgotten.
/// </summary>
public class EventStream : LoggingBus
{
    private readonly bool _debug;
    private IActorRef _unsubscriber;

    public EventStream(bool debug)
    {
        _debug = debug;
    }

    /// <summary>False if the subscription was there already.</summary>
    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        Volatile.Read(ref _unsubscriber)?.Tell(new WatchSubscriber(subscriber), ActorRefs.NoSender);
        Trace($"subscribing {subscriber} to channel {channel}");
        return base.Subscribe(subscriber, channel);
    }

    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(channel);
        Trace($"unsubscribing {subscriber} from channel {channel}");
        return base.Unsubscribe(subscriber, channel);
    }

    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        Trace($"unsubscribing {subscriber} from all channels");
        return base.Unsubscribe(subscriber);
    }

    public void StartUnsubscriber(ActorSystemImpl system)
    {
        var unsubscriber = system.SystemActorOf(Props.Create(() => new Unsubscriber(this)), "eventStreamUnsubscriber");
        Volatile.Write(ref _unsubscriber, unsubscriber);
        foreach (var subscriber in Subscribers)
        {
            unsubscriber.Tell(new WatchSubscriber(subscriber), ActorRefs.NoSender);
        }
    }

    private void Trace(string what)
    {
        if (_debug)
        {
            Publish(new Debug(nameof(EventStream), GetType(), what));
        }
    }

    private sealed class WatchSubscriber(IActorRef subscriber) : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public IActorRef Subscriber { get; } = subscriber;
    }

    private sealed class Unsubscriber(EventStream stream) : ActorBase
    {
        protected override bool Receive(object message)
        {
            switch (message)
            {
                case WatchSubscriber watch:
                    Context.Watch(watch.Subscriber);
                    return true;
                case Terminated terminated:
                    stream.Unsubscribe(terminated.ActorRef);
                    return true;
                default:
                    return false;
            }
        }
    }
}

public static class EventStreamExtensions
{
    public static bool Subscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Subscribe(subscriber, typeof(TChannel));

    public static bool Unsubscribe<TChannel>(this EventStream eventStream, IActorRef subscriber) =>
        eventStream.Unsubscribe(subscriber, typeof(TChannel));
}
