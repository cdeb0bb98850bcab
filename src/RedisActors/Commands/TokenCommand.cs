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
internal sealed class TokenCommand : PendingCommand
{
    /// <summary>The part of a token's time in which it is relied on; the rest is for the way to the server.</summary>
    private const double Reliable = 0.9;

    private TokenContext _context;
    private readonly string _token;
    private readonly CommandProfile? _profile;
    private RedisValue[]? _arguments;
    private long _firstHandedOverAt = -1;
    private ServerEviction _eviction = ServerEviction.Unknown;

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
        : base(command, sender, redis, DeliveryMode.ExactlyOnce, deadline, sequence)
    {
        _context = context;
        _profile = profile;
        _token = command.IdempotencyKey ?? context.NextToken();
    }

    private TokenCommand(TokenCommand former, bool mayHaveRun, bool wasReturned = true)
        : base(former, mayHaveRun, wasReturned)
    {
        _context = former._context;
        _token = former._token;
        _profile = former._profile;
        if (!MayHaveRun) return;
        _firstHandedOverAt = former._firstHandedOverAt;
        _eviction = former._eviction;
    }

    public override string Name => "EVALSHA";

    /// <summary>The script's, from when it is handed over; made once, for they are read when it is written and when it is answered.</summary>
    public override RedisValue[] Arguments => _arguments ?? throw new InvalidOperationException("It was not handed over.");

    /// <summary>
    /// Not when the server may have forgotten the token: a token lives for a while from the first execution, which can have been
    /// as early as the first time it was handed over.
    /// </summary>
    public override bool MayBeReplayed(long now) =>
        now - _firstHandedOverAt < _context.Keep.TotalMilliseconds * Reliable;

    public override void HandedOver(long now)
    {
        var isFirst = _firstHandedOverAt < 0;
        if (isFirst)
        {
            // Of what another node's RedisActor knew of the server, nothing is known here.
            _firstHandedOverAt = now;
            _eviction = Command.WasSentBefore ? _context.Eviction with { Term = null } : _context.Eviction;
        }

        var evictedKeys = isFirst && !Command.WasSentBefore ? null : _eviction.CountThatShowsNone(_context.Eviction);
        _arguments = _context.Wrap(Command, _profile!, _token, evictedKeys);
        _eviction = _eviction.FollowedBy(_context.Eviction);
    }

    public override PendingCommand Renew(bool mayHaveRun) => new TokenCommand(this, MayHaveRun || mayHaveRun);

    public override PendingCommand Relinquish() => new TokenCommand(this, MayHaveRun, WasReturned) { WasOvertaken = WasOvertaken };

    public override void Join(long sequence, TokenContext tokens)
    {
        base.Join(sequence, tokens);
        _context = tokens;
    }

    protected override bool HasScriptOfTheLibrary => true;

    public override void Succeed(in RespValue value)
    {
        ExactlyOnceReply reply;
        try
        {
            reply = ExactlyOnceRequest.Decode(value);
        }
        catch (FormatException error)
        {
            Garble(error.Message);
            return;
        }

        if (reply.ServerError is { } serverError)
        {
            if ((MayHaveRun || Command.WasSentBefore) && ExactlyOnceScript.IsEvicted(serverError)) AnswerUnknown(MayBeEvicted(serverError));
            else RejectForGood(serverError);
        }
        else
        {
            base.Succeed(reply.Value);
        }
    }

    /// <summary>
    /// The script was refused. Where the server does not have it, and has refused since to load it, waiting will not help: its
    /// reason is the answer.
    /// </summary>
    public override void Reject(string serverError) => base.Reject(
        WasReturned && ExactlyOnceScript.IsMissing(serverError) ? _context.ScriptRefusal ?? serverError : serverError);

    /// <summary>The script answers with a string; whoever cannot read that does not know whether the command ran.</summary>
    public override void Garble(string reason) => AnswerUnknown($"the server answered, and the answer could not be read: {reason}");

    /// <summary>A token that was asked for twice is left to its expiry, should the first request still be on its way somewhere.</summary>
    protected override void Settled()
    {
        if (Command.IdempotencyKey is null && !MayHaveRun) _context.Release(ExactlyOnceRequest.TokenKeyOf(Arguments));
    }

    private static string MayBeEvicted(string serverError) =>
        "it was sent and its reply was lost; when it was sent again its token was not there, which the server may have evicted "
        + $"({serverError}), so the server may have executed it";
}
