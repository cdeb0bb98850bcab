#nullable disable
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>At the root of the tree: whichever guardian fails is stopped, and with the system guardian everything ends.</summary>
internal sealed class RootGuardianActor : ActorBase
{
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case WatchGuardian watch:
                Context.Watch(watch.Guardian);
                return true;
            case Terminated:
                Context.Stop(Self);
                return true;
            default:
                return false;
        }
    }
}

internal sealed class WatchGuardian(IActorRef guardian) : INoSerializationVerificationNeeded
{
    public IActorRef Guardian { get; } = guardian;
}

/// <summary>Parent of what users create at the top of the system.</summary>
public class GuardianActor : ActorBase, IRequiresMessageQueue<IUnboundedMessageQueueSemantics>
{
    protected override bool Receive(object message)
    {
        if (message is StopChild stop)
        {
            Context.Stop(stop.Child);
        }
        else if (message is not Terminated)
        {
            Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
        }

        return true;
    }

    protected override void PreRestart(Exception reason, object message)
    {
    }
}

/// <summary>Parent of what the system itself needs; it ends after the user's actors.</summary>
public class SystemGuardianActor : ActorBase, IRequiresMessageQueue<IUnboundedMessageQueueSemantics>
{
    private readonly IActorRef _userGuardian;

    public SystemGuardianActor(IActorRef userGuardian)
    {
        _userGuardian = userGuardian;
    }

    protected override void PreStart() => Context.Watch(_userGuardian);

    protected override void PreRestart(Exception reason, object message)
    {
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated when terminated.ActorRef.Equals(_userGuardian):
                Context.System.EventStream.StopLoggers((ActorSystemImpl)Context.System);
                Context.Stop(Self);
                break;
            case Terminated:
                break;
            case StopChild stop:
                Context.Stop(stop.Child);
                break;
            default:
                Context.System.DeadLetters.Tell(new DeadLetter(message, Sender, Self), Sender);
                break;
        }

        return true;
    }
}

/// <summary>The reference to the root, where also paths begin that lead to no actor.</summary>
internal sealed class RootGuardianRef(
    ActorSystemImpl system, MessageDispatcher dispatcher, MailboxType mailbox, IInternalActorRef supervisor, ActorPath path)
    : LocalActorRef(system, Props.Create<RootGuardianActor>(), dispatcher, mailbox, supervisor, path)
{
    public override IInternalActorRef Parent => this;

    public override IInternalActorRef GetSingleChild(string name)
    {
        var provider = (LocalActorRefProvider)Provider;
        return name switch
        {
            "temp" => provider.TempContainer,
            "deadLetters" => (IInternalActorRef)provider.DeadLetters,
            _ => base.GetSingleChild(name),
        };
    }
}

/// <summary>Above the root: there is nothing left to decide here but that the system has ended.</summary>
internal sealed class AboveTheRoot(ActorSystemImpl system, ActorPath path) : MinimalActorRef
{
    public override ActorPath Path { get; } = path;

    public override IActorRefProvider Provider => system.Provider;

    public override void SendSystemMessage(ISystemMessage message)
    {
        switch (message)
        {
            case Failed failed:
                system.Log.Error(failed.Cause, "guardian failed, shutting down system");
                ((IInternalActorRef)failed.Child).Stop();
                break;
            case DeathWatchNotification:
                system.AllActorsStopped();
                break;
        }
    }
}
