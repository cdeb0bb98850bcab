using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Multiplexer;

/// <summary>
/// The place of one reply in the order of a connection's replies, and the sender of the command that is to fill it. It is no actor: what a
/// <see cref="RedisActor"/> answers is here at once.
/// </summary>
/// <param name="door">The connection.</param>
/// <param name="nullIsArray">See <see cref="ReplyEncoder.Write"/>.</param>
internal class DoorReply(FrontDoor door, bool nullIsArray = false) : PromiseRef, ICancellableSender
{
    /// <summary>The reply that comes after it.</summary>
    public DoorReply? Next;

    // The reply; before it has come, what gives the command up, if anything does.
    private object? _state;

    public override IActorRefProvider Provider => door.Provider;

    public override bool IsCompleted => Volatile.Read(ref _state) is RedisReply;

    /// <summary>Of a completed one.</summary>
    public RespValue Value => ((RedisReply)_state!).Value;

    public bool NullIsArray => nullIsArray;

    /// <summary>The same of what it holds, one by one; empty: of none.</summary>
    public virtual ReadOnlySpan<bool> ItemsNullIsArray => [];

    protected FrontDoor Door => door;

    /// <summary>What was sent goes on although the client has left, as it does in a server.</summary>
    public bool TryClaim() => true;

    /// <summary>Who waits for something is given up when the client leaves.</summary>
    public void WhenGivenUp(Action act)
    {
        Interlocked.CompareExchange(ref _state, act, null);
        if (door.IsClosed) GiveUp();
    }

    /// <summary>The client has left.</summary>
    public void GiveUp()
    {
        if (Volatile.Read(ref _state) is Action act && Interlocked.CompareExchange(ref _state, null, act) == (object)act) act();
    }

    /// <summary>What was taken for a client that has left is put back.</summary>
    public bool TryTake(RedisReply reply, IActorRef redis)
    {
        if (door.IsClosed) return false;
        OnReply(reply);
        return true;
    }

    /// <summary>Fills the place, from any thread, once.</summary>
    public void Complete(in RespValue value) => OnReply(RedisReply.Of(value, state: null));

    protected virtual void OnFailure(string error) => Complete(RespValue.Error(error));

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case RedisReply reply:
                OnReply(reply);
                break;
            case Status.Failure failure:
                OnFailure(OutcomeText.Of(failure.Cause));
                break;
            default:
                OnFailure($"ERR {sender?.Path} answered a RedisCommand with a {message?.GetType().Name}: it is no RedisActor");
                break;
        }
    }

    private void OnReply(RedisReply reply)
    {
        var before = Volatile.Read(ref _state);
        while (before is not RedisReply)
        {
            var found = Interlocked.CompareExchange(ref _state, reply, before);
            if (found == before) break;
            before = found;
        }

        if (before is RedisReply) return;
        Unregister();
        door.Completed();
    }
}
