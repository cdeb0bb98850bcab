using Akka.Actor;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// A command that was accepted and has not been answered, with the one who waits for the answer. It is handed to a link at most
/// once, and ends exactly once, from whichever thread is first; so an answered command needs no second trip through a mailbox,
/// and a late word about it finds it ended.
/// </summary>
internal sealed class PendingCommand(RedisCommand command, IActorRef sender, IActorRef redis, long deadline) : LinkRequest
{
    private int _ended;

    public RedisCommand Command => command;

    /// <summary>When it has to be answered, in milliseconds of the scheduler's monotonic clock; <see cref="long.MaxValue"/> is never.</summary>
    public long Deadline => deadline;

    /// <summary>Whether it was handed to a link.</summary>
    public bool IsInFlight { get; private set; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    /// <summary>What the link said when it could not bring the answer; the ledger decides what follows from it.</summary>
    public LinkFault? Fault { get; private set; }

    public override string Name => command.Name;

    public override RedisValue[] Arguments => command.ArgumentArray;

    public override int? Database => command.Database;

    public void HandTo(IRedisLink link)
    {
        IsInFlight = true;
        link.Send(this);
    }

    /// <summary>The same command once more, for the next link. This one ends without a word.</summary>
    public PendingCommand? Renew() => TryEnd() ? new PendingCommand(command, sender, redis, deadline) : null;

    /// <summary>Ends it as a failure, unless it has ended already.</summary>
    public void EndAs(Outcome outcome, string message, string? serverError = null)
    {
        if (!TryEnd()) return;
        sender.Tell(
            new Status.Failure(new RedisOutcomeException(outcome, command, message, serverError), command.State), redis);
    }

    public override void Succeed(in RespValue value)
    {
        if (TryEnd()) sender.Tell(new RedisReply(value, command.State), redis);
    }

    public override void Reject(string serverError) =>
        EndAs(Outcome.Rejected, $"{command.Name}: the server answered: {serverError}", serverError);

    public override void Refuse(string reason) => EndAs(Outcome.NotSent, $"{command.Name}: {reason}");

    public override void Garble(string reason) =>
        EndAs(Outcome.Unknown, $"{command.Name}: the server answered, and the answer could not be read: {reason}");

    public override void Fail(LinkFault fault) => Fault = fault;

    private bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;
}
