using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests;

public sealed class StoppingTests : ActorSpec
{
    [Fact]
    public async Task PoisonPill_stops_after_what_was_queued_before_it()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Start(a =>
        {
            a.OnPostStop = () => TestActor.Tell("stopped");
            a.On<string>(_ => gate.Wait(Patience));
            a.On<int>(n => a.Reply(n));
        });

        actor.Tell("wait");
        actor.Tell(1, TestActor);
        actor.Tell(2, TestActor);
        actor.Tell(PoisonPill.Instance);
        gate.Set();

        await ExpectMsgAsync(1);
        await ExpectMsgAsync(2);
        await ExpectMsgAsync("stopped");
    }

    [Fact]
    public async Task What_follows_a_PoisonPill_is_a_dead_letter()
    {
        using var gate = new ManualResetEventSlim();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Start(a => a.On<string>(_ => gate.Wait(Patience)));

        actor.Tell("wait");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("after", TestActor);
        gate.Set();

        Assert.Equal("after", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Stop_stops_before_what_is_queued()
    {
        using var gate = new ManualResetEventSlim();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var parent = Start(a =>
        {
            a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
            a.On<IActorRef>(child =>
            {
                a.Ctx.Stop(child);
                a.Reply("told to stop");
            });
        });
        var actor = await parent.Ask<IActorRef>(
            Scripted.Props(a =>
            {
                a.On<string>(_ =>
                {
                    TestActor.Tell("begun");
                    gate.Wait(Patience);
                });
                a.On<int>(n => a.Reply(n));
            }),
            Patience);
        actor.Tell("wait");
        await ExpectMsgAsync("begun");

        actor.Tell(1, TestActor);
        parent.Tell(actor, TestActor);
        await ExpectMsgAsync("told to stop");
        gate.Set();

        Assert.Equal(1, (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task The_message_in_hand_is_finished_first()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Start(a =>
        {
            a.OnPostStop = () => TestActor.Tell("stopped");
            a.On<string>(_ =>
            {
                a.Reply("begun");
                gate.Wait(Patience);
                a.Reply("finished");
            });
        });
        actor.Tell("wait", TestActor);
        await ExpectMsgAsync("begun");

        Sys.Stop(actor);
        gate.Set();

        await ExpectMsgAsync("finished");
        await ExpectMsgAsync("stopped");
    }

    [Fact]
    public async Task A_handler_that_awaits_is_finished_before_a_PoisonPill_is_taken()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Start(a =>
        {
            a.OnPostStop = () => TestActor.Tell("stopped");
            a.OnAsync<string>(async _ =>
            {
                await gate.Task;
                a.Reply("finished");
            });
        });

        actor.Tell("wait", TestActor);
        actor.Tell(PoisonPill.Instance);
        gate.SetResult();

        await ExpectMsgAsync("finished");
        await ExpectMsgAsync("stopped");
    }

    [Fact]
    public async Task Children_have_stopped_before_their_parent_has()
    {
        var parent = Start(a =>
        {
            a.OnPostStop = () => TestActor.Tell("parent");
            a.OnPreStart = () => a.Ctx.ActorOf(Scripted.Props(c =>
            {
                c.OnPostStop = () => TestActor.Tell("child");
                c.OnPreStart = () => c.Ctx.ActorOf(Scripted.Props(g => g.OnPostStop = () => TestActor.Tell("grandchild")));
            }));
            a.On<string>(m => a.Reply(m));
        });
        parent.Tell("started", TestActor);
        await ExpectMsgAsync("started");

        Sys.Stop(parent);

        await ExpectMsgAsync("grandchild");
        await ExpectMsgAsync("child");
        await ExpectMsgAsync("parent");
    }

    [Fact]
    public async Task Stopping_twice_runs_PostStop_once()
    {
        var actor = Start(a => a.OnPostStop = () => TestActor.Tell("stopped"));
        var probe = CreateTestProbe();
        await probe.WatchAsync(actor);

        Sys.Stop(actor);
        Sys.Stop(actor);

        await probe.ExpectTerminatedAsync(actor);
        TestActor.Tell("end");
        await ExpectMsgAsync("stopped");
        await ExpectMsgAsync("end");
    }

    [Fact]
    public async Task GracefulStop_is_true_when_the_actor_has_stopped()
    {
        var stopped = false;
        var actor = Start(a => a.OnPostStop = () => stopped = true);

        Assert.True(await actor.GracefulStop(Patience));
        Assert.True(Volatile.Read(ref stopped));
    }

    [Fact]
    public async Task GracefulStop_lets_the_actor_finish_what_is_queued()
    {
        var actor = Start(a => a.On<int>(n => a.Reply(n)));
        for (var i = 0; i < 100; i++)
        {
            actor.Tell(i, TestActor);
        }

        Assert.True(await actor.GracefulStop(Patience));

        for (var i = 0; i < 100; i++)
        {
            await ExpectMsgAsync(i);
        }
    }

    [Fact]
    public async Task GracefulStop_of_a_stopped_actor_is_true()
    {
        var actor = Start(_ => { });
        Assert.True(await actor.GracefulStop(Patience));

        Assert.True(await actor.GracefulStop(Patience));
    }

    [Fact]
    public async Task GracefulStop_may_send_a_message_of_ones_own()
    {
        var actor = Start(a => a.On<string>(m => m == "please stop", _ =>
        {
            TestActor.Tell("asked nicely");
            a.Ctx.Stop(a.Me);
        }));

        Assert.True(await actor.GracefulStop(Patience, "please stop"));

        await ExpectMsgAsync("asked nicely");
    }

    [Fact]
    public async Task GracefulStop_of_an_actor_that_does_not_stop_in_time_is_false()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Start(a => a.OnAny(_ => gate.Wait(Patience)));
        actor.Tell("busy");

        var stopped = await actor.GracefulStop(TimeSpan.FromMilliseconds(50));
        gate.Set();

        Assert.False(stopped);
    }

    [Fact]
    public async Task The_name_of_a_stopped_actor_may_be_used_again()
    {
        var first = Start(_ => { }, "same");
        await first.GracefulStop(Patience);

        // The guardian hears of it on its own time.
        await AwaitAssertAsync(() =>
        {
            var second = Start(_ => { }, "same");
            Assert.Equal(first.Path, second.Path);
            Assert.NotEqual(first, second);
        });
    }

    [Fact]
    public async Task An_actor_may_stop_itself_in_PreStart()
    {
        Start(a =>
        {
            a.OnPreStart = () => a.Ctx.Stop(a.Me);
            a.OnPostStop = () => TestActor.Tell("stopped");
        });

        await ExpectMsgAsync("stopped");
    }

    [Fact]
    public async Task Terminate_stops_every_actor_and_completes()
    {
        var stopped = 0;
        var system = ActorSystem.Create("terminates", "akka.stdout-loglevel = OFF");
        for (var i = 0; i < 10; i++)
        {
            system.ActorOf(Scripted.Props(a => a.OnPostStop = () => Interlocked.Increment(ref stopped)));
        }

        Assert.False(system.WhenTerminated.IsCompleted);
        await system.Terminate().WaitAsync(Patience);

        Assert.True(system.WhenTerminated.IsCompletedSuccessfully);
        Assert.Equal(10, stopped);
    }

    [Fact]
    public async Task What_was_registered_on_termination_runs()
    {
        var ran = 0;
        var system = ActorSystem.Create("registered", "akka.stdout-loglevel = OFF");
        system.RegisterOnTermination(() => Interlocked.Increment(ref ran));
        system.RegisterOnTermination(() => Interlocked.Increment(ref ran));

        await system.Terminate().WaitAsync(Patience);

        await AwaitConditionAsync(() => Volatile.Read(ref ran) == 2, Patience, "not both have run");
    }

    [Fact]
    public async Task No_actor_starts_in_a_terminated_system()
    {
        var system = ActorSystem.Create("over", "akka.stdout-loglevel = OFF");
        await system.Terminate().WaitAsync(Patience);

        Assert.Throws<InvalidOperationException>(() => system.ActorOf(Scripted.Props(_ => { })));
    }
}
