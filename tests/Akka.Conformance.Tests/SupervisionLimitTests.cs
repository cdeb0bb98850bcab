using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>How often a child is restarted, and what becomes of one that cannot even start.</summary>
public sealed class SupervisionLimitTests : SupervisionSpec
{
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
}
