#nullable disable
using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Subscriptions of actors to classes of events. Who gets which class of event is worked out once and forgotten when the
/// subscriptions change, so that publishing takes no lock.
/// </summary>
public abstract class TypedEventBus
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Type, HashSet<IActorRef>> _channels = [];
    private volatile ConcurrentDictionary<Type, IActorRef[]> _receivers = new();

    internal IReadOnlyCollection<IActorRef> Subscribers
    {
        get
        {
            lock (_lock)
            {
                return _channels.Values.SelectMany(s => s).Distinct().ToArray();
            }
        }
    }

    public virtual bool Subscribe(IActorRef subscriber, Type channel)
    {
        lock (_lock)
        {
            if (!_channels.TryGetValue(channel, out var subscribers))
            {
                _channels.Add(channel, subscribers = []);
            }

            return Changed(subscribers.Add(subscriber));
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        lock (_lock)
        {
            return Changed(_channels.TryGetValue(channel, out var subscribers) && subscribers.Remove(subscriber));
        }
    }

    public virtual bool Unsubscribe(IActorRef subscriber)
    {
        lock (_lock)
        {
            var any = false;
            foreach (var subscribers in _channels.Values)
            {
                any |= subscribers.Remove(subscriber);
            }

            return Changed(any);
        }
    }

    public virtual void Publish(object @event)
    {
        var type = @event.GetType();
        if (!_receivers.TryGetValue(type, out var actors))
        {
            actors = ReceiversOf(type);
        }

        foreach (var actor in actors)
        {
            actor.Tell(@event, ActorRefs.NoSender);
        }
    }

    private IActorRef[] ReceiversOf(Type type)
    {
        lock (_lock)
        {
            var actors = _channels.Where(c => c.Key.IsAssignableFrom(type)).SelectMany(c => c.Value).Distinct().ToArray();
            _receivers[type] = actors;
            return actors;
        }
    }

    private bool Changed(bool changed)
    {
        if (changed)
        {
            _receivers = new ConcurrentDictionary<Type, IActorRef[]>();
        }

        return changed;
    }
}
