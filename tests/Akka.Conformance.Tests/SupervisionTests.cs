using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class SupervisionTests : ActorSpec
{
    [Fact]
    public async Task Restart_makes_a_new_instance()
    {
        var child = await ChildOf(OneForOne(Directive.Restart), Counting());

        Tell(child, "add", "fail", "count");

        await ExpectMsgAsync(0);
    }

    [Fact]
    public async Task Resume_keeps_the_instance_and_its_state()
    {
        var child = await ChildOf(OneForOne(Directive.Resume), Counting());

        Tell(child, "add", "fail", "add", "count");

        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task Stop_stops_the_child()
    {
        var child = await ChildOf(OneForOne(Directive.Stop), Counting());
        await WatchAsync(child);

        Tell(child, "fail");

        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task Escalate_fails_the_parent_with_the_same_exception()
    {
        var probe = CreateTestProbe();
        var top = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(e =>
            {
                probe.Ref.Tell(e.Message);
                return Directive.Restart;
            });
            a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
        });
        top.Tell(Parent(OneForOne(Directive.Escalate)), TestActor);
        var parent = await ExpectMsgAsync<IActorRef>();
        var child = await ChildOf(parent, Counting());
        await WatchAsync(child);

        Tell(child, "fail");

        await probe.ExpectMsgAsync("asked to");
        await ExpectTerminatedAsync(child);
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException), Directive.Restart)]
    [InlineData(typeof(ActorInitializationException), Directive.Stop)]
    [InlineData(typeof(ActorKilledException), Directive.Stop)]
    [InlineData(typeof(DeathPactException), Directive.Stop)]
    public void The_default_decider_restarts_but_for_what_a_restart_cannot_heal(Type exception, Directive directive)
    {
        Exception e = exception == typeof(DeathPactException) ? new DeathPactException(TestActor)
            : exception == typeof(ActorInitializationException) ? new ActorInitializationException("x")
            : exception == typeof(ActorKilledException) ? new ActorKilledException("x")
            : new InvalidOperationException("x");

        Assert.Equal(directive, SupervisorStrategy.DefaultDecider.Decide(e));
    }

    [Fact]
    public async Task The_decider_sees_the_exception_and_may_answer_by_its_type()
    {
        var child = await ChildOf(
            new OneForOneStrategy(e => e is ArgumentException ? Directive.Resume : Directive.Stop),
            Counting());
        await WatchAsync(child);

        Tell(child, "add", new ArgumentException("bad"), "count");
        await ExpectMsgAsync(1);
        Tell(child, new InvalidOperationException("worse"));
        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task The_decider_runs_in_the_parent_with_the_failed_child_as_sender()
    {
        var probe = CreateTestProbe();
        var parent = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(_ =>
            {
                probe.Ref.Tell(a.From);
                return Directive.Restart;
            });
            a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
        });
        var child = await ChildOf(parent, Counting());

        Tell(child, "fail");

        await probe.ExpectMsgAsync(child);
    }

    [Fact]
    public async Task OneForOne_leaves_the_siblings_alone()
    {
        var parent = Sys.ActorOf(Parent(OneForOne(Directive.Restart)));
        var first = await ChildOf(parent, Counting());
        var second = await ChildOf(parent, Counting());

        Tell(second, "add");
        Tell(first, "fail", "count");
        await ExpectMsgAsync(0);
        Tell(second, "count");

        await ExpectMsgAsync(1);
    }

    [Fact]
    public async Task AllForOne_restarts_the_siblings_too()
    {
        var parent = Sys.ActorOf(Parent(new AllForOneStrategy(_ => Directive.Restart)));
        var first = await ChildOf(parent, Counting());
        var second = await ChildOf(parent, Counting());

        Tell(second, "add", "count");
        await ExpectMsgAsync(1);
        Tell(first, "fail", "count");
        await ExpectMsgAsync(0);

        await AwaitAssertAsync(async () =>
        {
            Tell(second, "count");
            await ExpectMsgAsync(0);
        });
    }

    [Fact]
    public async Task AllForOne_stops_the_siblings_too()
    {
        var parent = Sys.ActorOf(Parent(new AllForOneStrategy(_ => Directive.Stop)));
        var first = await ChildOf(parent, Counting());
        var second = await ChildOf(parent, Counting());
        await WatchAsync(second);

        Tell(first, "fail");

        await ExpectTerminatedAsync(second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_child_is_stopped_when_it_fails_more_often_than_the_number_of_retries(int retries)
    {
        var child = await ChildOf(
            new OneForOneStrategy(retries, TimeSpan.FromMinutes(1), _ => Directive.Restart),
            Counting());
        await WatchAsync(child);

        for (var i = 0; i < retries; i++)
        {
            Tell(child, "fail", "count");
            await ExpectMsgAsync(0);
        }

        Tell(child, "fail");
        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task With_zero_retries_the_first_failure_stops_the_child()
    {
        var child = await ChildOf(
            new OneForOneStrategy(0, TimeSpan.FromMinutes(1), _ => Directive.Restart),
            Counting());
        await WatchAsync(child);

        Tell(child, "fail");

        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task Without_a_limit_a_child_is_restarted_for_ever()
    {
        var child = await ChildOf(new OneForOneStrategy(_ => Directive.Restart), Counting());

        for (var i = 0; i < 50; i++)
        {
            Tell(child, "fail");
        }

        Tell(child, "count");
        await ExpectMsgAsync(0);
    }

    [Fact]
    public async Task Retries_are_counted_anew_when_the_time_range_has_passed()
    {
        var range = TimeSpan.FromMilliseconds(50);
        var child = await ChildOf(new OneForOneStrategy(1, range, _ => Directive.Restart), Counting());

        for (var i = 0; i < 3; i++)
        {
            Tell(child, "fail", "count");
            await ExpectMsgAsync(0);
            var begun = System.Diagnostics.Stopwatch.StartNew();
            await AwaitConditionAsync(() => begun.Elapsed > 3 * range, Patience, "the clock stands still");
        }

        Tell(child, "count");
        await ExpectMsgAsync(0);
    }

    [Fact]
    public async Task An_exception_in_the_constructor_stops_the_child()
    {
        var probe = CreateTestProbe();
        var parent = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(e =>
            {
                probe.Ref.Tell(e);
                return SupervisorStrategy.DefaultDecider.Decide(e);
            });
            a.On<Props>(p => a.Reply(a.Ctx.Watch(a.Ctx.ActorOf(p))));
            a.On<Terminated>(t => probe.Ref.Tell(t.ActorRef));
        });

        var child = await ChildOf(parent, Scripted.Props(_ => throw new InvalidOperationException("not born")));

        var failure = await probe.ExpectMsgAsync<ActorInitializationException>();
        Assert.Contains("not born", failure.GetBaseException().Message);
        await probe.ExpectMsgAsync(child);
    }

    [Fact]
    public async Task An_exception_in_PreStart_stops_the_child()
    {
        var probe = CreateTestProbe();
        var parent = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(e =>
            {
                probe.Ref.Tell(e);
                return SupervisorStrategy.DefaultDecider.Decide(e);
            });
            a.On<Props>(p => a.Reply(a.Ctx.Watch(a.Ctx.ActorOf(p))));
            a.On<Terminated>(t => probe.Ref.Tell(t.ActorRef));
        });

        var child = await ChildOf(
            parent,
            Scripted.Props(c => c.OnPreStart = () => throw new InvalidOperationException("not started")));

        var failure = await probe.ExpectMsgAsync<ActorInitializationException>();
        Assert.Contains("not started", failure.GetBaseException().Message);
        await probe.ExpectMsgAsync(child);
    }

    [Fact]
    public async Task A_child_whose_constructor_failed_is_made_again_when_the_decider_says_Restart()
    {
        var attempts = 0;
        var child = await ChildOf(
            new OneForOneStrategy(_ => Directive.Restart),
            Scripted.Props(c =>
            {
                if (++attempts < 3)
                {
                    throw new InvalidOperationException("not yet");
                }

                c.FailsAndPings();
            }));

        Tell(child, "ping");

        await ExpectMsgAsync("pong");
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task A_failure_in_PostRestart_is_a_PostRestartException()
    {
        var probe = CreateTestProbe();
        var child = await ChildOf(
            new OneForOneStrategy(e =>
            {
                probe.Ref.Tell(e.GetType());
                return e is PostRestartException ? Directive.Stop : Directive.Restart;
            }),
            Scripted.Props(c =>
            {
                c.OnPostRestart = _ => throw new ArgumentException("fails to come back");
                c.FailsAndPings();
            }));
        await WatchAsync(child);

        Tell(child, new InvalidOperationException("asked to"));

        await probe.ExpectMsgAsync(typeof(InvalidOperationException));
        await probe.ExpectMsgAsync(typeof(PostRestartException));
        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task A_failing_child_keeps_its_messages_while_its_parent_is_busy()
    {
        using var gate = new ManualResetEventSlim();
        var parent = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(_ =>
            {
                gate.Wait(Patience);
                return Directive.Resume;
            });
            a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
        });
        var child = await ChildOf(parent, Counting());

        Tell(child, "fail", "add", "add", "count");
        gate.Set();

        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task Kill_fails_the_actor_with_ActorKilledException()
    {
        var probe = CreateTestProbe();
        var child = await ChildOf(
            new OneForOneStrategy(e =>
            {
                probe.Ref.Tell(e.GetType());
                return SupervisorStrategy.DefaultDecider.Decide(e);
            }),
            Counting());
        await WatchAsync(child);

        Tell(child, Kill.Instance);

        await probe.ExpectMsgAsync(typeof(ActorKilledException));
        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task A_top_level_actor_that_fails_is_restarted_by_the_guardian()
    {
        var actor = Sys.ActorOf(Counting());

        Tell(actor, "add", "fail", "count");

        await ExpectMsgAsync(0);
    }

    [Fact]
    public async Task The_strategy_of_the_props_goes_before_the_one_of_the_class()
    {
        var parent = Sys.ActorOf(Parent(OneForOne(Directive.Restart)).WithSupervisorStrategy(OneForOne(Directive.Resume)));
        var child = await ChildOf(parent, Counting());

        Tell(child, "add", "fail", "count");

        await ExpectMsgAsync(1);
    }

    [Fact]
    public async Task The_stopping_strategy_stops_a_child_at_any_failure()
    {
        var child = await ChildOf(SupervisorStrategy.StoppingStrategy, Counting());
        await WatchAsync(child);

        Tell(child, "fail");

        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task Two_children_of_one_name_are_refused()
    {
        var parent = Start(a => a.On<Props>(p =>
        {
            a.Ctx.ActorOf(p, "child");
            a.Reply(Record.Exception(() => a.Ctx.ActorOf(p, "child"))!.GetType());
        }));

        parent.Tell(Counting(), TestActor);

        await ExpectMsgAsync(typeof(InvalidActorNameException));
    }

    private static OneForOneStrategy OneForOne(Directive directive) => new(_ => directive);

    private static Props Parent(SupervisorStrategy strategy) => Scripted.Props(a =>
    {
        a.Strategy = strategy;
        a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
    });

    private static Props Counting() => Scripted.Props(a =>
    {
        var count = 0;
        a.On<Exception>(e => throw e);
        a.On<string>(m =>
        {
            switch (m)
            {
                case "add":
                    count++;
                    break;
                case "fail":
                    throw new InvalidOperationException("asked to");
                case "count":
                    a.Reply(count);
                    break;
            }
        });
    });

    private Task<IActorRef> ChildOf(SupervisorStrategy strategy, Props child) => ChildOf(Sys.ActorOf(Parent(strategy)), child);

    private static Task<IActorRef> ChildOf(IActorRef parent, Props child) => parent.Ask<IActorRef>(child, Patience);

    private void Tell(IActorRef actor, params object[] messages)
    {
        foreach (var message in messages)
        {
            actor.Tell(message, TestActor);
        }
    }
}
