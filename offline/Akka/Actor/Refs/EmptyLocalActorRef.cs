#nullable disable
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>A path at which there is no actor: what is told to it becomes a dead letter with this path as its recipient.</summary>
public class EmptyLocalActorRef : MinimalActorRef
{
    private readonly EventStream _eventStream;

    public EmptyLocalActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
    {
        Provider = provider;
        Path = path;
        _eventStream = eventStream;
    }

    public override ActorPath Path { get; }

    public override IActorRefProvider Provider { get; }

    public override bool IsTerminated => true;

    public override void SendSystemMessage(ISystemMessage message) => SpecialHandle(message, Provider.DeadLetters);

    protected override void TellInternal(object message, IActorRef sender)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message is DeadLetter letter)
        {
            SpecialHandle(letter.Message, letter.Sender);
        }
        else if (!SpecialHandle(message, sender))
        {
            _eventStream.Publish(new DeadLetter(message, sender ?? Provider.DeadLetters, this));
        }
    }

    /// <summary>Answers what even a dead actor answers, and lets suppressed messages go quietly.</summary>
    protected virtual bool SpecialHandle(object message, IActorRef sender)
    {
        switch (message)
        {
            case Watch watch:
                if (watch.Watchee.Equals(this) && !watch.Watcher.Equals(this))
                {
                    watch.Watcher.SendSystemMessage(
                        new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
                }

                return true;
            case ISystemMessage:
                return true;
            case Identify identify:
                sender.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                return true;
            case ActorSelectionMessage selected:
                if (selected.Message is Identify asked)
                {
                    if (!selected.WildCardFanOut)
                    {
                        sender.Tell(new ActorIdentity(asked.MessageId, null), ActorRefs.NoSender);
                    }
                }
                else
                {
                    _eventStream.Publish(new DeadLetter(selected.Message, sender ?? Provider.DeadLetters, this));
                }

                return true;
            case IDeadLetterSuppression suppressed:
                _eventStream.Publish(new SuppressedDeadLetter(suppressed, sender ?? Provider.DeadLetters, this));
                return true;
            default:
                return false;
        }
    }
}

/// <summary>Publishes on the event stream whatever did not reach an actor.</summary>
public class DeadLetterActorRef : EmptyLocalActorRef
{
    private readonly EventStream _eventStream;

    public DeadLetterActorRef(IActorRefProvider provider, ActorPath path, EventStream eventStream)
        : base(provider, path, eventStream)
    {
        _eventStream = eventStream;
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case null:
                throw new ArgumentNullException(nameof(message), "The message cannot be null.");
            case Identify identify:
                sender.Tell(new ActorIdentity(identify.MessageId, null), ActorRefs.NoSender);
                break;
            case DeadLetter letter:
                if (!SpecialHandle(letter.Message, letter.Sender))
                {
                    _eventStream.Publish(letter);
                }

                break;
            default:
                if (!SpecialHandle(message, sender))
                {
                    _eventStream.Publish(new DeadLetter(message, sender ?? Provider.DeadLetters, this));
                }

                break;
        }
    }

    protected override bool SpecialHandle(object message, IActorRef sender)
    {
        if (message is Watch watch)
        {
            // A system message for a stopped actor ends here, so the watchee is that actor and not this reference.
            if (!watch.Watcher.Equals(this))
            {
                watch.Watcher.SendSystemMessage(
                    new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
            }

            return true;
        }

        return base.SpecialHandle(message, sender);
    }
}

/// <summary>Takes messages and makes nothing of them.</summary>
internal sealed class IgnoreActorRef(IActorRefProvider provider, ActorPath path) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider { get; } = provider;
}
