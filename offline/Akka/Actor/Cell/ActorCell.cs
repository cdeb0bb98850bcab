#nullable disable
using Akka.Actor.Internal;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The life of one actor across its instances: its mailbox, its behaviour, its children, whom it watches. This file holds
/// what it is made of and how messages come in; the other parts of the class are named after what they do.
/// </summary>
public partial class ActorCell : IUntypedActorContext
{
    public const int UndefinedUid = 0;

    private readonly IActorRef _deadLetters;
    private readonly bool _serializeMessages;
    private ActorBase _actor;
    private Mailbox _mailbox;
    private IActorRef _sender;

    public ActorCell(
        ActorSystemImpl system,
        IInternalActorRef self,
        Props props,
        MessageDispatcher dispatcher,
        IInternalActorRef parent)
    {
        SystemImpl = system;
        Self = self;
        Props = props;
        Dispatcher = dispatcher;
        Parent = parent;
        _deadLetters = system.DeadLetters;
        _serializeMessages = system.Settings.SerializeAllMessages;
    }

    public IActorRef Self { get; }

    public Props Props { get; }

    public ActorSystemImpl SystemImpl { get; }

    public ActorSystem System => SystemImpl;

    public MessageDispatcher Dispatcher { get; }

    public IInternalActorRef Parent { get; }

    IActorRef IActorContext.Parent => Parent;

    public Mailbox Mailbox => _mailbox;

    public IActorRef Sender => _sender ?? _deadLetters;

    public object CurrentMessage { get; private set; }

    /// <summary>Grows with each message handled, so that a stash can tell one message from the next.</summary>
    public int CurrentEnvelopeId { get; private set; }

    public bool IsLocal => true;

    public bool HasMessages => _mailbox.MessageQueue.HasMessages;

    public int NumberOfMessages => _mailbox.MessageQueue.Count;

    internal ActorBase Actor => _actor;

    internal Envelope CurrentEnvelope => new(CurrentMessage, _sender);

    public static IActorRef GetCurrentSelfOrNoSender() => InternalCurrentActorCellKeeper.Current?.Self;

    public static IActorRef GetCurrentSenderOrNoSender() => InternalCurrentActorCellKeeper.Current?.Sender;

    /// <summary>Gives the actor its mailbox; <see cref="Start"/> makes it run.</summary>
    public void Init(MailboxType mailboxType)
    {
        _mailbox = new Mailbox(mailboxType.Create(Self, System));
        _mailbox.SetActor(this);
    }

    public virtual void Start() => _mailbox.PostSystem(new Create());

    public virtual void SendMessage(IActorRef sender, object message)
    {
        if (message == null)
        {
            throw new ArgumentNullException(nameof(message), "The message cannot be null.");
        }

        if (_serializeMessages && !TryRoundTrip(ref message))
        {
            return;
        }

        _mailbox.Post(new Envelope(message, sender ?? _deadLetters));
    }

    public virtual void SendMessage(Envelope message) => SendMessage(message.Sender, message.Message);

    public virtual void SendSystemMessage(ISystemMessage systemMessage) => _mailbox.PostSystem((SystemMessage)systemMessage);

    public IActorRef ActorOf(Props props, string name = null) => MakeChild(props, name, isSystemService: false);

    public ActorSelection ActorSelection(string path) => ActorRefFactoryShared.ActorSelection(path, System, Self);

    public ActorSelection ActorSelection(ActorPath path) => ActorRefFactoryShared.ActorSelection(path, System);

    /// <summary>Runs the action as if a message of this actor were being handled.</summary>
    public void UseThreadContext(Action action)
    {
        var before = InternalCurrentActorCellKeeper.Current;
        InternalCurrentActorCellKeeper.Current = this;
        try
        {
            action();
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = before;
        }
    }

    /// <summary>Someone still sent a system message to an actor that has stopped.</summary>
    internal void SystemMessageAfterDeath(SystemMessage message)
    {
        if (message is Watch watch)
        {
            watch.Watcher.SendSystemMessage(
                new DeathWatchNotification(watch.Watchee, existenceConfirmed: false, addressTerminated: false));
        }
    }

    /// <summary>False, and an error in the log, for a message that cannot be serialized: it is not delivered.</summary>
    private bool TryRoundTrip(ref object message)
    {
        try
        {
            message = SerializationRoundTrip.Of(message, SystemImpl);
            return true;
        }
        catch (Exception e)
        {
            PublishError(e, $"A message of type [{message.GetType()}] did not survive its serialization and is not delivered");
            return false;
        }
    }

    internal void PublishError(Exception cause, string message) =>
        SystemImpl.EventStream.Publish(new Error(cause, Self.Path.ToString(), _actor?.GetType() ?? typeof(ActorCell), message));
}
