#nullable disable // as Akka.TestKit
using Akka.Configuration;

namespace Akka.TestKit.Configs;

public static class TestConfigs
{
    /// <summary>What a test kit puts below the settings of the test.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka {
            loggers = ["{{typeof(TestEventListener).AssemblyQualifiedName}}"]
            test {
                timefactor = 1.0
                filter-leeway = 3s
                single-expect-default = 3s
                default-timeout = 5s

                calling-thread-dispatcher {
                    type = "{{typeof(CallingThreadDispatcherConfigurator).AssemblyQualifiedName}}"
                    throughput = 2147483647
                }

                test-actor.dispatcher {
                    type = "{{typeof(CallingThreadDispatcherConfigurator).AssemblyQualifiedName}}"
                    throughput = 2147483647
                }
            }
        }
        """);

    /// <summary>Makes time stand still until a test moves it; see <see cref="TestScheduler"/>.</summary>
    public static Config TestSchedulerConfig { get; } = ConfigurationFactory.ParseString(
        $"akka.scheduler.implementation = \"{typeof(TestScheduler).AssemblyQualifiedName}\"");
}
