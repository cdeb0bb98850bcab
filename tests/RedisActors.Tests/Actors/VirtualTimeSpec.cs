using Akka.TestKit;
using Akka.TestKit.Configs;

namespace RedisActors.Tests.Actors;

/// <summary>Timers run by a clock that the test moves.</summary>
public abstract class VirtualTimeSpec : RedisSpec
{
    protected VirtualTimeSpec()
        : base(TestConfigs.TestSchedulerConfig)
    {
    }

    internal TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    /// <summary>Moves time on in steps until something holds that follows from a timer which may not be set yet.</summary>
    internal async Task AdvanceUntilAsync(TimeSpan step, Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Clock.Advance(step);
            await Task.Delay(1, patience.Token);
        }
    }
}
