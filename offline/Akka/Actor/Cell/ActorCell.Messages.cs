#nullable disable
using Akka.Actor.Internal;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

public partial class ActorCell
{
    private Receive _behavior;
    private Stack<Receive> _outerBehaviors;

    public void Become(Receive receive) => _behavior = receive;

    public void BecomeStacked(Receive receive)
    {
        (_outerBehaviors ??= new Stack<Receive>()).Push(_behavior);
        _behavior = receive;
    }

    public void UnbecomeStacked() =>
        _behavior = _outerBehaviors != null && _outerBehaviors.TryPop(out var outer) ? outer : _actor.DefaultReceive;

    void IUntypedActorContext.Become(UntypedReceive receive) => Become(Handling(receive));

    void IUntypedActorContext.BecomeStacked(UntypedReceive receive) => BecomeStacked(Handling(receive));

    /// <summary>Handles one user message; whatever it throws is a failure of the actor.</summary>
    public void Invoke(in Envelope envelope)
    {
        CurrentMessage = envelope.Message;
        _sender = envelope.Sender;
        CurrentEnvelopeId++;
        try
        {
            if (CurrentMessage is IAutoReceivedMessage)
            {
                AutoReceiveMessage(envelope);
            }
            else if (CurrentMessage is TimerMessage tick)
            {
                ReceiveTimer(tick);
            }
            else
            {
                _actor.AroundReceiveMessage(_behavior, CurrentMessage);
            }

            if (!_mailbox.IsSuspended)
            {
                CurrentMessage = null;
            }
        }
        catch (Exception failure)
        {
            HandleInvokeFailure(failure);
        }

        if (_receiveTimeout.HasValue && envelope.Message is not INotInfluenceReceiveTimeout)
        {
            RestartReceiveTimeout();
        }
    }

    internal void InvokeSystem(SystemMessage message)
    {
        try
        {
            if (ShouldWait(message))
            {
                (_waitingSystemMessages ??= []).Enqueue(message);
                return;
            }

            Handle(message);
        }
        catch (Exception failure)
        {
            HandleInvokeFailure(failure);
        }
    }

    protected virtual void AutoReceiveMessage(Envelope envelope)
    {
        switch (envelope.Message)
        {
            case Terminated terminated:
                ReceivedTerminated(terminated);
                break;
            case PoisonPill:
                ((IInternalActorRef)Self).Stop();
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case ActorSelectionMessage selected:
                ActorSelectionDelivery.Deliver((IInternalActorRef)Self, Sender, selected);
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, Self), Self);
                break;
            default:
                ReceiveMessage(envelope.Message);
                break;
        }
    }

    protected virtual void ReceiveMessage(object message) => _actor.AroundReceiveMessage(_behavior, message);

    private static Receive Handling(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private void ReceiveTimer(TimerMessage tick)
    {
        if (_timers == null || !_timers.Accepts(tick))
        {
            return;
        }

        CurrentMessage = tick.Message;
        if (tick.Message is IAutoReceivedMessage)
        {
            AutoReceiveMessage(new Envelope(tick.Message, _sender));
        }
        else
        {
            ReceiveMessage(tick.Message);
        }
    }

    private void Handle(SystemMessage message)
    {
        switch (message)
        {
            case ActorTask task:
                RunTask(task.Task);
                break;
            case AsyncHandlerDone done:
                AsyncHandlerEnded(done);
                break;
            case Failed failed:
                HandleFailed(failed);
                break;
            case DeathWatchNotification notification:
                WatchedActorTerminated(notification);
                break;
            case Watch watch:
                AddWatcher(watch);
                break;
            case Unwatch unwatch:
                RemoveWatcher(unwatch);
                break;
            case Create:
                FirstStart();
                break;
            case Recreate recreate:
                FaultRecreate(recreate.Cause);
                break;
            case Suspend:
                FaultSuspend();
                break;
            case Resume resume:
                FaultResume(resume.CausedByFailure);
                break;
            case Dispatch.SysMsg.Terminate:
                Terminate();
                break;
            default:
                SystemImpl.EventStream.Publish(
                    new Warning(Self.Path.ToString(), GetType(), $"System message {message} is unknown here"));
                break;
        }
    }
}
