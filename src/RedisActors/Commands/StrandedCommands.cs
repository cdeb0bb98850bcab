using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>
/// Answers commands that nobody can take any more: those that were still in the mailbox of a RedisActor when it stopped, and
/// those that are sent to it afterwards. Akka hands them to the dead letters; their senders get <see cref="Outcome.NotSent"/>.
/// </summary>
/// <remarks>A system actor: it outlives everything under <c>/user</c> when the actor system ends.</remarks>
internal sealed class StrandedCommands : ReceiveActor
{
    public StrandedCommands()
    {
        Receive<DeadLetter>(OnDeadLetter);
    }

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));

    private static void OnDeadLetter(DeadLetter letter)
    {
        if (letter.Message is not RedisCommand command || letter.Sender.IsNobody()) return;
        new PendingCommand(command, letter.Sender, letter.Recipient, long.MaxValue)
            .EndAs(Outcome.NotSent, $"{command.Name}: the RedisActor stopped");
    }
}
