using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class RestartTests : ActorSpec
{
    [Fact]
    public async Task A_failing_actor_is_restarted_by_default()
    {
        var instances = 0;
        var actor = Start(a =>
        {
            var instance = ++instances;
            a.FailsAndPings();
            a.On<int>(_ => a.Reply(instance));
        });

        actor.Tell(new InvalidOperationException("asked to"));
        actor.Tell(0, TestActor);

        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task The_message_that_failed_is_not_handled_again()
    {
        var handled = 0;
        var actor = Start(a =>
        {
            a.On<string>(m => m == "fail", _ =>
            {
                handled++;
                throw new InvalidOperationException("asked to");
            });
            a.On<string>(_ => a.Reply(handled));
        });

        actor.Tell("fail");
        actor.Tell("?", TestActor);

        await ExpectMsgAsync(1);
    }

    [Fact]
    public async Task The_mailbox_survives_in_order()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Start(a =>
        {
            a.On<string>(_ =>
            {
                gate.Wait(Patience);
                throw new InvalidOperationException("asked to");
            });
            a.On<int>(n => a.Reply(n));
        });

        actor.Tell("fail");
        for (var i = 0; i < 100; i++)
        {
            actor.Tell(i, TestActor);
        }

        gate.Set();

        for (var i = 0; i < 100; i++)
        {
            await ExpectMsgAsync(i);
        }
    }

    [Fact]
    public async Task The_reference_and_the_path_stay_the_same()
    {
        var actor = Start(a =>
        {
            a.FailsAndPings();
            a.On<int>(_ => a.Reply(a.Me));
        });
        await WatchAsync(actor);

        actor.Tell(new InvalidOperationException("asked to"));
        actor.Tell(0, TestActor);

        Assert.Equal(actor, await ExpectMsgAsync<IActorRef>());
    }

    [Fact]
    public async Task The_hooks_run_in_order_with_the_reason_and_the_message()
    {
        var probe = CreateTestProbe();
        var instances = 0;
        var actor = Start(a =>
        {
            var me = ++instances;
            void Say(string what) => probe.Ref.Tell($"{me} {what}");
            a.OnPreStart = () => Say("PreStart");
            a.OnPostStop = () => Say("PostStop");
            a.OnPreRestart = (e, m) => Say($"PreRestart {e.Message} {m}");
            a.OnPostRestart = e => Say($"PostRestart {e.Message}");
            a.On<string>(m => throw new InvalidOperationException($"cannot {m}"));
        });
        await probe.ExpectMsgAsync("1 PreStart");

        actor.Tell("jump");

        await probe.ExpectMsgAsync("1 PreRestart cannot jump jump");
        await probe.ExpectMsgAsync("1 PostStop");
        await probe.ExpectMsgAsync("2 PostRestart cannot jump");
        await probe.ExpectMsgAsync("2 PreStart");

        actor.Tell(PoisonPill.Instance);
        await probe.ExpectMsgAsync("2 PostStop");
    }

    [Fact]
    public async Task Children_are_stopped_by_default_before_the_new_instance_starts()
    {
        var probe = CreateTestProbe();
        var instances = 0;
        var actor = Start(a =>
        {
            var me = ++instances;
            a.OnPreStart = () =>
            {
                probe.Ref.Tell($"parent {me} starts");
                if (me == 1)
                {
                    a.Ctx.ActorOf(Scripted.Props(c => c.OnPostStop = () => probe.Ref.Tell("child stopped")), "child");
                }
            };
            a.FailsAndPings();
            a.On<int>(_ => a.Reply(a.Ctx.GetChildren().Count()));
        });
        await probe.ExpectMsgAsync("parent 1 starts");

        actor.Tell(new InvalidOperationException("asked to"));

        await probe.ExpectMsgAsync("child stopped");
        await probe.ExpectMsgAsync("parent 2 starts");
        actor.Tell(0, TestActor);
        await ExpectMsgAsync(0);
    }

    [Fact]
    public async Task The_name_of_a_child_is_free_again_for_the_new_instance()
    {
        var actor = Start(a =>
        {
            a.OnPreStart = () => a.Ctx.ActorOf(Scripted.Props(c => c.OnAny(m => c.Reply(m))), "child");
            a.FailsAndPings();
            a.On<int>(n => a.Ctx.Child("child").Forward(n));
        });

        for (var i = 0; i < 5; i++)
        {
            actor.Tell(new InvalidOperationException("asked to"));
            actor.Tell(i, TestActor);
            await ExpectMsgAsync(i);
        }
    }

    [Fact]
    public async Task Children_survive_when_PreRestart_does_not_stop_them()
    {
        var parent = Sys.ActorOf(Props.Create<KeepsItsChild>());
        parent.Tell("child", TestActor);
        var child = await ExpectMsgAsync<IActorRef>();

        parent.Tell("fail");
        parent.Tell("child", TestActor);

        var after = await ExpectMsgAsync<IActorRef>();
        Assert.Equal(child, after);
        after.Tell("alive?", TestActor);
        await ExpectMsgAsync("alive?");
    }

    [Fact]
    public async Task Who_watches_an_actor_does_not_see_its_restart()
    {
        var actor = Start(a => a.FailsAndPings());
        await WatchAsync(actor);

        actor.Tell(new InvalidOperationException("asked to"));
        actor.Tell("ping", TestActor);
        await ExpectMsgAsync("pong");

        actor.Tell(PoisonPill.Instance);
        await ExpectTerminatedAsync(actor);
    }

    [Fact]
    public async Task What_an_actor_watches_survives_its_restart()
    {
        var watched = Start(_ => { });
        var actor = Start(a =>
        {
            a.FailsAndPings();
            a.On<IActorRef>(other =>
            {
                a.Ctx.Watch(other);
                a.Reply("watching");
            });
            a.On<Terminated>(t => TestActor.Tell(t.ActorRef));
        });
        actor.Tell(watched, TestActor);
        await ExpectMsgAsync("watching");

        actor.Tell(new InvalidOperationException("asked to"));
        actor.Tell("ping", TestActor);
        await ExpectMsgAsync("pong");
        Sys.Stop(watched);

        await ExpectMsgAsync(watched);
    }

    [Fact]
    public async Task The_receive_timeout_survives()
    {
        var actor = Start(a =>
        {
            a.FailsAndPings();
            a.On<TimeSpan>(t => a.Ctx.SetReceiveTimeout(t));
            a.On<ReceiveTimeout>(_ => TestActor.Tell("timed out"));
        });

        actor.Tell(TimeSpan.FromMilliseconds(50));
        actor.Tell(new InvalidOperationException("asked to"));
        actor.Tell("ping", TestActor);

        await FishForMessageAsync(m => Equals(m, "pong"));
        await ExpectMsgAsync("timed out");
    }

    [Fact]
    public async Task Timers_do_not_survive()
    {
        var actor = StartTimed(a =>
        {
            a.FailsAndPings();
            a.On<TimeSpan>(t => a.Timers.StartSingleTimer("key", "tick", t));
            a.On<int>(_ => a.Reply(a.Timers.IsTimerActive("key")));
        });

        actor.Tell(TimeSpan.FromMinutes(10));
        actor.Tell(0, TestActor);
        await ExpectMsgAsync(true);
        actor.Tell(new InvalidOperationException("asked to"));
        actor.Tell(0, TestActor);

        await ExpectMsgAsync(false);
    }

    [Fact]
    public async Task The_sender_is_known_in_PreRestart()
    {
        var probe = CreateTestProbe();
        var actor = Start(a =>
        {
            a.OnPreRestart = (_, _) => a.Reply("sorry");
            a.FailsAndPings();
        });

        actor.Tell(new InvalidOperationException("asked to"), probe.Ref);

        await probe.ExpectMsgAsync("sorry");
    }

    private sealed class KeepsItsChild : UntypedActor
    {
        protected override void PreStart() =>
            Context.ActorOf(Scripted.Props(c => c.OnAny(m => c.Reply(m))), "child");

        protected override void PreRestart(Exception reason, object message)
        {
        }

        protected override void PostRestart(Exception reason)
        {
        }

        protected override void OnReceive(object message)
        {
            if (Equals(message, "fail"))
            {
                throw new InvalidOperationException("asked to");
            }

            Sender.Tell(Context.Child("child"));
        }
    }
}
