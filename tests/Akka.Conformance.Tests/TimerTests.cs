using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;

namespace Akka.Conformance.Tests;

/// <summary>Timers in virtual time, so that what must not happen can be shown without waiting for it.</summary>
public sealed class TimerTests() : ActorSpec(TestConfigs.TestSchedulerConfig)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_single_timer_fires_once()
    {
        var actor = await StartAsync(t => t.StartSingleTimer("key", "tick", Second));

        Scheduler.Advance(Second);
        await ExpectMsgAsync("tick");
        Scheduler.Advance(10 * Second);
        await NothingMoreAsync(actor);
    }

    [Fact]
    public async Task A_single_timer_does_not_fire_before_its_time()
    {
        var actor = await StartAsync(t => t.StartSingleTimer("key", "tick", Second));

        Scheduler.Advance(Second - TimeSpan.FromMilliseconds(1));
        await NothingMoreAsync(actor);
        Scheduler.Advance(TimeSpan.FromMilliseconds(1));
        await ExpectMsgAsync("tick");
    }

    [Fact]
    public async Task A_periodic_timer_fires_at_every_interval()
    {
        await StartAsync(t => t.StartPeriodicTimer("key", "tick", Second));

        for (var i = 0; i < 5; i++)
        {
            Scheduler.Advance(Second);
            await ExpectMsgAsync("tick");
        }
    }

    [Fact]
    public async Task A_periodic_timer_may_begin_later_or_sooner()
    {
        var actor = await StartAsync(t => t.StartPeriodicTimer("key", "tick", TimeSpan.FromMilliseconds(10), Second));

        Scheduler.Advance(TimeSpan.FromMilliseconds(10));
        await ExpectMsgAsync("tick");
        Scheduler.Advance(TimeSpan.FromMilliseconds(990));
        await NothingMoreAsync(actor);
        Scheduler.Advance(TimeSpan.FromMilliseconds(10));
        await ExpectMsgAsync("tick");
    }

    [Fact]
    public async Task Starting_a_key_again_replaces_its_timer()
    {
        var actor = await StartAsync(t =>
        {
            t.StartSingleTimer("key", "old", Second);
            t.StartSingleTimer("key", "new", 2 * Second);
        });

        Scheduler.Advance(Second);
        await NothingMoreAsync(actor);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("new");
    }

    [Fact]
    public async Task A_replaced_timer_is_not_heard_of_even_if_its_message_is_already_queued()
    {
        using var gate = new ManualResetEventSlim();
        var actor = StartTimed(a =>
        {
            a.OnPreStart = () => a.Timers.StartSingleTimer("key", "old", Second);
            a.On<int>(_ =>
            {
                TestActor.Tell("busy");
                gate.Wait(Patience);
                a.Timers.StartSingleTimer("key", "new", Second);
            });
            a.OnAny(m => TestActor.Tell(m));
        });
        actor.Tell(0);
        await ExpectMsgAsync("busy");

        Scheduler.Advance(Second);
        gate.Set();

        await NothingMoreAsync(actor);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("new");
    }

    [Fact]
    public async Task A_cancelled_timer_is_not_heard_of_even_if_its_message_is_already_queued()
    {
        using var gate = new ManualResetEventSlim();
        var actor = StartTimed(a =>
        {
            a.OnPreStart = () => a.Timers.StartSingleTimer("key", "tick", Second);
            a.On<int>(_ =>
            {
                TestActor.Tell("busy");
                gate.Wait(Patience);
                a.Timers.Cancel("key");
            });
            a.OnAny(m => TestActor.Tell(m));
        });
        actor.Tell(0);
        await ExpectMsgAsync("busy");

        Scheduler.Advance(Second);
        gate.Set();

        await NothingMoreAsync(actor);
    }

    [Fact]
    public async Task Cancel_stops_one_timer_and_not_the_others()
    {
        var actor = await StartAsync(t =>
        {
            t.StartPeriodicTimer("a", "tick a", Second);
            t.StartPeriodicTimer("b", "tick b", Second);
            t.Cancel("a");
        });

        Scheduler.Advance(Second);
        await ExpectMsgAsync("tick b");
        await NothingMoreAsync(actor);
    }

    [Fact]
    public async Task CancelAll_stops_all()
    {
        var actor = await StartAsync(t =>
        {
            t.StartPeriodicTimer("a", "tick a", Second);
            t.StartSingleTimer("b", "tick b", Second);
            t.CancelAll();
        });

        Scheduler.Advance(Second);
        await NothingMoreAsync(actor);
    }

    [Fact]
    public async Task Cancelling_a_key_that_is_not_there_does_nothing()
    {
        var actor = await StartAsync(t => t.Cancel("nothing"));

        await NothingMoreAsync(actor);
    }

    [Fact]
    public async Task IsTimerActive_is_true_from_start_to_cancel()
    {
        var actor = StartTimed(a => a.On<string>(_ =>
        {
            a.Reply(a.Timers.IsTimerActive("key"));
            a.Timers.StartSingleTimer("key", "tick", Second);
            a.Reply(a.Timers.IsTimerActive("key"));
            a.Timers.Cancel("key");
            a.Reply(a.Timers.IsTimerActive("key"));
        }));

        actor.Tell("?", TestActor);

        await ExpectMsgAsync(false);
        await ExpectMsgAsync(true);
        await ExpectMsgAsync(false);
    }

    [Fact]
    public async Task A_single_timer_is_no_longer_active_when_its_message_is_handled()
    {
        var actor = StartTimed(a =>
        {
            a.On<string>(m => m == "start", _ =>
            {
                a.Timers.StartSingleTimer("key", "tick", Second);
                a.Reply("started");
            });
            a.On<string>(_ => TestActor.Tell(a.Timers.IsTimerActive("key")));
        });
        actor.Tell("start", TestActor);
        await ExpectMsgAsync("started");

        Scheduler.Advance(Second);

        await ExpectMsgAsync(false);
    }

    [Fact]
    public async Task A_timer_may_be_started_again_by_its_own_message()
    {
        var actor = StartTimed(a =>
        {
            a.On<string>(m =>
            {
                a.Timers.StartSingleTimer("key", "tick", Second);
                TestActor.Tell(m);
            });
        });
        actor.Tell("start");
        await ExpectMsgAsync("start");

        for (var i = 0; i < 3; i++)
        {
            Scheduler.Advance(Second);
            await ExpectMsgAsync("tick");
        }
    }

    [Fact]
    public async Task Timers_end_with_the_actor()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.DeadLetter));
        var actor = await StartAsync(t => t.StartPeriodicTimer("key", "tick", Second));
        await WatchAsync(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);

        Scheduler.Advance(10 * Second);

        Sys.DeadLetters.Tell("the only one", TestActor);
        Assert.Equal("the only one", (await ExpectMsgAsync<Akka.Event.DeadLetter>()).Message);
    }

    [Fact]
    public async Task Timers_of_the_old_instance_end_with_a_restart()
    {
        var starts = 0;
        var actor = StartTimed(a =>
        {
            var instance = ++starts;
            a.OnPreStart = () => a.Timers.StartSingleTimer("key", $"tick of {instance}", instance * Second);
            a.On<Exception>(e => throw e);
            a.OnAny(m => TestActor.Tell(m));
        });

        actor.Tell(new InvalidOperationException("asked to"));
        await NothingMoreAsync(actor);

        Scheduler.Advance(Second);
        await NothingMoreAsync(actor);
        Scheduler.Advance(Second);
        await ExpectMsgAsync("tick of 2");
    }

    [Fact]
    public async Task The_message_of_a_timer_may_be_stashed()
    {
        var actor = Sys.ActorOf(Props.Create(() => new StashesTicks(TestActor)));
        actor.Tell("start");
        await ExpectMsgAsync("started");

        Scheduler.Advance(Second);
        actor.Tell("open");

        await ExpectMsgAsync("tick");
    }

    private async Task<IActorRef> StartAsync(Action<ITimerScheduler> timers)
    {
        var actor = StartTimed(a =>
        {
            a.OnPreStart = () => timers(a.Timers);
            a.OnAny(m => TestActor.Tell(m));
        });
        await NothingMoreAsync(actor);
        return actor;
    }

    // What the actor handled before this is told before this.
    private async Task NothingMoreAsync(IActorRef actor)
    {
        actor.Tell("nothing more");
        await ExpectMsgAsync("nothing more");
    }

    private sealed class StashesTicks : UntypedActor, IWithTimers, IWithStash
    {
        private readonly IActorRef _probe;
        private bool _open;

        public StashesTicks(IActorRef probe) => _probe = probe;

        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "start":
                    Timers.StartSingleTimer("key", "tick", Second);
                    _probe.Tell("started");
                    break;
                case "open":
                    _open = true;
                    Stash.UnstashAll();
                    break;
                case "tick" when !_open:
                    Stash.Stash();
                    break;
                default:
                    _probe.Tell(message);
                    break;
            }
        }
    }
}
