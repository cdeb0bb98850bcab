#nullable disable
using Akka.Actor;
using Akka.Event;

namespace Akka.Dispatch.SysMsg;

/// <summary>Handled before all user messages, and also while user messages are held back.</summary>
public interface ISystemMessage : INoSerializationVerificationNeeded
{
}

/// <summary>A link in the list of one mailbox; therefore one instance goes to one actor only.</summary>
public abstract class SystemMessage : ISystemMessage
{
    internal SystemMessage Next;

    public bool Unlinked => Next == null;
}

public sealed class Create : SystemMessage
{
}

public sealed class Recreate : SystemMessage
{
    public Recreate(Exception cause)
    {
        Cause = cause;
    }

    public Exception Cause { get; }
}

public sealed class Suspend : SystemMessage
{
}

public sealed class Resume : SystemMessage
{
    public Resume(Exception causedByFailure)
    {
        CausedByFailure = causedByFailure;
    }

    public Exception CausedByFailure { get; set; }
}

public sealed class Terminate : SystemMessage, IPossiblyHarmful, IDeadLetterSuppression
{
}

public sealed class Watch : SystemMessage
{
    public Watch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        Watchee = watchee;
        Watcher = watcher;
    }

    public IInternalActorRef Watchee { get; }

    public IInternalActorRef Watcher { get; }
}

public sealed class Unwatch : SystemMessage
{
    public Unwatch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        Watchee = watchee;
        Watcher = watcher;
    }

    public IInternalActorRef Watchee { get; }

    public IInternalActorRef Watcher { get; }
}

public sealed class DeathWatchNotification : SystemMessage, IDeadLetterSuppression
{
    public DeathWatchNotification(IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        Actor = actor;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    public IActorRef Actor { get; }

    public bool ExistenceConfirmed { get; }

    public bool AddressTerminated { get; }
}

/// <summary>A child tells its parent that it failed and waits for the verdict.</summary>
public sealed class Failed : SystemMessage
{
    public Failed(IActorRef child, Exception cause, long uid)
    {
        Child = child;
        Cause = cause;
        Uid = uid;
    }

    public IActorRef Child { get; }

    public Exception Cause { get; }

    public long Uid { get; }
}

/// <summary>A piece of an asynchronous handler that is ready to go on.</summary>
public sealed class ActorTask : SystemMessage
{
    public ActorTask(Task task)
    {
        Task = task;
    }

    public Task Task { get; }
}

/// <summary>An asynchronous handler has ended, with an exception or without.</summary>
internal sealed class AsyncHandlerDone(Exception failure) : SystemMessage
{
    public Exception Failure { get; } = failure;
}
