using RedisActors.Lanes;

namespace RedisActors.Subscriptions;

/// <summary>
/// The lane of a RedisActor's subscriptions: opened with the first one, closed when there has been none for a while. Used only by the
/// RedisActor itself.
/// </summary>
/// <param name="open">Opens it.</param>
/// <param name="close">Closes one that is empty.</param>
internal sealed class SubscriptionLanes(Func<Lane> open, Action<Lane> close)
{
    private Lane? _lane;
    private bool _wasUsed;

    public bool IsEmpty => _lane is null;

    /// <summary>Whether the lane with this number is one of these.</summary>
    public bool Has(int lane) => _lane?.Number == lane;

    /// <summary>Where a subscription goes.</summary>
    public Lane Of(RedisSubscribe message)
    {
        _ = message;
        _wasUsed = true;
        return _lane ??= open();
    }

    /// <summary>Where the end of one goes; null: nobody subscribes to anything.</summary>
    public Lane? Of(RedisUnsubscribe message)
    {
        _ = message;
        return _lane;
    }

    /// <summary>Called at regular intervals: the lanes that nobody has used since, to be asked whether they are idle (<see cref="OnIdle"/>).</summary>
    public IEnumerable<Lane> TakeUnused()
    {
        var unused = _lane is null || _wasUsed ? [] : new[] { _lane };
        _wasUsed = false;
        return unused;
    }

    /// <summary>Nobody subscribes to anything in a lane. If nobody has begun to since it was asked, it is closed.</summary>
    public void OnIdle(int lane)
    {
        if (_wasUsed || !Has(lane)) return;
        var idle = _lane!;
        _lane = null;
        close(idle);
    }

    /// <summary>The lane has ended. The next subscription opens another one.</summary>
    public void Forget() => _lane = null;
}
