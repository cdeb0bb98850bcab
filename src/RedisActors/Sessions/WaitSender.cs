using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Sessions;

/// <summary>The sender of a command that waits, and how it is told.</summary>
internal sealed class WaitSender(RedisCommand command, IActorRef sender, IActorRef redis)
{
    private ICancellableSender? Cancellable => sender as ICancellableSender;

    /// <summary>The actor whose end ends the wait; null: there is none.</summary>
    public IActorRef? Watched => Cancellable is null && !sender.IsNobody() ? sender : null;

    /// <summary>False: it has given the command up.</summary>
    public bool TryClaim() => ICancellableSender.TryClaimOf(sender);

    /// <summary>What was sent has had no effect: it can give the command up again without one.</summary>
    public void Unclaim() => Cancellable?.Unclaim();

    /// <summary>Acts, from any thread, when it gives the command up.</summary>
    public void WhenGivenUp(Action act) => Cancellable?.WhenGivenUp(act);

    /// <summary>Hands the reply over. False: nobody has it.</summary>
    public bool TryReply(RespValue value)
    {
        var reply = new RedisReply(value, command.State);
        try
        {
            if (Cancellable is { } cancellable) return cancellable.TryTake(reply, redis);
            sender.Tell(reply, redis);
            return true;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // A mailbox that throws has not taken it.
            return false;
        }
    }

    public void Fail(Outcome outcome, string message, string? serverError = null)
    {
        RedisMetrics.CommandFailed(redis, outcome);
        try
        {
            sender.Tell(new Status.Failure(new RedisOutcomeException(outcome, command, message, serverError), command.State), redis);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Nobody else is hurt by a mailbox that throws.
        }
    }
}
