using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// A transaction that is not delivered exactly-once: <c>MULTI</c> … <c>EXEC</c>, or one script where it has conditions.
/// </summary>
/// <remarks>
/// When a server refuses a command while it queues it, it says which and why, and then that nothing has run (<c>EXECABORT</c>). Of that the
/// client passes on the latter only. So the transaction is sent again as a script, where it may: this finds out the reason, and runs the
/// transaction if there is none any more.
/// </remarks>
internal sealed class TransactionCommand : ScriptedCommand
{
    private const string Aborted = "EXECABORT ";
    private const string Because = "EXECABORT Transaction discarded because of: ";

    /// <summary>What every server says of a key that the ACL does not permit.</summary>
    private const string Access = " to access ";

    private readonly RedisTransaction _transaction;
    private readonly string? _wasAborted;
    private RedisValue[]? _arguments;
    private string? _abort;

    public TransactionCommand(
        RedisTransaction transaction, IActorRef sender, IActorRef redis, DeliveryMode delivery, long deadline, long sequence, TokenContext context)
        : base(transaction, sender, redis, delivery, deadline, sequence, context) => _transaction = transaction;

    private TransactionCommand(TransactionCommand former, bool mayHaveRun, bool wasReturned = true)
        : base(former, mayHaveRun, wasReturned)
    {
        _transaction = former._transaction;
        _wasAborted = former._abort ?? former._wasAborted;
    }

    public override ScriptText Script => TransactionScript.Plain;

    public override string Name => GoesAsScript ? "EVALSHA" : base.Name;

    public override RedisValue[] Arguments => GoesAsScript ? _arguments ??= AsScript() : base.Arguments;

    public override IReadOnlyList<RedisCommand>? Members => GoesAsScript ? null : _transaction.CommandArray;

    public override bool WasSplit => _wasAborted is not null;

    private bool GoesAsScript => _wasAborted is not null || IsScript(_transaction);

    /// <summary>Whether it is a script from the beginning.</summary>
    public static bool IsScript(RedisTransaction transaction) => transaction.ConditionArray.Length > 0;

    public override PendingCommand Renew(bool mayHaveRun) => new TransactionCommand(this, MayHaveRun || mayHaveRun);

    public override PendingCommand Relinquish() => new TransactionCommand(this, MayHaveRun, WasReturned) { WasOvertaken = WasOvertaken };

    public override void Succeed(in RespValue value)
    {
        if (!GoesAsScript)
        {
            base.Succeed(value);
            return;
        }

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

        if (reply.ServerError is { } words) base.Reject(words);
        else base.Succeed(reply.Value);
    }

    public override void Reject(string serverError)
    {
        if (GoesAsScript)
        {
            // Who may not run the script learns what was said to the transaction; its keys are those of the transaction.
            var isOfScript = RetryableErrors.Classify(serverError) == ServerErrorKind.Final && !serverError.Contains(Access, StringComparison.Ordinal);
            base.Reject(isOfScript && _wasAborted is not null ? _wasAborted : serverError);
        }
        else if (serverError.StartsWith(Because, StringComparison.Ordinal))
        {
            base.Reject(serverError[Because.Length..]);
        }
        else if (serverError.StartsWith(Aborted, StringComparison.Ordinal) && TransactionRules.WhyRefused(_transaction, asScript: true, inCluster: false) is null)
        {
            _abort = serverError;
            Bounced(serverError);
        }
        else
        {
            base.Reject(serverError);
        }
    }

    /// <summary>As a script it answers with a string; whoever cannot read that does not know whether it ran.</summary>
    public override void Garble(string reason)
    {
        if (GoesAsScript) AnswerUnknown($"the server answered, and the answer could not be read: {reason}");
        else base.Garble(reason);
    }

    private RedisValue[] AsScript()
    {
        var keys = new List<RedisValue>();
        CommandTable.Transaction.TryGetKeys(_transaction.ArgumentArray, keys);
        return ExactlyOnceRequest.AsScript(_transaction, keys);
    }
}
