#nullable disable
namespace Akka.Actor;

/// <summary>A message and who sent it, as it lies in a mailbox.</summary>
public readonly struct Envelope
{
    public Envelope(object message, IActorRef sender, ActorSystem system)
    {
        Message = message ?? throw NoMessage();
        Sender = sender ?? system.DeadLetters;
    }

    public Envelope(object message, IActorRef sender)
    {
        Message = message;
        Sender = sender;
    }

    public object Message { get; }

    public IActorRef Sender { get; }

    public override string ToString() => $"<{(Message == null ? "null" : Message)}> from {(Sender == null ? "NoSender" : Sender)}";

    private static ArgumentNullException NoMessage() => new("message", "The message cannot be null.");
}
