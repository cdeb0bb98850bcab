using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Multiplexer;

/// <summary>
/// The place of one reply in the order of a connection's replies, and the sender of the command that is to fill it. It is no actor: what a
/// <see cref="RedisActor"/> answers is here at once.
/// </summary>
/// <param name="door">The connection.</param>
/// <param name="nullIsArray">See <see cref="ReplyEncoder.Write"/>.</param>
/// <param name="shape">What the reply is in RESP3, where the client asked for that; null: what it is in RESP2.</param>
internal class DoorReply(FrontDoor door, bool nullIsArray = false, RespShape? shape = null) : PromiseRef(door.Provider), ICancellableSender
{
    /// <summary>The reply that comes after it.</summary>
    public DoorReply? Next;

    private Action? _giveUp;
    private volatile bool _isGivenUp;
    private volatile DoorFrames? _frames;
    private RespValue _value;
    private long _size;
    private volatile bool _isCompleted;

    public override bool IsCompleted => _isCompleted;

    /// <summary>Of a completed one.</summary>
    public ref readonly RespValue Value => ref _value;

    /// <summary>What fills the place instead of a value; null: nothing yet.</summary>
    public DoorFrames? Frames
    {
        get => _frames;
        set => _frames = value;
    }

    /// <summary>The bytes that it takes until it is read.</summary>
    public long Size => _size;

    public bool NullIsArray => nullIsArray;

    public RespShape? Shape => shape;

    /// <summary>Whether the client had asked for RESP3 when it asked for this.</summary>
    public bool IsResp3 { get; } = door.IsResp3;

    protected FrontDoor Door => door;

    /// <summary>What was sent goes on although the client has left, as it does in a server.</summary>
    public bool TryClaim() => true;

    /// <summary>Who waits for something is given up when the client leaves.</summary>
    public void WhenGivenUp(Action act)
    {
        Volatile.Write(ref _giveUp, act);
        if (door.HasLeft) GiveUp();
    }

    /// <summary>The client has left. Of what nobody waits for any more, nobody is told; its place is filled all the same.</summary>
    public void GiveUp()
    {
        if (Interlocked.Exchange(ref _giveUp, null) is not { } act) return;
        _isGivenUp = true;
        act();
        if (!door.IsClosed) Complete(RespValue.Error("UNBLOCKED the client has left"));
    }

    /// <summary>What was taken for a client that has left is put back.</summary>
    public bool TryTake(RedisReply reply, IActorRef redis)
    {
        if (door.IsClosed || _isGivenUp) return false;
        OnReply(reply.Value);
        return true;
    }

    /// <summary>Fills the place, from any thread, once.</summary>
    public void Complete(in RespValue value)
    {
        if (_isCompleted) return;
        _value = value;
        _size = door.SizeOf(value);
        _isCompleted = true;
        Unregister();
        door.Completed(_size);
    }

    /// <summary>Of the command's reply, what the client is told.</summary>
    protected virtual void OnReply(in RespValue value) => Complete(value);

    protected virtual void OnFailure(string error) => Complete(RespValue.Error(error));

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case RedisReply reply:
                OnReply(reply.Value);
                break;
            case Status.Failure failure:
                OnFailure(OutcomeText.Of(failure.Cause));
                break;
            default:
                OnFailure($"ERR {sender?.Path} answered a RedisCommand with a {message?.GetType().Name}: it is no RedisActor");
                break;
        }
    }
}
