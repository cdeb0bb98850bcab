using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>A command that goes as a script by its hash. Where the server does not know it, the script is loaded and the command retried.</summary>
internal abstract class ScriptedCommand : PendingCommand
{
    protected ScriptedCommand(
        RedisCommand command, IActorRef sender, IActorRef redis, DeliveryMode delivery, long deadline, long sequence, TokenContext context)
        : base(command, sender, redis, delivery, deadline, sequence) => Context = context;

    protected ScriptedCommand(ScriptedCommand former, bool mayHaveRun, bool wasReturned = true)
        : base(former, mayHaveRun, wasReturned) => Context = former.Context;

    /// <summary>What it shares with others.</summary>
    protected TokenContext Context { get; private set; }

    public abstract override ScriptText Script { get; }

    public override void Join(long sequence, TokenContext tokens)
    {
        base.Join(sequence, tokens);
        Context = tokens;
    }

    /// <summary>
    /// The script was refused. Where the server does not have it, and has refused since to load it, waiting will not help: its
    /// reason is the answer.
    /// </summary>
    public override void Reject(string serverError) => base.Reject(
        WasReturned && ExactlyOnceScript.IsMissing(serverError) ? Context.RefusalOf(Script) ?? serverError : serverError);
}

/// <summary>A sender's script that is not delivered exactly-once.</summary>
internal sealed class ScriptCommand : ScriptedCommand
{
    public ScriptCommand(
        RedisScript script, IActorRef sender, IActorRef redis, DeliveryMode delivery, long deadline, long sequence, TokenContext context)
        : base(script, sender, redis, delivery, deadline, sequence, context)
    {
        Script = script.Script;
        RunsScript = true;
    }

    private ScriptCommand(ScriptCommand former, bool mayHaveRun, bool wasReturned = true)
        : base(former, mayHaveRun, wasReturned) => Script = former.Script;

    public override ScriptText Script { get; }

    /// <summary>Whether the server said, right after it was sent, that it does not know the script.</summary>
    public bool WasUnknown { get; set; }

    public override PendingCommand Renew(bool mayHaveRun) => new ScriptCommand(this, MayHaveRun || mayHaveRun);

    public override PendingCommand Relinquish() => new ScriptCommand(this, MayHaveRun, WasReturned) { WasOvertaken = WasOvertaken };
}
