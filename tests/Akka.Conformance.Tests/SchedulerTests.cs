using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;

namespace Akka.Conformance.Tests;

public sealed class SchedulerTests : ActorSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_message_is_told_once_and_not_before_its_time()
    {
        var watch = Stopwatch.StartNew();

        Sys.Scheduler.ScheduleTellOnce(Soon, TestActor, "tick", ActorRefs.NoSender);

        await ExpectMsgAsync("tick");
        Assert.True(watch.Elapsed >= Soon - TimeSpan.FromMilliseconds(1), $"told after {watch.Elapsed}");
    }

    [Fact]
    public async Task The_sender_is_the_one_that_was_given()
    {
        var probe = CreateTestProbe();

        Sys.Scheduler.ScheduleTellOnce(Soon, TestActor, "tick", probe.Ref);

        await ExpectMsgAsync("tick");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public async Task A_message_is_told_again_until_it_is_cancelled()
    {
        var cancel = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellRepeatedly(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "tick", ActorRefs.NoSender, cancel);

        for (var i = 0; i < 3; i++)
        {
            await ExpectMsgAsync("tick");
        }

        cancel.Cancel();
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public async Task A_cancelled_message_is_not_told()
    {
        var cancelled = Sys.Scheduler.ScheduleTellOnceCancelable(10 * Soon, TestActor, "cancelled", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(12 * Soon, TestActor, "later", ActorRefs.NoSender);

        cancelled.Cancel();

        await ExpectMsgAsync("later");
    }

    [Fact]
    public async Task An_action_runs_once()
    {
        var ran = new TaskCompletionSource();

        Sys.Scheduler.Advanced.ScheduleOnce(Soon, ran.SetResult);

        await ran.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task An_action_that_throws_does_not_end_the_scheduler()
    {
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => throw new InvalidOperationException("asked to"));
        Sys.Scheduler.ScheduleTellOnce(Soon, TestActor, "tick", ActorRefs.NoSender);

        await ExpectMsgAsync("tick");
    }

    [Fact]
    public void A_negative_delay_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromSeconds(-1), TestActor, "tick", ActorRefs.NoSender));

    [Fact]
    public void An_interval_of_zero_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Sys.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, TimeSpan.Zero, TestActor, "tick", ActorRefs.NoSender));

    [Fact]
    public async Task The_monotonic_clock_runs()
    {
        var before = Sys.Scheduler.MonotonicClock;

        await AwaitConditionAsync(() => Sys.Scheduler.MonotonicClock > before, Patience, "the clock stands still");
    }

    [Fact]
    public async Task Shorter_delays_come_first()
    {
        Sys.Scheduler.ScheduleTellOnce(10 * Soon, TestActor, "last", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(Soon, TestActor, "first", ActorRefs.NoSender);

        await ExpectMsgAsync("first");
        await ExpectMsgAsync("last");
    }

    [Fact]
    public async Task What_is_scheduled_ends_with_the_system()
    {
        var ran = 0;
        var system = ActorSystem.Create("scheduled", "akka.stdout-loglevel = OFF");
        system.Scheduler.Advanced.ScheduleOnce(Soon, () => Interlocked.Increment(ref ran));

        await system.Terminate().WaitAsync(Patience);
        var watch = Stopwatch.StartNew();
        await AwaitConditionAsync(() => watch.Elapsed > 2 * Soon, Patience, "the clock stands still");

        Assert.InRange(ran, 0, 1);
    }
}

public sealed class TestSchedulerTests() : ActorSpec(TestConfigs.TestSchedulerConfig)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Nothing_happens_until_time_is_advanced()
    {
        Scheduler.ScheduleTellOnce(Second, TestActor, "tick", ActorRefs.NoSender);

        Scheduler.Advance(Second - TimeSpan.FromMilliseconds(1));
        TestActor.Tell("before");
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));

        await ExpectMsgAsync("before");
        await ExpectMsgAsync("tick");
    }

    [Fact]
    public void Now_moves_by_what_it_is_advanced()
    {
        var before = Scheduler.Now;

        Scheduler.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.FromMinutes(5), Scheduler.Now - before);
    }

    [Fact]
    public void AdvanceTo_goes_to_that_time()
    {
        var then = Scheduler.Now + TimeSpan.FromHours(1);

        Scheduler.AdvanceTo(then);

        Assert.Equal(then, Scheduler.Now);
    }

    [Fact]
    public void Actions_run_within_Advance_in_the_order_of_their_times()
    {
        var ran = new ConcurrentQueue<int>();
        Scheduler.Advanced.ScheduleOnce(3 * Second, () => ran.Enqueue(3));
        Scheduler.Advanced.ScheduleOnce(Second, () => ran.Enqueue(1));
        Scheduler.Advanced.ScheduleOnce(2 * Second, () => ran.Enqueue(2));

        for (var i = 0; i < 3; i++)
        {
            Scheduler.Advance(Second);
        }

        Assert.Equal([1, 2, 3], ran);
    }

    [Fact]
    public void What_repeats_runs_at_every_interval()
    {
        var ran = 0;
        Scheduler.Advanced.ScheduleRepeatedly(Second, Second, () => ran++);

        for (var i = 1; i <= 5; i++)
        {
            Scheduler.Advance(Second);
            Assert.Equal(i, ran);
        }
    }

    [Fact]
    public async Task What_is_cancelled_is_not_told()
    {
        var once = Scheduler.ScheduleTellOnceCancelable(Second, TestActor, "once", ActorRefs.NoSender);
        var repeated = Scheduler.ScheduleTellRepeatedlyCancelable(Second, Second, TestActor, "repeated", ActorRefs.NoSender);

        once.Cancel();
        Scheduler.Advance(Second);
        await ExpectMsgAsync("repeated");
        repeated.Cancel();
        Scheduler.Advance(Second);
        TestActor.Tell("nothing more");

        await ExpectMsgAsync("nothing more");
    }

    [Fact]
    public async Task The_scheduler_may_be_named_in_the_configuration()
    {
        var system = ActorSystem.Create(
            "virtual",
            $"akka.stdout-loglevel = OFF, akka.scheduler.implementation = \"{typeof(TestScheduler).AssemblyQualifiedName}\"");

        Assert.IsType<TestScheduler>(system.Scheduler);
        await system.Terminate().WaitAsync(Patience);
    }
}
