using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;

namespace RedisActors.TestKit;

/// <summary>
/// Akka's <see cref="TestScheduler"/>, whose monotonic clock is virtual too. That of <see cref="TestScheduler"/> itself is real time, so that a
/// command whose timeout passes virtually would go on waiting.
/// </summary>
/// <example>
/// <code>akka.scheduler.implementation = "RedisActors.TestKit.VirtualTimeScheduler, RedisActors.TestKit"</code>
/// </example>
public sealed class VirtualTimeScheduler : TestScheduler, IScheduler
{
    private readonly DateTimeOffset _began;

    /// <summary>Made by Akka, which is given the class's name in HOCON.</summary>
    /// <param name="schedulerConfig">The configuration of the scheduler.</param>
    /// <param name="log">Where it logs.</param>
    public VirtualTimeScheduler(Config schedulerConfig, ILoggingAdapter log)
        : base(schedulerConfig, log)
    {
        _began = Now;
    }

    TimeSpan ITimeProvider.MonotonicClock => Now - _began;

    TimeSpan ITimeProvider.HighResMonotonicClock => Now - _began;
}
