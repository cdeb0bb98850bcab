using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Multiplexer;

/// <summary>How a reply is written.</summary>
/// <param name="IsResp3">Whether the client had asked for RESP3 when it asked for this.</param>
/// <param name="NullIsArray">Whether a null stands for an array that is not there; RESP2 tells the two apart.</param>
/// <param name="Shape">What the reply is in RESP3; null: what it is in RESP2.</param>
internal sealed record ReplyForm(bool IsResp3 = false, bool NullIsArray = false, RespShape? Shape = null)
{
    public static readonly ReplyForm Resp2 = new();
    public static readonly ReplyForm Resp2Array = new(NullIsArray: true);
    public static readonly ReplyForm Resp3 = new(IsResp3: true);
}

/// <summary>
/// The place of one reply in the order of a connection's replies, and the sender of the command that is to fill it. It is no actor: what a
/// <see cref="RedisActor"/> answers is here at once.
/// </summary>
/// <param name="replies">The replies of the connection.</param>
internal class DoorReply(DoorReplies replies) : PromiseRef, ICancellableSender
{
    private static readonly object GivenUp = new();

    /// <summary>The reply that comes after it.</summary>
    public DoorReply? Next;

    // The reply, or the frames that stand for one; before they have come, what gives the command up, if anything does, or that it was given up.
    private object? _state;

    public override IActorRefProvider Provider => replies.Provider;

    public override bool IsCompleted => Volatile.Read(ref _state) is RedisReply;

    /// <summary>Of a completed one.</summary>
    public RespValue Value => ((RedisReply)_state!).Value;

    /// <summary>What fills the place instead of a value; null: nothing yet.</summary>
    public DoorFrames? Frames => Volatile.Read(ref _state) as DoorFrames;

    /// <summary>How it is written.</summary>
    public virtual ReplyForm Form => ReplyForm.Resp2;

    /// <summary>Where a null stands for an array, of what it holds, one by one; empty: of none.</summary>
    public virtual ReadOnlySpan<bool> ItemsNullIsArray => [];

    /// <summary>What was sent goes on although the client has left, as it does in a server.</summary>
    public bool TryClaim() => true;

    /// <summary>Who waits for something is given up when the client leaves.</summary>
    public void WhenGivenUp(Action act)
    {
        Interlocked.CompareExchange(ref _state, act, null);
        if (replies.HasLeft) GiveUp();
    }

    /// <summary>The client has left. Of what nobody waits for any more, nobody is told; its place is filled all the same.</summary>
    public void GiveUp()
    {
        if (Volatile.Read(ref _state) is not Action act || Interlocked.CompareExchange(ref _state, GivenUp, act) != (object)act) return;
        act();
        if (!replies.IsClosed) Complete(RespValue.Error("UNBLOCKED the client has left"));
    }

    /// <summary>What was taken for a client that has left is put back.</summary>
    public bool TryTake(RedisReply reply, IActorRef redis) =>
        !replies.IsClosed && Volatile.Read(ref _state) != GivenUp && TryComplete(reply);

    /// <summary>Fills the place, from any thread, once.</summary>
    public void Complete(in RespValue value) => TryComplete(RedisReply.Of(value, state: null));

    /// <summary>The same with frames, which are read in their turn.</summary>
    public void Fill(DoorFrames frames) => Volatile.Write(ref _state, frames);

    protected virtual void OnFailure(string error) => Complete(RespValue.Error(error));

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case RedisReply reply:
                TryComplete(reply);
                break;
            case Status.Failure failure:
                OnFailure(OutcomeText.Of(failure.Cause));
                break;
            default:
                OnFailure($"ERR {sender?.Path} answered a RedisCommand with a {message?.GetType().Name}: it is no RedisActor");
                break;
        }
    }

    private bool TryComplete(RedisReply reply)
    {
        // Counted before it can be read, and counted out.
        replies.Count(reply.Value, 1);
        var before = Volatile.Read(ref _state);
        while (before is not (RedisReply or DoorFrames))
        {
            var found = Interlocked.CompareExchange(ref _state, reply, before);
            if (found == before)
            {
                Unregister();
                replies.Completed();
                return true;
            }

            before = found;
        }

        replies.Count(reply.Value, -1);
        return false;
    }
}

/// <summary>One that is not written as most are.</summary>
/// <param name="replies">The replies of the connection.</param>
/// <param name="form">How it is written.</param>
internal class FormedReply(DoorReplies replies, ReplyForm form) : DoorReply(replies)
{
    public override ReplyForm Form => form;
}
