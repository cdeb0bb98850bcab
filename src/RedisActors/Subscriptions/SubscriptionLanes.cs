using Akka.Actor;
using RedisActors.Lanes;

namespace RedisActors.Subscriptions;

/// <summary>
/// The lanes of a RedisActor's subscriptions: opened with the first subscription, closed when there has been none for a while. Used only by
/// the RedisActor itself.
/// </summary>
internal interface ISubscriptionLanes
{
    bool IsEmpty { get; }

    /// <summary>Whether the lane with this number is one of these.</summary>
    bool Has(int lane);

    void Subscribe(RedisSubscribe message, IActorRef sender);

    void Unsubscribe(RedisUnsubscribe message, IActorRef sender);

    /// <summary>Called at regular intervals: the lanes that nobody has used since, to be asked whether they are idle (<see cref="OnIdle"/>).</summary>
    IEnumerable<Lane> TakeUnused();

    /// <summary>Nobody subscribes to anything in a lane. If nobody has begun to since it was asked, it is closed.</summary>
    void OnIdle(int lane);

    /// <summary>A lane has ended. The next subscription opens another one.</summary>
    void Forget(int lane);
}

/// <summary>The one lane of the subscriptions of a server.</summary>
/// <param name="open">Opens it.</param>
/// <param name="close">Closes one that is empty.</param>
/// <param name="redis">The RedisActor.</param>
internal sealed class SubscriptionLane(Func<Lane> open, Action<Lane> close, IActorRef redis) : ISubscriptionLanes
{
    private Lane? _lane;
    private bool _wasUsed;

    public bool IsEmpty => _lane is null;

    public bool Has(int lane) => _lane?.Number == lane;

    public void Subscribe(RedisSubscribe message, IActorRef sender)
    {
        _wasUsed = true;
        _lane ??= open();
        _lane.ToCommands(message, sender);
    }

    public void Unsubscribe(RedisUnsubscribe message, IActorRef sender)
    {
        if (_lane is not null) _lane.ToCommands(message, sender);
        else message.Subscriber.Tell(message.Answer(), redis);
    }

    public IEnumerable<Lane> TakeUnused()
    {
        var unused = _lane is null || _wasUsed ? [] : new[] { _lane };
        _wasUsed = false;
        return unused;
    }

    public void OnIdle(int lane)
    {
        if (_wasUsed || !Has(lane)) return;
        var idle = _lane!;
        _lane = null;
        close(idle);
    }

    public void Forget(int lane) => _lane = null;
}
