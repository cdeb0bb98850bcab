using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class SupervisionTests : SupervisionSpec
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
}
