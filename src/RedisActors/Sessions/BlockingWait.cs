using System.Diagnostics;
using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Sessions;

/// <summary>What is to be done next for a sender that waits.</summary>
internal abstract record WaitStep
{
    /// <summary>Sends a command over the session, which this is the first need of, or not.</summary>
    public sealed record AskSession(RedisCommand Command) : WaitStep;

    /// <summary>The session leads to the wrong server: looks for another one after a while.</summary>
    public sealed record Move : WaitStep;

    /// <summary>Tells the sender the reply.</summary>
    public sealed record Reply(RespValue Value) : WaitStep;

    /// <summary>Tells the sender that it failed.</summary>
    public sealed record Fail(Outcome Outcome, string Message, string? ServerError = null) : WaitStep;
}

/// <summary>
/// One blocking command on its way: it is sent in slices, each short enough for the connection to answer its heartbeat, until something
/// has come, its own time is over, or its timeout. No actor, no clock: time is passed in, in milliseconds.
/// </summary>
internal sealed class BlockingWait : ISessionUser
{
    /// <summary>How much longer than its timeout a command may take whose last slice is being answered.</summary>
    private const long Grace = 250;

    private readonly BlockingCommand _blocking;
    private readonly DeliveryMode _delivery;
    private readonly long _slice;
    private string? _whyEnded;
    private long _blocksUntil = -1;

    /// <param name="command">The command.</param>
    /// <param name="delivery">What may be done when its reply is lost.</param>
    /// <param name="place">Where a session has to lead.</param>
    /// <param name="deadline">When its sender has to be answered.</param>
    /// <param name="slice">How long the server may block at a time.</param>
    public BlockingWait(RedisCommand command, DeliveryMode delivery, SessionPlace place, long deadline, long slice)
    {
        _blocking = BlockingCommand.Of(command);
        _delivery = delivery;
        _slice = slice;
        Place = place;
        Deadline = deadline;
    }

    public RedisCommand Command => _blocking.Command;

    public SessionPlace Place { get; set; }

    public long Deadline { get; }

    /// <summary>The first step.</summary>
    public WaitStep Begin(long now)
    {
        if (_blocksUntil < 0) _blocksUntil = _blocking.BlockTime is { } time && time < long.MaxValue - now ? now + time : long.MaxValue;
        return Slice(now);
    }

    /// <summary>The server has answered.</summary>
    public WaitStep OnReply(RespValue reply, long now)
    {
        if (!_blocking.IsNothing(reply) || now >= _blocksUntil || _blocking.BlockTime is null) return new WaitStep.Reply(reply);
        if (_whyEnded is { } reason) return new WaitStep.Fail(Outcome.NotSent, $"{Command.Name}: {reason}; nothing was taken");
        return now >= Deadline ? new WaitStep.Reply(reply) : Slice(now);
    }

    /// <summary>The slice ended in another way.</summary>
    public WaitStep OnFailure(RedisOutcomeException failure, long now)
    {
        if (failure.Outcome == Outcome.Rejected && SlotRedirect.TryParse(failure.ServerError ?? string.Empty, out _) && now < Deadline)
        {
            return new WaitStep.Move();
        }

        return new WaitStep.Fail(failure.Outcome, failure.Message, failure.ServerError);
    }

    /// <summary>No slice follows the one that is being answered.</summary>
    public void End(string reason = "its sender has stopped or given it up") => _whyEnded = reason;

    /// <summary>What puts back what a reply brought that nobody takes; null: nothing is lost.</summary>
    public RedisCommand? Undo(RespValue reply) => _blocking.Undo(reply);

    private WaitStep.AskSession Slice(long now)
    {
        var left = Math.Min(_blocksUntil, Deadline) - now;
        var slice = _blocking.BlockTime is null ? Command : _blocking.WithBlockTime(Math.Min(_slice, left));
        return new WaitStep.AskSession(Ask(slice, now));
    }

    private RedisCommand Ask(RedisCommand command, long now) => command with
    {
        State = this,
        Delivery = _delivery,
        ReplayClass = Command.ReplayClass ?? ReplayClass.Accumulating,
        Timeout = Deadline == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(0, Deadline - now) + Grace),
    };
}
