using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// A command that is executed once: what goes over the link is the script that keeps a token and the reply beside the write.
/// However often it is asked again, it is with the same token.
/// </summary>
internal sealed class TokenCommand : PendingCommand
{
    /// <summary>The part of a token's time in which it is relied on; the rest is for the way to the server.</summary>
    private const double Reliable = 0.9;

    private TokenContext _context;
    private readonly string _token;
    private readonly List<RedisValue>? _learntKeys;
    private RedisValue[]? _arguments;
    private long _firstHandedOverAt = -1;

    public TokenCommand(
        RedisCommand command, IActorRef sender, IActorRef redis, long deadline, long sequence, TokenContext context, string token)
        : base(command, sender, redis, DeliveryMode.ExactlyOnce, deadline, sequence)
    {
        _context = context;
        _token = token;
        _learntKeys = context.LearntKeys(command);
    }

    private TokenCommand(TokenCommand former, bool mayHaveRun, bool wasReturned = true)
        : base(former, mayHaveRun, wasReturned)
    {
        _context = former._context;
        _token = former._token;
        _learntKeys = former._learntKeys;
        if (MayHaveRun) _firstHandedOverAt = former._firstHandedOverAt;
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
        _arguments = _context.Wrap(Command, _token, _learntKeys);
        if (_firstHandedOverAt < 0) _firstHandedOverAt = now;
    }

    public override PendingCommand Renew(bool mayHaveRun) => new TokenCommand(this, MayHaveRun || mayHaveRun);

    public override PendingCommand Relinquish() => new TokenCommand(this, MayHaveRun, WasReturned) { WasOvertaken = WasOvertaken };

    public override void Join(long sequence, TokenContext tokens)
    {
        base.Join(sequence, tokens);
        _context = tokens;
    }

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
            RejectForGood(serverError);
        }
        else
        {
            base.Succeed(reply.Value);
        }
    }

    /// <summary>A token that was asked for twice is left to its expiry, should the first request still be on its way somewhere.</summary>
    protected override void Settled()
    {
        if (Command.IdempotencyKey is null && !MayHaveRun) _context.Release(ExactlyOnceRequest.TokenKeyOf(Arguments));
    }
}
