#nullable disable // as Akka.TestKit
using Akka.Actor;
using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>The settings under <c>akka.test</c>.</summary>
public class TestKitSettings : IExtension
{
    public TestKitSettings(Config config)
    {
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", allowInfinite: false);
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", allowInfinite: false);
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", allowInfinite: false);
        TestTimeFactor = config.GetDouble("akka.test.timefactor");
        if (TestTimeFactor <= 0)
            throw new ConfigurationException($"akka.test.timefactor: expected a positive number, got {TestTimeFactor}");
    }

    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long a message is awaited when the test does not say.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long a log event is awaited when the test does not say.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>Stretches every time-out that is dilated.</summary>
    public double TestTimeFactor { get; }
}

public class TestKitExtension : ExtensionIdProvider<TestKitSettings>
{
    public static TestKitSettings For(ActorSystem system) => system.GetExtension<TestKitSettings>();

    public override TestKitSettings CreateExtension(ExtendedActorSystem system) => new(system.Settings.Config);
}
