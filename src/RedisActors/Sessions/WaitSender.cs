using Akka.Actor;
using RedisActors.Commands;

namespace RedisActors.Sessions;

/// <summary>The sender of a command that waits, and how it is told.</summary>
internal sealed class WaitSender(RedisCommand command, IActorRef sender, IActorRef redis)
{
    private ICancellableSender? Cancellable => sender as ICancellableSender;

    private TracedSender? Traced => sender as TracedSender;

    /// <summary>The actor whose end ends the wait; null: there is none.</summary>
    public IActorRef? Watched =>
        TracedSender.Unwrap(sender) is var actor && actor is not ICancellableSender && !actor.IsNobody() ? actor : null;

    /// <summary>False: it has given the command up.</summary>
    public bool TryClaim()
    {
        if (!ICancellableSender.TryClaimOf(sender)) return false;
        Traced?.SentTo(null);
        return true;
    }

    /// <summary>It waits until it can be asked for.</summary>
    public void Stashed() => Traced?.Stashed();

    /// <summary>It is told nothing more.</summary>
    public void Forget() => Traced?.GivenUp();

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
            if (Cancellable is not { } cancellable) sender.Tell(reply, redis);
            else if (!cancellable.TryTake(reply, redis)) return false;
            RedisMetrics.CommandEnded(redis, command, reply);
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
        var answer = new Status.Failure(new RedisOutcomeException(outcome, command, message, serverError), command.State);
        RedisMetrics.CommandEnded(redis, command, answer);
        try
        {
            sender.Tell(answer, redis);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Nobody else is hurt by a mailbox that throws.
        }
    }
}
