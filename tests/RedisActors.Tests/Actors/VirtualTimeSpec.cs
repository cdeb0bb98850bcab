using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace RedisActors.Tests.Actors;

/// <summary>Timers run by a clock that the test moves.</summary>
public abstract class VirtualTimeSpec : RedisSpec
{
    protected VirtualTimeSpec()
        : base($"akka.scheduler.implementation = \"{typeof(VirtualScheduler).AssemblyQualifiedName}\"")
    {
    }

    internal VirtualScheduler Clock => (VirtualScheduler)Sys.Scheduler;

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

/// <summary>Moves the clock that actors read along with the one of their timers, which Akka's own does not.</summary>
public sealed class VirtualScheduler(Config config, ILoggingAdapter log) : TestScheduler(config, log), IScheduler
{
    private readonly TimeSpan _start = TimeSpan.FromTicks(DateTimeOffset.UtcNow.Ticks);

    public new TimeSpan MonotonicClock => TimeSpan.FromTicks(Now.Ticks) - _start;

    TimeSpan ITimeProvider.MonotonicClock => MonotonicClock;

    TimeSpan ITimeProvider.HighResMonotonicClock => MonotonicClock;
}
