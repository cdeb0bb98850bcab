#nullable disable // as Akka.TestKit
using System.Diagnostics;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit.Configs;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>
/// An actor system and a test actor that collects what it is told, with methods that say what it should have received. What
/// the test tells has the test actor as its sender.
/// </summary>
public abstract partial class TestKitBase : IActorRefFactory
{
    private static readonly long Started = Stopwatch.GetTimestamp();
    private static long _testActorNumber;

    private readonly ITestKitAssertions _assertions;
    private readonly TestActorInbox _inbox = new();
    private MessageEnvelope _last = NullMessageEnvelope.Instance;
    private TimeSpan? _end;
    private readonly ActorCell _cell;
    private ActorCell _cellBefore;
    private SynchronizationContext _contextBefore;

    protected TestKitBase(ITestKitAssertions assertions, ActorSystem system = null, string testActorName = null)
        : this(assertions, system, ActorSystemSetup.Empty, null, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, ActorSystemSetup setup, string actorSystemName = null, string testActorName = null)
        : this(assertions, null, setup, actorSystemName, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, Config config, string actorSystemName = null, string testActorName = null)
        : this(assertions, null, ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config)), actorSystemName, testActorName)
    {
    }

    protected TestKitBase(
        ITestKitAssertions assertions, ActorSystem system, ActorSystemSetup config, string actorSystemName, string testActorName)
    {
        _assertions = assertions ?? throw new ArgumentNullException(nameof(assertions));
        Sys = system ?? ActorSystem.Create(actorSystemName ?? "test", WithTestSettings(config));

        // A system that was not made here may lack the settings of a test kit.
        Sys.Settings.InjectTopLevelFallback(DefaultConfig);
        TestKitSettings = (TestKitSettings)Sys.RegisterExtension(new TestKitExtension());
        Log = Logging.GetLogger(Sys, GetType());
        EventFilter = new EventFilterFactory(this);

        var name = string.IsNullOrEmpty(testActorName) ? $"testActor{Interlocked.Increment(ref _testActorNumber)}" : testActorName;
        TestActor = ((ExtendedActorSystem)Sys).SystemActorOf(
            Props.Create(() => new InternalTestActor(_inbox)).WithDispatcher("akka.test.test-actor.dispatcher"), name);
        _cell = _inbox.Cell.Task.WaitAsync(TestKitSettings.DefaultTimeout).GetAwaiter().GetResult();
        if (this is not INoImplicitSender)
            BecomeTheSender();
    }

    public static Config DefaultConfig => TestConfigs.DefaultConfig;

    public static Config FullDebugConfig { get; } = ConfigurationFactory.ParseString(
        """
        akka {
            loglevel = DEBUG
            stdout-loglevel = DEBUG
            log-dead-letters = true
            log-dead-letters-during-shutdown = true
            actor.debug {
                receive = true
                autoreceive = true
                lifecycle = true
                event-stream = true
                unhandled = true
                fsm = true
                router-misconfiguration = true
            }
        }
        """);

    /// <summary>The time that passes while tests run; it only makes sense to compare it with itself.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(Started);

    public ActorSystem Sys { get; }

    public IActorRef TestActor { get; }

    public ILoggingAdapter Log { get; }

    public TestKitSettings TestKitSettings { get; }

    public EventFilterFactory EventFilter { get; }

    public bool HasMessages => _inbox.HasMessages;

    public object LastMessage => _last.Message;

    public IActorRef LastSender => _last.Sender;

    public EventFilterFactory CreateEventFilter(ActorSystem system) => new(this, system);

    public virtual TestProbe CreateTestProbe(string name = null) => CreateTestProbe(Sys, name);

    public virtual TestProbe CreateTestProbe(ActorSystem system, string name = null) => new(system, _assertions, name);

    public virtual TestLatch CreateTestLatch(int count = 1) => new(Dilated, TestKitSettings.DefaultTimeout, count);

    /// <summary>A duration stretched by <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) =>
        duration < TimeSpan.Zero ? duration : duration * TestKitSettings.TestTimeFactor;

    /// <summary>Terminates the system and waits for that.</summary>
    public virtual void Shutdown(TimeSpan? duration = null, bool verifySystemShutdown = false) =>
        Shutdown(Sys, duration, verifySystemShutdown);

    protected virtual void Shutdown(ActorSystem system, TimeSpan? duration = null, bool verifySystemShutdown = false)
    {
        var max = duration ?? Dilated(TimeSpan.FromSeconds(10));
        if (!system.Terminate().Wait(max) && verifySystemShutdown)
            throw new TimeoutException($"Failed to stop [{system.Name}] within [{max}]");
    }

    /// <summary>Lets the thread be what it was before the test kit was made.</summary>
    private protected void StopBeingTheSender()
    {
        if (InternalCurrentActorCellKeeper.Current == _cell)
            InternalCurrentActorCellKeeper.Current = _cellBefore;

        if (SynchronizationContext.Current is ActorCellKeepingSynchronizationContext)
            SynchronizationContext.SetSynchronizationContext(_contextBefore);
    }

    internal ITestKitAssertions TestAssertions => _assertions;

    private static ActorSystemSetup WithTestSettings(ActorSystemSetup setup)
    {
        var bootstrap = setup.Get<BootstrapSetup>().GetOrElse(BootstrapSetup.Create());
        var config = bootstrap.Config.HasValue ? bootstrap.Config.Value.SafeWithFallback(DefaultConfig) : DefaultConfig;
        return setup.WithSetup(bootstrap.WithConfig(config));
    }

    private void BecomeTheSender()
    {
        _cellBefore = InternalCurrentActorCellKeeper.Current;
        _contextBefore = SynchronizationContext.Current;
        InternalCurrentActorCellKeeper.Current = _cell;
        SynchronizationContext.SetSynchronizationContext(new ActorCellKeepingSynchronizationContext(_cell));
    }
}
