using RedisActors.CommandMetadata;
using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Sessions;

/// <summary>What is to be done next for a sender that waits.</summary>
internal abstract record WaitStep
{
    /// <summary>Asks for a session, if there is none; then <see cref="BlockingWait.OnSession"/>.</summary>
    public sealed record NeedSession : WaitStep;

    /// <summary>Sends a command over the session. Where that has ended meanwhile: <see cref="NeedSession"/>.</summary>
    /// <param name="Command">The command.</param>
    public sealed record AskSession(RedisCommand Command) : WaitStep
    {
        /// <summary>Whether there is another way where no session is free: <see cref="BlockingWait.OnNoSession"/>.</summary>
        public bool IsOptional { get; init; }

        /// <summary>A command to send right before, whose reply does not matter; null: none.</summary>
        public RedisCommand? Before { get; init; }
    }

    /// <summary>Sends a command over the connection that all senders share.</summary>
    public sealed record AskShared(RedisCommand Command) : WaitStep;

    /// <summary>Goes on after a while, in milliseconds: <see cref="BlockingWait.OnPaused"/>.</summary>
    public sealed record Pause(long Time) : WaitStep;

    /// <summary>The session leads to the wrong server: goes on after a while with another one.</summary>
    public sealed record Move : WaitStep;

    /// <summary>Tells the sender the reply.</summary>
    public sealed record Reply(RespValue Value) : WaitStep;

    /// <summary>Tells the sender that it failed.</summary>
    public sealed record Fail(Outcome Outcome, string Message, string? ServerError = null) : WaitStep;
}

/// <summary>
/// One blocking command on its way. It is sent in slices, each short enough for the connection to answer its heartbeat, until something
/// has come, its own time is over, or its timeout. No actor, no clock: time is passed in, in milliseconds.
/// </summary>
/// <remarks>
/// With exactly-once it is not sent at all. What takes without waiting is tried as an exactly-once command on the shared connection;
/// between two attempts it waits for something to come without taking it: by moving the first element of a list to where it is, by reading
/// a stream after its latest entry, or else by asking every now and then whether a key exists.
/// </remarks>
internal sealed class BlockingWait : ISessionUser, IPartOfCommand
{
    /// <summary>How much longer than its timeout a command may take whose last slice is being answered.</summary>
    private const long Grace = 250;

    private const long ShortestPause = 5;
    private const long LongestPause = 50;

    private readonly BlockingCommand _blocking;
    private readonly DeliveryMode _sliceDelivery;
    private readonly long _slice;
    private readonly bool _isExactlyOnce;
    private readonly StreamPlace[] _latest;
    private Phase _phase;
    private int _resolved;
    private int _attempts;
    private long _attemptedAt;
    private string[] _latestIds = [];
    private bool _canLook = true;
    private bool _canPoll = true;
    private long _pause = ShortestPause;
    private string? _whyEnded;
    private long? _blocksUntil;

    /// <param name="command">The command.</param>
    /// <param name="delivery">What may be done when its reply is lost.</param>
    /// <param name="deadline">When its sender has to be answered.</param>
    /// <param name="slice">How long the server may block at a time.</param>
    public BlockingWait(RedisCommand command, DeliveryMode delivery, long deadline, long slice)
    {
        _blocking = BlockingCommand.Of(command);
        _sliceDelivery = delivery == DeliveryMode.ExactlyOnce && _blocking.ReplayClass != ReplayClass.ReadOnly ? DeliveryMode.AtMostOnce : delivery;
        _slice = slice;
        _isExactlyOnce = delivery == DeliveryMode.ExactlyOnce && _blocking.Attempts.Count > 0;
        _latest = _isExactlyOnce ? [.. _blocking.Streams] : [.. _blocking.Streams.Where(stream => stream.IsLatest)];
        Deadline = deadline;
    }

    /// <summary>What it does at the moment.</summary>
    private enum Phase
    {
        /// <summary>Learns the ids of the latest entries of streams.</summary>
        Resolving,

        /// <summary>Blocks, and takes what comes.</summary>
        Slicing,

        /// <summary>Takes, if there is something.</summary>
        Attempting,

        /// <summary>Blocks, and takes nothing.</summary>
        Looking,

        /// <summary>Asks whether there is something to take.</summary>
        Polling,
    }

    public RedisCommand Command => _blocking.Command;

    public SessionPlace Place { get; set; }

    public long Deadline { get; }

    /// <summary>
    /// What puts back what a reply brought that nobody takes; null: nothing is lost. With a token of the sender's own, the reply is kept
    /// for whoever asks again.
    /// </summary>
    public RedisCommand? Undo(RespValue reply) => reply.Kind != RespKind.Array || HasOwnToken ? null : _blocking.Undo?.Invoke(reply);

    private bool HasOwnToken => _isExactlyOnce && Command.IdempotencyKey is not null;

    private Attempt NextAttempt => _blocking.Attempts[_attempts % _blocking.Attempts.Count];

    /// <summary>The first step.</summary>
    public WaitStep Begin(long now)
    {
        // What the server will refuse it gets as it is: the words are the server's.
        if (_blocking.BlockTime is null) return Session();
        if (_latest.Length > 0) return Resolve(now);
        return _isExactlyOnce ? Attempt(now) : Session();
    }

    /// <summary>There is a session: what is sent over it.</summary>
    public WaitStep OnSession(long now) => UnlessEnded(_phase == Phase.Looking ? Look(now) : Slice(now));

    /// <summary>There is no session to look with.</summary>
    public WaitStep OnNoSession() => UnlessEnded(Poll());

    /// <summary>A pause is over.</summary>
    public WaitStep OnPaused(long now) => UnlessEnded(AfterPause(now));

    /// <summary>The server has answered.</summary>
    public WaitStep OnReply(RespValue reply, long now) => UnlessEnded(AfterReply(reply, now));

    /// <summary>What was sent last ended in another way.</summary>
    public WaitStep OnFailure(RedisOutcomeException failure, long now) => UnlessEnded(AfterFailure(failure, now));

    /// <summary>Nothing follows what is being answered.</summary>
    public void End(string reason = "its sender has stopped or given it up") => _whyEnded = reason;

    /// <summary>Only what tells the sender. Any other step follows where nothing was taken.</summary>
    private WaitStep UnlessEnded(WaitStep step) => _whyEnded is { } reason && step is not (WaitStep.Reply or WaitStep.Fail)
        ? new WaitStep.Fail(Outcome.NotSent, $"{Command.Name}: {reason}; nothing was taken")
        : step;

    private WaitStep AfterPause(long now)
    {
        if (_phase != Phase.Polling) return _phase == Phase.Attempting ? Attempt(now) : OnSession(now);
        return _blocking.Keys.Length > 0 && _canPoll ? new WaitStep.AskShared(Question(new RedisCommand("EXISTS", _blocking.Keys), now)) : Found(now);
    }

    private WaitStep AfterReply(RespValue reply, long now)
    {
        switch (_phase)
        {
            case Phase.Resolving:
                return Resolved(StreamPlace.LatestIn(reply) ?? "0-0", now);

            case Phase.Slicing:
                if (IsUnreadable(reply) || !_blocking.IsNothing(reply) || _blocking.BlockTime is null) return new WaitStep.Reply(reply);
                return IsOver(reply, now) ?? Slice(now);

            case Phase.Attempting:
                if (IsUnreadable(reply)) return new WaitStep.Reply(reply);
                if (!Sessions.Attempt.TookNothing(reply)) return new WaitStep.Reply(NextAttempt.Shape(reply));
                if (++_attempts % _blocking.Attempts.Count != 0) return Attempt(now);
                return IsOver(RespValue.Null, now) ?? Look(now);

            case Phase.Looking:
                if (!reply.IsNull) return Found(now);
                return IsOver(RespValue.Null, now) ?? (MayBeTakenElsewhere(now) ? Found(now) : Look(now));

            default:
                if (reply.Kind == RespKind.Integer && reply.AsInt64() > 0) return Found(now);
                return IsOver(RespValue.Null, now) ?? (MayBeTakenElsewhere(now) ? Attempt(now) : Poll());
        }
    }

    private WaitStep AfterFailure(RedisOutcomeException failure, long now)
    {
        var error = failure.Outcome == Outcome.Rejected ? failure.ServerError ?? string.Empty : string.Empty;
        if (_phase is Phase.Slicing or Phase.Looking && SlotRedirect.TryParse(error, out _) && now < Deadline)
        {
            return new WaitStep.Move();
        }

        switch (_phase)
        {
            case Phase.Resolving when error.EndsWith("no such key", StringComparison.Ordinal):
                return Resolved("0-0", now);

            // Nothing was taken. The attempt will say what is true; where the server does not let this client look, there is another way.
            case Phase.Looking or Phase.Polling when failure.Outcome != Outcome.NotSent && !IsWrongType(error):
                if (error.Length > 0 && _phase == Phase.Polling) _canPoll = false;
                else if (error.Length > 0) _canLook = false;
                return IsOver(RespValue.Null, now) ?? (error.Length > 0 ? Poll() : Found(now));
        }

        return new WaitStep.Fail(failure.Outcome, $"{Command.Name}: {WithoutName(failure)}", failure.ServerError);
    }

    /// <summary>Ends it at a moment at which nothing was taken.</summary>
    /// <param name="nothing">The reply that says so.</param>
    /// <param name="now">The time.</param>
    private WaitStep.Reply? IsOver(RespValue nothing, long now) =>
        now >= _blocksUntil || now >= Deadline ? new WaitStep.Reply(nothing) : null;

    private WaitStep Resolve(long now)
    {
        _phase = Phase.Resolving;
        _resolved = 0;
        _latestIds = new string[_latest.Length];
        return new WaitStep.AskShared(Question(_latest[0].AskLatest(), now));
    }

    private WaitStep Resolved(string id, long now)
    {
        _latestIds[_resolved] = id;
        if (!_isExactlyOnce) _blocking.ReadAfter(_latest[_resolved], id);
        if (++_resolved < _latest.Length) return new WaitStep.AskShared(Question(_latest[_resolved].AskLatest(), now));
        return _isExactlyOnce ? Attempt(now) : Session();
    }

    private WaitStep.NeedSession Session()
    {
        _phase = Phase.Slicing;
        return new WaitStep.NeedSession();
    }

    private WaitStep Slice(long now)
    {
        _phase = Phase.Slicing;
        var isFirst = _blocksUntil is null;
        var slice = _blocking.BlockTime is null ? Command : _blocking.WithBlockTime(NextSlice(now));
        return new WaitStep.AskSession(Ask(slice, _sliceDelivery, Command.ReplayClass ?? _blocking.ReplayClass, now) with { Database = null })
        {
            // A connection waits for replicas to have what had been written when it sent its last command.
            Before = isFirst && _blocking.IsWaitForReplicas ? new RedisCommand("PING") { Delivery = DeliveryMode.AtMostOnce } : null,
        };
    }

    private WaitStep Attempt(long now)
    {
        _phase = Phase.Attempting;
        NextSlice(now);
        _attemptedAt = now;
        return new WaitStep.AskShared(Ask(NextAttempt.Command, DeliveryMode.ExactlyOnce, Command.ReplayClass, now) with
        {
            IdempotencyKey = HasOwnToken ? $"{Command.IdempotencyKey}/{_attempts}" : null,
        });
    }

    /// <summary>
    /// With a token of the sender's own, the same command may wait elsewhere, and have taken something; no attempt has its token twice, so
    /// whoever makes the same attempts one after the other finds the one that took, and before it none that did.
    /// </summary>
    private bool MayBeTakenElsewhere(long now) => HasOwnToken && now - _attemptedAt >= _slice;

    /// <summary>There was something to take a moment ago.</summary>
    private WaitStep Found(long now)
    {
        if (_canPoll) _pause = ShortestPause;
        return _latest.Length > 0 ? Resolve(now) : Attempt(now);
    }

    private WaitStep Look(long now)
    {
        var slice = NextSlice(now);
        RedisCommand look;
        if (!_canLook) return Poll();
        if (_latest.Length > 0)
        {
            look = new RedisCommand("XREAD", ["COUNT", 1, "BLOCK", slice, "STREAMS", .. _latest.Select(stream => stream.Key), .. _latestIds.Select(id => (RedisValue)id)]);
        }
        else if (_blocking is { IsOfLists: true, Keys: [var list] })
        {
            look = new RedisCommand("BLMOVE", list, list, "LEFT", "LEFT", BlockingCommand.Seconds(slice));
        }
        else return Poll();

        _phase = Phase.Looking;
        return new WaitStep.AskSession(Question(look, now) with { Database = null }) { IsOptional = true };
    }

    private WaitStep.Pause Poll()
    {
        _phase = Phase.Polling;
        var pause = _pause;
        _pause = Math.Min(LongestPause, pause * 2);
        return new WaitStep.Pause(pause);
    }

    /// <summary>How long to block next. The time of the command itself begins when it is sent for the first time.</summary>
    private long NextSlice(long now)
    {
        _blocksUntil ??= _blocking.BlockTime is { } time && time < long.MaxValue - now ? now + time : long.MaxValue;
        return Math.Max(1, Math.Min(_slice, Math.Min(_blocksUntil.Value, Deadline) - now));
    }

    /// <summary>Something that may be asked as often as necessary.</summary>
    private RedisCommand Question(RedisCommand command, long now) => Ask(command, DeliveryMode.AtLeastOnce, ReplayClass.ReadOnly, now);

    private RedisCommand Ask(RedisCommand command, DeliveryMode delivery, ReplayClass? replayClass, long now) => command with
    {
        State = this,
        Database = Command.Database,
        Delivery = delivery,
        ReplayClass = replayClass,
        Timeout = Deadline == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Max(0, Deadline - now) + Grace),
    };

    /// <summary>It was executed, and the client could not read what the server replied.</summary>
    private static bool IsUnreadable(RespValue reply) => reply.Kind == RespKind.Error;

    private static bool IsWrongType(string error) => error.StartsWith("WRONGTYPE", StringComparison.Ordinal);

    /// <summary>The reason, without the name of the command that was sent for it.</summary>
    private static string WithoutName(RedisOutcomeException failure)
    {
        var name = failure.Command.Name + ": ";
        return failure.Message.StartsWith(name, StringComparison.Ordinal) ? failure.Message[name.Length..] : failure.Message;
    }
}
