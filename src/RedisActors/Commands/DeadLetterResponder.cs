using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>
/// Answers commands that nobody can take any more: those that were still in the mailbox of a RedisActor when it stopped, and
/// those that are sent to it afterwards. Akka hands them to the dead letters; their senders get <see cref="Outcome.NotSent"/>.
/// </summary>
/// <remarks>
/// A reference that acts when it is told, and no actor: it needs no mailbox, whose content would be lost when the actor system
/// ends, and it answers from the moment <see cref="Answer"/> returns, also what is sent after the end.
/// </remarks>
internal sealed class DeadLetterResponder : MinimalActorRef
{
    private DeadLetterResponder(ExtendedActorSystem system)
    {
        Provider = system.Provider;
        Path = system.Provider.RootPath / "redis-stranded-commands";
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    /// <summary>Answers stranded commands of this actor system from now on.</summary>
    public static void Answer(ExtendedActorSystem system) =>
        system.EventStream.Subscribe(new DeadLetterResponder(system), typeof(DeadLetter));

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case DeadLetter { Message: RedisCommand command } letter when !letter.Sender.IsNobody():
                new PendingCommand(command, letter.Sender, letter.Recipient, DeliveryMode.AtMostOnce, long.MaxValue, sequence: 0)
                    .EndAs(Outcome.NotSent, $"{command.Name}: the RedisActor stopped");
                break;
            case DeadLetter { Message: CommandRefused bounced }:
                bounced.EndAsNotSent();
                break;
            case DeadLetter { Message: AdoptCommands adopted }:
                adopted.EndAll("the RedisActor stopped");
                break;
        }
    }
}
