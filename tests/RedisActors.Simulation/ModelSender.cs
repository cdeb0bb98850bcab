using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Simulation;

/// <summary>The sender of one command, who may give it up: the library's promise without a task.</summary>
internal sealed class ModelSender(Account account, TrackedCommand command, Mutation mutation) : MinimalActorRef, ICancellableSender
{
    private bool _claimed;
    private bool _givenUp;

    public override ActorPath Path => account.Path;

    public override IActorRefProvider Provider => account.Provider;

    public bool TryClaim()
    {
        if (_givenUp) return mutation == Mutation.CancellationIgnored;
        _claimed = true;
        return true;
    }

    /// <summary>Gives the command up, if it has no answer yet, and knows at once what is true of it.</summary>
    public void Cancel()
    {
        if (command.Told is not null || !command.Accepted) return;
        _givenUp = true;
        account.Cancelled(command, _claimed ? Outcome.Unknown : Outcome.NotSent);
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (_givenUp) account.EndedAfterCancellation(command);
        else account.Tell(message, sender);
    }
}
