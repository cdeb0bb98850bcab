#nullable disable
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>A reference to an actor of this process.</summary>
public class LocalActorRef : InternalActorRefBase
{
    private readonly IInternalActorRef _supervisor;

    public LocalActorRef(
        ActorSystemImpl system,
        Props props,
        MessageDispatcher dispatcher,
        MailboxType mailboxType,
        IInternalActorRef supervisor,
        ActorPath path)
    {
        _supervisor = supervisor;
        Path = path;
        Cell = new ActorCell(system, this, props, dispatcher, supervisor);
        Cell.Init(mailboxType);
    }

    public override ActorPath Path { get; }

    public ActorCell Cell { get; }

    public override IInternalActorRef Parent => _supervisor;

    public override IActorRefProvider Provider => Cell.SystemImpl.Provider;

    public override bool IsLocal => true;

    public override bool IsTerminated => Cell.IsTerminated;

    public IEnumerable<IActorRef> Children => Cell.GetChildren();

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        IActorRef at = this;
        foreach (var element in name)
        {
            if (element.Length == 0)
            {
                continue;
            }

            at = at switch
            {
                IInternalActorRef here when element == ".." => here.Parent,
                LocalActorRef local => local.GetSingleChild(element),
                IInternalActorRef other => other.GetChild([element]),
                _ => ActorRefs.Nobody,
            };
            if (at.IsNobody())
            {
                return ActorRefs.Nobody;
            }
        }

        return at;
    }

    public virtual IInternalActorRef GetSingleChild(string name) => Cell.GetSingleChild(name);

    public override void Start() => Cell.Start();

    public override void Resume(Exception causedByFailure = null) => Cell.SendSystemMessage(new Resume(causedByFailure));

    public override void Suspend() => Cell.SendSystemMessage(new Suspend());

    public override void Restart(Exception cause) => Cell.SendSystemMessage(new Recreate(cause));

    public override void Stop() => Cell.SendSystemMessage(new Terminate());

    public override void SendSystemMessage(ISystemMessage message) => Cell.SendSystemMessage(message);

    protected override void TellInternal(object message, IActorRef sender) => Cell.SendMessage(sender, message);
}
