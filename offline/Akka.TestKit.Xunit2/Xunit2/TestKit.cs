#nullable disable // as Akka.TestKit.Xunit2
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2.Internals;
using Xunit.Abstractions;

namespace Akka.TestKit.Xunit2;

/// <summary>A test kit for xUnit: a test class derives from it, and its actor system ends with the test.</summary>
public class TestKit : TestKitBase, IDisposable
{
    protected readonly ITestOutputHelper Output;

    private bool _disposed;

    public TestKit(ActorSystem system = null, ITestOutputHelper output = null)
        : base(Assertions, system)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    public TestKit(ActorSystemSetup config, string actorSystemName = null, ITestOutputHelper output = null)
        : base(Assertions, config, actorSystemName)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    public TestKit(Config config, string actorSystemName = null, ITestOutputHelper output = null)
        : base(Assertions, config, actorSystemName)
    {
        Output = output;
        InitializeLogger(Sys);
    }

    public TestKit(string config, ITestOutputHelper output = null)
        : this(ConfigurationFactory.ParseString(config), null, output)
    {
    }

    public new static Config DefaultConfig => TestKitBase.DefaultConfig;

    public new static Config FullDebugConfig => TestKitBase.FullDebugConfig;

    protected static XunitAssertions Assertions { get; } = new();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What is left to do when the test is over; by default the system is shut down.</summary>
    protected virtual void AfterAll() => Shutdown();

    protected virtual void Dispose(bool disposing)
    {
        if (_disposed)
            return;

        _disposed = true;
        try
        {
            AfterAll();
        }
        finally
        {
            StopBeingTheSender();
        }
    }

    /// <summary>Also writes the log of the system to the output of the test.</summary>
    protected void InitializeLogger(ActorSystem system) => InitializeLogger(system, "");

    protected void InitializeLogger(ActorSystem system, string prefix)
    {
        if (Output == null)
            return;

        var output = string.IsNullOrEmpty(prefix) ? Output : new PrefixedOutput(Output, prefix);
        ((ExtendedActorSystem)system).SystemActorOf(
            Props.Create(() => new TestOutputLogger(output)), $"log-test{(prefix.Length > 0 ? "-" + prefix : "")}");
    }

    private sealed class PrefixedOutput : ITestOutputHelper
    {
        private readonly ITestOutputHelper _output;
        private readonly string _prefix;

        public PrefixedOutput(ITestOutputHelper output, string prefix)
        {
            _output = output;
            _prefix = prefix;
        }

        public void WriteLine(string message) => _output.WriteLine(_prefix + message);

        public void WriteLine(string format, params object[] args) => WriteLine(string.Format(format, args));
    }
}
