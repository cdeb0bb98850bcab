using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>How many subscriptions each actor has: it is watched as long as there are any.</summary>
internal sealed class WatchedSubscribers(Action<IActorRef> watch, Action<IActorRef> unwatch)
{
    private readonly Dictionary<IActorRef, int> _counts = [];

    public void Add(IActorRef subscriber)
    {
        var count = _counts[subscriber] = _counts.GetValueOrDefault(subscriber) + 1;
        if (count == 1) watch(subscriber);
    }

    public void Remove(IActorRef subscriber)
    {
        var count = _counts.GetValueOrDefault(subscriber) - 1;
        if (count > 0)
        {
            _counts[subscriber] = count;
            return;
        }

        _counts.Remove(subscriber);
        unwatch(subscriber);
    }
}
