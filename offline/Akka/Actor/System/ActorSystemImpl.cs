#nullable disable
using System.Text.RegularExpressions;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;
using Akka.Event;

namespace Akka.Actor.Internal;

/// <summary>The one kind of actor system there is.</summary>
public sealed partial class ActorSystemImpl : ExtendedActorSystem
{
    private static readonly Regex ValidName = new("^[a-zA-Z0-9][a-zA-Z0-9-_]*$");
    private static long _lastUid = Random.Shared.Next(1, int.MaxValue);

    private readonly LocalActorRefProvider _provider;
    private readonly TaskCompletionSource _terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _terminationLock = new();
    private Stack<Action> _onTermination = new();
    private IActorRef _deadLetterListener;
    private volatile Serialization.Serialization _serialization;

    private ActorSystemImpl(string name, Config config, ActorSystemSetup setup)
    {
        if (!ValidName.IsMatch(name ?? ""))
        {
            throw new ArgumentException(
                $"Invalid ActorSystem name [{name}], must contain only word characters (i.e. [a-zA-Z0-9] plus non-leading '-')",
                nameof(name));
        }

        Name = name;
        Settings = new Settings(this, config, setup);
        EventStream = new EventStream(Settings.DebugEventStream);
        EventStream.StartStdoutLogger(Settings);
        Log = new BusLogging(EventStream, $"ActorSystem({name})", typeof(ActorSystem), Settings.LogFormatter);
        _provider = new LocalActorRefProvider(this);
        DeadLetterQueue = new DeadLetterQueue(_provider.DeadLetters);
        Scheduler = CreateScheduler();
        Mailboxes = new Mailboxes(this);
        Dispatchers = new Dispatchers(
            this, new DefaultDispatcherPrerequisites(EventStream, Scheduler, Settings, Mailboxes));
        ReadSerializers();
    }

    public override string Name { get; }

    public override Settings Settings { get; }

    public override EventStream EventStream { get; }

    public override ILoggingAdapter Log { get; }

    public override IScheduler Scheduler { get; }

    public override Mailboxes Mailboxes { get; }

    public override Dispatchers Dispatchers { get; }

    public override Serialization.Serialization Serialization => _serialization;

    public override IActorRefProvider Provider => _provider;

    public override IActorRef DeadLetters => _provider.DeadLetters;

    public override IActorRef IgnoreRef => _provider.IgnoreRef;

    public override IInternalActorRef Guardian => _provider.Guardian;

    public override IInternalActorRef SystemGuardian => _provider.SystemGuardian;

    public override IInternalActorRef LookupRoot => _provider.RootGuardian;

    public override Task WhenTerminated => _terminated.Task;

    internal IMessageQueue DeadLetterQueue { get; }

    public override IActorRef ActorOf(Props props, string name = null) => _provider.Guardian.Cell.MakeChild(props, name, false);

    public override IActorRef SystemActorOf(Props props, string name = null) =>
        _provider.SystemGuardian.Cell.MakeChild(props, name, true);

    public override IActorRef SystemActorOf<TActor>(string name = null) => SystemActorOf(Props.Create<TActor>(), name);

    public override ActorSelection ActorSelection(ActorPath actorPath) => ActorRefFactoryShared.ActorSelection(actorPath, this);

    public override ActorSelection ActorSelection(string actorPath) =>
        ActorRefFactoryShared.ActorSelection(actorPath, this, _provider.RootGuardian);

    public override void Stop(IActorRef actor)
    {
        var parent = ((IInternalActorRef)actor).Parent as LocalActorRef;
        if (parent == _provider.Guardian || parent == _provider.SystemGuardian)
        {
            parent!.Tell(new StopChild(actor), ActorRefs.NoSender);
        }
        else
        {
            ((IInternalActorRef)actor).Stop();
        }
    }

    /// <summary>Runs <see cref="CoordinatedShutdown"/>, if that is how it is configured, and then stops all actors.</summary>
    public override Task Terminate()
    {
        if (Settings.CoordinatedShutdownRunByActorSystemTerminate && !WhenTerminated.IsCompleted)
        {
            // Also after a run that left out the last phase, or failed before it.
            CoordinatedShutdown.Get(this)
                .Run(CoordinatedShutdown.ActorSystemTerminateReason.Instance)
                .ContinueWith(_ => FinalTerminate(), TaskScheduler.Default);
        }
        else
        {
            FinalTerminate();
        }

        return WhenTerminated;
    }

    public override void Abort() => FinalTerminate();

    public override void RegisterOnTermination(Action code)
    {
        lock (_terminationLock)
        {
            _onTermination?.Push(code);
        }
    }

    public override string ToString() => _provider.RootPath.Address.ToString();

    internal static ActorSystemImpl StartNew(string name, Config config, ActorSystemSetup setup)
    {
        var system = new ActorSystemImpl(name, config, setup);
        system._provider.Start();
        try
        {
            system.Start();
            return system;
        }
        catch (Exception)
        {
            system.FinalTerminate();
            throw;
        }
    }

    internal static long NewUid()
    {
        long uid;
        do
        {
            uid = Interlocked.Increment(ref _lastUid) & int.MaxValue;
        }
        while (uid == 0);

        return uid;
    }

    internal void ReadSerializers() => _serialization = new Serialization.Serialization(this);

    internal void FinalTerminate()
    {
        if (_deadLetterListener != null && !Settings.LogDeadLettersDuringShutdown)
        {
            Stop(_deadLetterListener);
        }

        _provider.Guardian.Stop();
    }

    /// <summary>The root of the tree has stopped.</summary>
    internal void AllActorsStopped() => Task.Run(() =>
    {
        Stack<Action> callbacks;
        lock (_terminationLock)
        {
            callbacks = _onTermination;
            _onTermination = null;
        }

        foreach (var callback in callbacks ?? [])
        {
            try
            {
                callback();
            }
            catch (Exception e)
            {
                Log.Error(e, "A termination callback failed");
            }
        }

        (Scheduler as IDisposable)?.Dispose();
        _terminated.TrySetResult();
    });

    private void Start()
    {
        EventStream.StartUnsubscriber(this);
        EventStream.StartLoggers(this);
        if (Settings.LogDeadLetters > 0)
        {
            _deadLetterListener = SystemActorOf(Props.Create(typeof(DeadLetterListener)), "deadLetterListener");
        }

        LoadExtensions();
    }

    private IScheduler CreateScheduler()
    {
        var type = Type.GetType(Settings.SchedulerClass)
            ?? throw new ConfigurationException($"Could not resolve scheduler type [{Settings.SchedulerClass}]");
        return (IScheduler)Activator.CreateInstance(type, Settings.Config, Log);
    }
}

/// <summary>Sent to a guardian, which alone may stop its children.</summary>
internal sealed class StopChild(IActorRef child) : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public IActorRef Child { get; } = child;
}
