using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// A command that was accepted and has not been answered, with the one who waits for the answer. It is handed to a link at most
/// once, and ends exactly once; asking again is done with a new one (<see cref="Renew"/>), so that a late word about the old one
/// finds it ended.
/// </summary>
internal class PendingCommand : LinkRequest
{
    private const byte Waiting = 0;
    private const byte InFlight = 1;
    private const byte Answered = 2;
    private const byte Withdrawn = 3;
    private const byte Ended = 4;

    /// <summary>The next in its <see cref="InFlightQueue"/>.</summary>
    public PendingCommand? Next;

    private readonly IActorRef _sender;
    private readonly IActorRef _redis;
    private InFlightQueue? _flight;

    // What the sender is told, or why the link could not bring it.
    private object? _answer;
    private byte _state;
    private byte _losses;
    private byte _concluded;
    private short _movedSlot = -1;

    public PendingCommand(RedisCommand command, IActorRef sender, IActorRef redis, DeliveryMode delivery, long deadline, long sequence)
    {
        Command = command;
        _sender = sender;
        _redis = redis;
        Delivery = delivery;
        Deadline = deadline;
        Sequence = sequence;
        Size = CommandSize.Of(command);
    }

    protected PendingCommand(PendingCommand former, bool mayHaveRun, bool wasReturned = true)
        : this(former.Command, former._sender, former._redis, former.Delivery, former.Deadline, former.Sequence)
    {
        MayHaveRun = mayHaveRun;
        WasReturned = wasReturned;
        RunsScript = former.RunsScript;
        _movedSlot = former._movedSlot;
        _losses = former._losses;
        LastRefusal = former.RefusalReason ?? former.LastRefusal;
        Volatile.Write(ref former._state, Ended);
    }

    public RedisCommand Command { get; }

    /// <summary>What may be done when the reply is lost.</summary>
    public DeliveryMode Delivery { get; }

    /// <summary>When it has to be answered, in milliseconds of the actor's clock; <see cref="long.MaxValue"/> is never.</summary>
    public long Deadline { get; }

    /// <summary>The memory that it holds, in bytes, by estimate.</summary>
    public int Size { get; }

    /// <summary>Why the server last refused it for the time being; null: it did not.</summary>
    public string? LastRefusal { get; }

    /// <summary>
    /// Whether two links in a row were lost while it was in flight, so that it may be what ends them: a reply that is too large for the
    /// server's output buffer, say. It is sent once more, alone.
    /// </summary>
    public virtual bool IsSuspect => _losses >= 2;

    /// <summary>Its place in the order of acceptance; kept when it is retried.</summary>
    public long Sequence { get; private set; }

    /// <summary>Whether a request of this command may have been executed by the server, on a former link, without an answer.</summary>
    public bool MayHaveRun { get; }

    /// <summary>Whether it was handed to a link before and came back, to be retried.</summary>
    public bool WasReturned { get; }

    /// <summary>
    /// Whether a command that was sent after it has run, or may have, and will not run once more behind it. Running this one
    /// again would undo that.
    /// </summary>
    public bool WasOvertaken { get; set; }

    /// <summary>What its <see cref="ScriptWitness"/> found out.</summary>
    public Speaker Speaker { get; set; }

    /// <summary>The hash slot that a node of the cluster named when it did not have it; null: the one of its first key.</summary>
    public int? MovedSlot
    {
        get => _movedSlot < 0 ? null : _movedSlot;
        set => _movedSlot = (short)(value ?? -1);
    }

    /// <summary>Its hash slot; null where it has no key, or nobody knows.</summary>
    public int? Slot => MovedSlot ?? HashSlot.Of(Command);

    /// <summary>Whether asking again now still does what its delivery mode promises.</summary>
    public virtual bool MayBeReplayed(long now) => true;

    /// <summary>Whether it comes back because the server refused the request that it shared with others: it is sent again alone.</summary>
    public virtual bool WasSplit => false;

    /// <summary>Whether both are asked for in one request, or are the same.</summary>
    public virtual bool SharesRequestWith(PendingCommand? other) => this == other;

    /// <summary>It is about to be handed to a link, at this time.</summary>
    public virtual void HandedOver(long now)
    {
    }

    public bool IsInFlight => Volatile.Read(ref _state) is InFlight or Answered;

    public bool IsAnswered => Volatile.Read(ref _state) == Answered;

    public bool HasEnded => Volatile.Read(ref _state) == Ended;

    /// <summary>What the link said when it could not bring the answer.</summary>
    public LinkFault? Fault => Volatile.Read(ref _answer) as LinkFault;

    /// <summary>Why the server refused it for the time being; null: it did not.</summary>
    public string? RefusalReason => (_answer as Bounce)?.ServerError;

    /// <summary>Whether the server takes it while a script keeps it busy.</summary>
    public bool PassesBusy => CommandTable.Find(Command)?.PassesBusy(Command.ArgumentArray) == true;

    /// <summary>Whether it runs a script of its sender's, which may answer in the words with which the server refuses a command.</summary>
    public bool RunsScript { get; init; }

    /// <summary>The script that it sends by its hash, which the library can load; null: it sends none.</summary>
    public virtual ScriptText? Script => null;

    protected override bool HasOwnArguments => true;

    /// <summary>Who waits for the answer.</summary>
    protected IActorRef Sender => TracedSender.Unwrap(_sender);

    private bool IsReadOnly => ReplayPolicy.ClassOf(Command, CommandTable.Find(Command)) == ReplayClass.ReadOnly;

    public override string Name => Command.Name;

    public override RedisValue[] Arguments => Command.ArgumentArray;

    public override int? Database => Command.Database;

    /// <summary>A command that stands for none: the queue's end.</summary>
    public static PendingCommand Sentinel() =>
        new(new RedisCommand("NONE"), ActorRefs.Nobody, ActorRefs.Nobody, DeliveryMode.AtMostOnce, 0, 0) { _state = Ended };

    /// <summary>Whether this is the queue in which it was handed to a link.</summary>
    public bool WasIn(InFlightQueue flight) => _flight == flight;

    public virtual void EnterFlight(InFlightQueue flight)
    {
        _flight = flight;
        Volatile.Write(ref _state, InFlight);
    }

    /// <summary>The same command once more, for the next link; the caller has made sure that this one is superseded.</summary>
    /// <param name="mayHaveRun">Whether the server may have executed this one.</param>
    public virtual PendingCommand Renew(bool mayHaveRun) => new(this, MayHaveRun || mayHaveRun);

    /// <summary>
    /// The same command as it stands, for another ledger; this one, of which the former ledger may still know the deadline, is out
    /// of the game.
    /// </summary>
    public virtual PendingCommand Relinquish() => new(this, MayHaveRun, WasReturned) { WasOvertaken = WasOvertaken };

    /// <summary>Takes its place in the order of another ledger.</summary>
    public virtual void Join(long sequence, TokenContext tokens) => Sequence = sequence;

    /// <summary>
    /// Takes it out of flight, to be renewed or ended: an answer that comes later does not find it. False when it has been
    /// answered or ended meanwhile.
    /// </summary>
    public bool TryWithdraw() => Interlocked.CompareExchange(ref _state, Withdrawn, InFlight) == InFlight;

    /// <summary>It waits, since it cannot be sent now.</summary>
    public void Stashed() => (_sender as TracedSender)?.Stashed();

    /// <summary>It is handed to this link now.</summary>
    public void Sending(IRedisLink link)
    {
        if (WasReturned) RedisMetrics.CommandRetried(_redis);
        (_sender as TracedSender)?.SentTo(link.Endpoint);
    }

    /// <summary>Makes sure, right before it is handed to a link, that its sender has not given it up; if so, it is ended.</summary>
    public bool TryClaim()
    {
        if (ICancellableSender.TryClaimOf(_sender)) return true;
        EndAsWaiting("its sender cancelled it");
        return false;
    }

    /// <summary>Whether it leaves the delivery of its answer to whoever answers it: there is more than one.</summary>
    protected bool DeliversLater { private get; set; }

    /// <summary>Delivers what is answered at the front of the queue in which it was handed to a link.</summary>
    public void DeliverFlight() => _flight!.Deliver();

    /// <summary>Ends it with the truthful outcome of a command that waits.</summary>
    public bool EndAsWaiting(string reason) => MayHaveRun
        ? EndAs(
            Outcome.Unknown,
            $"{Command.Name}: it was sent, its reply was lost, and {reason} before it could be sent again; the server may have executed it")
        : EndAs(Outcome.NotSent, $"{Command.Name}: {reason}; it never ran and never will");

    /// <summary>Once: what is to be done about a refusal is done now. Of a script, more than one message may come.</summary>
    public bool TryConclude() => Interlocked.Exchange(ref _concluded, (byte)1) == 0;

    /// <summary>A link was lost while it was in flight.</summary>
    public void CountLoss()
    {
        if (_losses < byte.MaxValue) _losses++;
    }

    /// <summary>What looked like a refusal, after which it would be retried, is its answer.</summary>
    public void EndAsAnswered()
    {
        var renewed = Renew(mayHaveRun: false);
        renewed.End(renewed.Rejected(RefusalReason!));
    }

    /// <summary>Ends it as a failure, unless it has been answered or ended already.</summary>
    public bool EndAs(Outcome outcome, string message) => End(Failure(outcome, message));

    private bool End(object answer)
    {
        var state = Volatile.Read(ref _state);
        while (state is Waiting or InFlight or Withdrawn)
        {
            var found = Interlocked.CompareExchange(ref _state, Ended, state);
            if (found == state)
            {
                Tell(answer);
                return true;
            }

            state = found;
        }

        return false;
    }

    /// <summary>Tells the sender the answer it has. True, and nothing told, when the answer is that it has to be retried.</summary>
    public bool DeliverAnswer()
    {
        if (Interlocked.CompareExchange(ref _state, Ended, Answered) != Answered) return false;
        if (_answer is Bounce) return true;
        Tell(_answer!);
        return false;
    }

    public override void Succeed(in RespValue value) => Answer(RedisReply.Of(value, Command.State), byServer: true);

    public override void Reject(string serverError) => Reject(serverError, Rejected);

    /// <summary>It ran, since the server answers errors in another way; what it replied is in part or in whole beyond the client.</summary>
    public override void Garble(string reason) => Answer(
        new RedisReply(RespValue.Error($"the server answered, and the client could not read the reply: {reason}"), Command.State),
        byServer: true);

    public override void BecomeUnknown(string reason) => AnswerUnknown(reason);

    public override void Refuse(string reason) => Answer(
        MayHaveRun
            ? Failure(
                Outcome.Unknown,
                $"{Command.Name}: it was sent and its reply was lost, so the server may have executed it; it cannot be sent again: {reason}")
            : Failure(Outcome.NotSent, $"{Command.Name}: {reason}"),
        byServer: false);

    /// <summary>The link tells its own loss next, and then the ledger decides.</summary>
    public override void Fail(LinkFault fault) => Volatile.Write(ref _answer, fault);

    /// <summary>The server's answer is the one that the sender will be told: this command will not be retried. From any thread.</summary>
    protected virtual void Settled()
    {
    }

    /// <summary>
    /// Hands a message to the sender. One that cannot be told, since its mailbox throws, loses its answer to the dead letters; nobody
    /// else is hurt.
    /// </summary>
    protected virtual void Tell(object answer)
    {
        if (RedisMetrics.CountsCommands) RedisMetrics.CommandEnded(_redis, Command, answer);
        try
        {
            _sender.Tell(answer, _redis);
        }
        catch (Exception)
        {
            LeaveToDeadLetters(answer);
        }
    }

    private void LeaveToDeadLetters(object answer)
    {
        try
        {
            (_redis as IInternalActorRef)?.Provider?.DeadLetters.Tell(new DeadLetter(answer, _redis, _sender), _redis);
        }
        catch (Exception)
        {
            // A listener to the dead letters is not the library's to save, and the next command is not to pay for it.
        }
    }

    /// <summary>The server's error is the reply to this command, however often it was sent: its one execution failed with it.</summary>
    protected void RejectForGood(string serverError) => Reject(serverError, RejectedForGood);

    /// <summary>It ran, and the error is its answer, whatever the words.</summary>
    protected void RejectAsRun(string serverError) => Answer(RejectedForGood(serverError), byServer: true);

    private void Reject(string serverError, Func<string, Status.Failure> final)
    {
        object answer = IsAnswer(serverError) ? final(serverError) : new Bounce(serverError);
        Answer(answer, byServer: true);
    }

    /// <summary>The server answered, and its answer does not tell whether the command ran.</summary>
    protected void AnswerUnknown(string reason) => Answer(Failure(Outcome.Unknown, $"{Command.Name}: {reason}"), byServer: true);

    /// <summary>Whether the sender is told an error; if not, the command waits and is retried.</summary>
    private bool IsAnswer(string serverError) => RetryableErrors.Classify(serverError) switch
    {
        ServerErrorKind.Final => true,
        ServerErrorKind.NoScript => Script is null,
        ServerErrorKind.Retry => PassesBusy && RetryableErrors.IsBusy(serverError),
        _ => false,
    };

    /// <summary>It is retried because of this error, whatever the error says.</summary>
    protected void Bounced(string serverError) => Answer(new Bounce(serverError), byServer: true);

    private void Answer(object answer, bool byServer)
    {
        _answer = answer;
        if (Interlocked.CompareExchange(ref _state, Answered, InFlight) != InFlight)
        {
            _answer = null;
            return;
        }

        if (byServer && answer is not Bounce) Settled();
        if (!DeliversLater) _flight!.Deliver();
    }

    /// <summary>
    /// A refusal speaks of the request that it answers. Where an earlier one may have run, only a command without effects was certainly
    /// not executed.
    /// </summary>
    private Status.Failure Rejected(string serverError) => (MayHaveRun || Command.WasSentBefore) && !IsReadOnly
        ? Failure(
            Outcome.Unknown,
            $"{Command.Name}: it was sent and its reply was lost, so the server may have executed it; when it was sent again the server answered: {serverError}",
            serverError)
        : RejectedForGood(serverError);

    private Status.Failure RejectedForGood(string serverError) =>
        Failure(Outcome.Rejected, $"{Command.Name}: the server answered: {serverError}", serverError);

    private Status.Failure Failure(Outcome outcome, string message, string? serverError = null) =>
        new(new RedisOutcomeException(outcome, Command, message, serverError), Command.State);

    private sealed record Bounce(string ServerError);
}

/// <summary>From the link's thread to the command actor: the server refused a command for the time being.</summary>
/// <param name="Command">The command.</param>
/// <param name="Speaker">Of a sender's script: whether it was the server that spoke.</param>
internal sealed record CommandRefused(PendingCommand Command, Speaker Speaker = Speaker.NotAsked) : INoSerializationVerificationNeeded
{
    /// <summary>
    /// Nobody is there to retry it: the actor has stopped, or it was restarted since it handed this command to a link. What the server
    /// refused certainly did not run, unless an earlier request of it did. False: it was dealt with before.
    /// </summary>
    public bool EndUnretried()
    {
        if (!Command.TryConclude()) return false;
        var speaker = Speaker == Speaker.NotAsked ? Command.Speaker : Speaker;
        if (speaker == Speaker.Script)
        {
            Command.EndAsAnswered();
            return true;
        }

        var renewed = Command.Renew(mayHaveRun: Command.RunsScript && speaker != Speaker.Server);
        renewed.EndAs(
            renewed.MayHaveRun ? Outcome.Unknown : Outcome.NotSent,
            $"{renewed.Command.Name}: the RedisActor stopped or failed before it could be retried ({Command.RefusalReason})");
        return true;
    }
}
