using Akka.Actor;

namespace RedisActors.Supervision;

/// <summary>
/// Follows the state of a connection. Asks the RedisActor after each change, since it alone knows which of its lanes count. Of several
/// changes while it is asked, one more question is enough.
/// </summary>
internal abstract class ConnectionFollower : ReceiveActor
{
    private bool _isAsking;
    private bool _hasChanged;

    /// <param name="redis">The RedisActor.</param>
    protected ConnectionFollower(IActorRef redis)
    {
        Redis = redis;
        Receive<RedisConnectionEvent>(change =>
        {
            OnChange(change);
            Ask();
        });
        Receive<RedisStatus>(status =>
        {
            OnStatus(status, isLatest: !_hasChanged);
            OnAnswered();
        });
        Receive<Status.Failure>(_ => OnAnswered());
    }

    protected IActorRef Redis { get; }

    /// <summary>Why commands do not flow in a state; null: they do, or nothing is known.</summary>
    public static string? CauseOf(RedisConnectionEvent? state) => state switch
    {
        RedisLost lost => lost.Cause,
        RedisBackingOff away => away.Cause,
        RedisGaveUp gaveUp => gaveUp.Cause,
        RedisSuspended suspended => suspended.Cause,
        _ => null,
    };

    protected override void PreStart()
    {
        Redis.Tell(new SubscribeToState(Self));
        Ask();
    }

    /// <summary>The state of some lane has changed.</summary>
    protected abstract void OnChange(RedisConnectionEvent change);

    /// <summary>The RedisActor has told its state.</summary>
    /// <param name="status">What it told.</param>
    /// <param name="isLatest">False: there has been a change since it was asked, and it is asked again.</param>
    protected abstract void OnStatus(RedisStatus status, bool isLatest);

    private void Ask()
    {
        _hasChanged = _isAsking;
        if (_isAsking) return;
        _isAsking = true;
        Redis.Tell(GetStatus.Instance, Self);
    }

    private void OnAnswered()
    {
        _isAsking = false;
        if (_hasChanged) Ask();
    }
}
