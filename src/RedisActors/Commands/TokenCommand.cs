using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.Connection;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// A command that is executed once: what goes over the link is the script that keeps a token and the reply beside the write.
/// However often it is replayed, it has the same token.
/// </summary>
internal sealed class TokenCommand : ScriptedCommand
{
    private readonly bool _isShort;
    private string? _token;
    private TokenHistory _history;
    private RedisValue[]? _arguments;
    private bool _goesAlone;
    private bool _neverRan;

    /// <param name="command">The command.</param>
    /// <param name="profile">
    /// What is known of it. What the server said of a module's command is forgotten with the link, and the command may outlive that.
    /// </param>
    /// <param name="sender">Who waits for the answer.</param>
    /// <param name="redis">In whose name it is answered.</param>
    /// <param name="deadline">When it has to be answered.</param>
    /// <param name="sequence">Its place in the order.</param>
    /// <param name="context">What it shares with others.</param>
    public TokenCommand(
        RedisCommand command,
        CommandProfile? profile,
        IActorRef sender,
        IActorRef redis,
        long deadline,
        long sequence,
        TokenContext context)
        : base(command, sender, redis, DeliveryMode.ExactlyOnce, deadline, sequence, context)
    {
        Profile = profile;
        _isShort = !command.WasSentBefore && profile?.HasShortReply(command.ArgumentArray) == true;
    }

    private TokenCommand(TokenCommand former, bool mayHaveRun, bool wasReturned = true)
        : base(former, mayHaveRun, wasReturned)
    {
        Profile = former.Profile;
        _isShort = former._isShort;
        _goesAlone = former._goesAlone;
        if (!MayHaveRun) return;
        _token = former._token;
        _history = former._history;
        Group = former.Group;
        Place = former.Place;
    }

    public override string Name => "EVALSHA";

    /// <summary>The script's, for this command alone.</summary>
    public override RedisValue[] Arguments => _arguments ??= Wrap();

    /// <summary>What is known of the command.</summary>
    public CommandProfile? Profile { get; }

    /// <summary>
    /// The group in which it was sent, and with which alone it may be asked for again, as they share a token; null: it was not, or did not run.
    /// </summary>
    public TokenGroup? Group { get; private set; }

    /// <summary>Its place in the request that it shares with others.</summary>
    public int Place { get; private set; }

    /// <summary>Whether it may share a request with others of its kind: it has not run, and its reply is short.</summary>
    public bool MayShare => _isShort && !_goesAlone && !MayHaveRun;

    /// <summary>Whether its sender gave it a token. It shares that with no other, and requests only with its like.</summary>
    public bool HasOwnToken => Command.IdempotencyKey is not null;

    /// <summary>When it was last handed over, in milliseconds of the actor's clock.</summary>
    public long HandedOverAt { get; private set; }

    public override bool WasSplit => _goesAlone;

    public override bool MayBeReplayed(long now) => Group?.IsReliable(now, Context.Keep) ?? _history.IsReliable(now, Context.Keep);

    public override bool SharesRequestWith(PendingCommand? other) =>
        base.SharesRequestWith(other) || (Group is not null && other is TokenCommand token && token.Group == Group);

    public override void HandedOver(long now) => HandedOverAt = now;

    /// <summary>It is about to be sent together with others.</summary>
    public void EnterGroup(TokenGroup group, int place)
    {
        Group = group;
        Place = place;
        group.LastSequence = Sequence;
    }

    /// <summary>It is about to be sent with others, with its own token.</summary>
    public void EnterRequest(int place)
    {
        Place = place;
        _history.Ask(HandedOverAt, Context.Eviction, elsewhere: false);
    }

    public override PendingCommand Renew(bool mayHaveRun) => new TokenCommand(this, !_neverRan && (MayHaveRun || mayHaveRun));

    public override PendingCommand Relinquish() => new TokenCommand(this, MayHaveRun, WasReturned) { WasOvertaken = WasOvertaken };

    public override void Join(long sequence, TokenContext tokens)
    {
        base.Join(sequence, tokens);
        if (Group is not null) Group.LastSequence = sequence;
    }

    public override ScriptText Script => ExactlyOnceRequest.ScriptFor(Command);

    public override void Succeed(in RespValue value)
    {
        ExactlyOnceReply reply;
        var isItsOwn = false;
        try
        {
            reply = Command is RedisScript ? ExactlyOnceRequest.DecodeScript(value, out isItsOwn) : ExactlyOnceRequest.Decode(value);
        }
        catch (FormatException error)
        {
            Garble(error.Message);
            return;
        }

        if (isItsOwn && reply.ServerError is { } words) RejectAsRun(words);
        else Conclude(reply);
    }

    /// <summary>Its group has been answered, and what it is told is told by <see cref="PendingCommand.DeliverFlight"/>.</summary>
    /// <param name="reply">Its own part.</param>
    /// <param name="haveRun">Whether the group has run: if it was refused, it was passed over, and never will be run with this token.</param>
    public void ConcludeInGroup(in ExactlyOnceReply reply, bool haveRun)
    {
        _neverRan = haveRun && reply.ServerError is { } error && RetryableErrors.Classify(error) != ServerErrorKind.Final;
        DeliversLater = true;
        Conclude(reply);
    }

    /// <summary>The server refused its group, and not for the time being: it is sent again alone.</summary>
    public void Split(string serverError)
    {
        _goesAlone = true;
        Bounced(serverError);
    }

    /// <summary>The script answers with a string; whoever cannot read that does not know whether the command ran.</summary>
    public override void Garble(string reason) => AnswerUnknown($"the server answered, and the answer could not be read: {reason}");

    /// <summary>A token that was asked for twice is left to its expiry, should the first request still be on its way somewhere.</summary>
    protected override void Settled()
    {
        if (MayHaveRun || Group is not null) return;
        if (!HasOwnToken) Context.Release(ExactlyOnceRequest.TokenKeyOf(Arguments));
        else if (!Command.WasSentBefore && Sender is ITokenHolder holder) holder.TokenMayGo(Command.State, new HeldToken(Context, Context.TokenKeyOf(Command, Profile!)));
    }

    private void Conclude(in ExactlyOnceReply reply)
    {
        if (reply.ServerError is not { } serverError) base.Succeed(reply.Value);
        else if ((MayHaveRun || Command.WasSentBefore) && ExactlyOnceScript.IsEvicted(serverError)) AnswerUnknown(MayBeEvicted(serverError));
        else RejectForGood(serverError);
    }

    private RedisValue[] Wrap()
    {
        _token ??= Command.IdempotencyKey ?? Context.NextToken();
        return Context.Wrap(Command, Profile!, _token, _history.Ask(HandedOverAt, Context.Eviction, Command.WasSentBefore), Deadline);
    }

    private static string MayBeEvicted(string serverError) =>
        "it was sent and its reply was lost; when it was sent again its token was not there, which the server may have evicted "
        + $"({serverError}), so the server may have executed it";
}
