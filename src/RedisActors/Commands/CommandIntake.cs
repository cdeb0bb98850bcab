using Akka.Actor;
using RedisActors.Configuration;
using RedisActors.CommandMetadata;

namespace RedisActors.Commands;

/// <summary>
/// Makes pending commands of what is sent to a lane: each with its deadline, its delivery mode and its place in the order, in which
/// those that come from other lanes find theirs.
/// </summary>
internal sealed class CommandIntake(CommandSettings settings, TokenContext tokens, IActorRef redis)
{
    private long _lastSequence;

    public PendingCommand Take(RedisCommand command, CommandProfile? profile, IActorRef sender, long now)
    {
        var deadline = command.DeadlineFrom(now, settings.Timeout);
        var delivery = command.Delivery ?? settings.Delivery;
        var sequence = ++_lastSequence;
        if (delivery == DeliveryMode.ExactlyOnce && ReplayPolicy.ClassOf(command, profile) != ReplayClass.ReadOnly)
        {
            return new TokenCommand(command, profile, sender, redis, deadline, sequence, tokens);
        }

        return command switch
        {
            RedisScript script => new ScriptCommand(script, sender, redis, delivery, deadline, sequence, tokens),
            RedisTransaction transaction => new TransactionCommand(transaction, sender, redis, delivery, deadline, sequence, tokens),
            _ => new PendingCommand(command, sender, redis, delivery, deadline, sequence) { RunsScript = profile?.RunsScript == true },
        };
    }

    /// <summary>A command that waited in another lane is the last in this one's order.</summary>
    public void Join(PendingCommand command) => command.Join(++_lastSequence, tokens);
}
