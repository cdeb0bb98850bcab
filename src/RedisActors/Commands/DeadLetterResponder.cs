using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>
/// Answers the commands that an actor of this actor system left behind when it stopped, and those that are sent to it afterwards. Akka
/// hands both to the dead letters. Dead letters for any other actor are none of its business: a remote one may well have run the command.
/// </summary>
/// <remarks>
/// A reference that acts when it is told, and no actor: it needs no mailbox, whose content would be lost when the actor system
/// ends, and it answers from the moment it is subscribed, also what is sent after the end.
/// </remarks>
internal sealed class DeadLetterResponder : MinimalActorRef
{
    private readonly ActorPath _owner;
    private readonly Action<RedisCommand, DeadLetter> _answer;
    private readonly Action<RedisSubscribe, DeadLetter> _refuse;
    private readonly Action<object, DeadLetter>? _other;

    private DeadLetterResponder(
        ExtendedActorSystem system, ActorPath owner, Action<RedisCommand, DeadLetter> answer, Action<RedisSubscribe, DeadLetter>? refuse,
        Action<object, DeadLetter>? other)
    {
        _other = other;
        _owner = owner;
        _answer = answer;
        _refuse = refuse ?? ((subscribe, _) => subscribe.Subscriber.Tell(subscribe.Refusal("the RedisActor stopped")));
        Provider = system.Provider;

        // The event stream tells subscribers apart by their paths.
        Path = system.Provider.RootPath / "redis-dead-letters" / owner.Elements;
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    /// <summary>Answers what a RedisActor leaves behind as <see cref="Outcome.NotSent"/>.</summary>
    public static void AnswerFor(ExtendedActorSystem system, IActorRef redis) => AnswerFor(system, redis.Path, (command, letter) =>
        new PendingCommand(command, TracedSender.OfLate(command, letter.Sender, redis), redis, DeliveryMode.AtMostOnce, long.MaxValue, sequence: 0)
            .EndAs(Outcome.NotSent, $"{command.Name}: the RedisActor stopped"));

    /// <summary>Answers the commands that another actor leaves behind.</summary>
    /// <param name="system">The actor system of the actor.</param>
    /// <param name="owner">The local path of the actor; those below it count as the actor itself.</param>
    /// <param name="answer">Answers a command, which has a sender. Called from any thread.</param>
    /// <param name="refuse">Answers who wants to subscribe; null: the subscription has ended.</param>
    /// <param name="other">Takes any other message that has a sender; null: nobody does.</param>
    public static void AnswerFor(
        ExtendedActorSystem system, ActorPath owner, Action<RedisCommand, DeadLetter> answer, Action<RedisSubscribe, DeadLetter>? refuse = null,
        Action<object, DeadLetter>? other = null) =>
        system.EventStream.Subscribe(new DeadLetterResponder(system, owner, answer, refuse, other), typeof(DeadLetter));

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (message is not DeadLetter letter || !IsOwn(letter.Recipient.Path)) return;
        switch (letter.Message)
        {
            case RedisCommand command when !letter.Sender.IsNobody():
                _answer(command, letter);
                break;
            case CommandBatch batch:
                while (batch.TryTake(out var each, out var sentBy)) TellInternal(new DeadLetter(each, sentBy, letter.Recipient), sender);
                break;
            case RedisSubscribe subscribe:
                _refuse(subscribe, letter);
                break;
            case RedisUnsubscribe unsubscribe:
                unsubscribe.Subscriber.Tell(unsubscribe.Answer());
                break;
            case CommandRefused refused:
                refused.EndUnretried();
                break;
            case AdoptCommands adopted:
                adopted.EndAll("the RedisActor stopped");
                break;
            case not null when !letter.Sender.IsNobody():
                _other?.Invoke(letter.Message, letter);
                break;
        }
    }

    private bool IsOwn(ActorPath recipient) =>
        recipient.Depth >= _owner.Depth && recipient.ParentOf(_owner.Depth).Equals(_owner);
}
