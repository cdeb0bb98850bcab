using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;

namespace Akka.Conformance.Tests;

public sealed class ReceiveTimeoutTests : ActorSpec
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Never = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task An_idle_actor_receives_ReceiveTimeout()
    {
        StartIdle(a => a.Ctx.SetReceiveTimeout(Soon));

        await ExpectMsgAsync("timed out");
    }

    [Fact]
    public async Task It_comes_again_while_the_actor_stays_idle()
    {
        StartIdle(a => a.Ctx.SetReceiveTimeout(Soon));

        await ExpectMsgAsync("timed out");
        await ExpectMsgAsync("timed out");
        await ExpectMsgAsync("timed out");
    }

    [Fact]
    public async Task SetReceiveTimeout_null_ends_it()
    {
        var timeouts = 0;
        var actor = Start(a =>
        {
            a.OnPreStart = () => a.Ctx.SetReceiveTimeout(Soon);
            a.On<ReceiveTimeout>(_ =>
            {
                timeouts++;
                a.Ctx.SetReceiveTimeout(null);
                TestActor.Tell("timed out");
            });
            a.On<string>(_ => a.Reply((timeouts, a.Ctx.ReceiveTimeout)));
        });
        await ExpectMsgAsync("timed out");

        // Another actor with the same timeout is told twice before this one is asked again.
        StartIdle(a => a.Ctx.SetReceiveTimeout(Soon), "other");
        await ExpectMsgAsync("other");
        await ExpectMsgAsync("other");
        actor.Tell("?", TestActor);

        await FishForMessageAsync(m => Equals(m, (1, (TimeSpan?)null)));
    }

    [Fact]
    public async Task It_can_be_set_by_a_message()
    {
        var actor = StartIdle(_ => { });

        actor.Tell(Soon);

        await ExpectMsgAsync("timed out");
    }

    [Fact]
    public async Task The_context_tells_what_is_set()
    {
        var actor = Start(a => a.On<string>(_ =>
        {
            a.Reply(a.Ctx.ReceiveTimeout is null);
            a.Ctx.SetReceiveTimeout(Never);
            a.Reply(a.Ctx.ReceiveTimeout!);
        }));

        actor.Tell("?", TestActor);

        await ExpectMsgAsync(true);
        await ExpectMsgAsync(Never);
    }

    [Fact]
    public async Task A_message_that_says_so_does_not_put_it_off()
    {
        var actor = StartIdle(a => a.Ctx.SetReceiveTimeout(TimeSpan.FromMilliseconds(200)));
        using var stop = new CancellationTokenSource();
        var influx = Task.Run(async () =>
        {
            using var every = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (!stop.IsCancellationRequested)
            {
                actor.Tell(Unnoticed.Instance);
                await every.WaitForNextTickAsync();
            }
        });

        await ExpectMsgAsync("timed out");

        await stop.CancelAsync();
        await influx;
    }

    private IActorRef StartIdle(Action<Scripted> onStart, string says = "timed out") => Start(a =>
    {
        a.OnPreStart = () => onStart(a);
        a.On<TimeSpan>(t => a.Ctx.SetReceiveTimeout(t));
        a.On<ReceiveTimeout>(_ => TestActor.Tell(says));
        a.OnAny(_ => { });
    });

    private sealed class Unnoticed : INotInfluenceReceiveTimeout
    {
        public static readonly Unnoticed Instance = new();
    }
}

/// <summary>The same in virtual time, to show what must not happen.</summary>
public sealed class ReceiveTimeoutInVirtualTimeTests() : ActorSpec(TestConfigs.TestSchedulerConfig)
{
    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Messages_put_it_off()
    {
        var actor = Start(a =>
        {
            a.OnPreStart = () => a.Ctx.SetReceiveTimeout(TimeSpan.FromSeconds(1));
            a.On<ReceiveTimeout>(_ => TestActor.Tell("timed out"));
            a.OnAny(m => a.Reply(m));
        });

        for (var i = 0; i < 10; i++)
        {
            // The second reply shows that the handling of the first message is over.
            actor.Tell(1, TestActor);
            actor.Tell(2, TestActor);
            await ExpectMsgAsync(1);
            await ExpectMsgAsync(2);
            Scheduler.Advance(TimeSpan.FromMilliseconds(600));
        }

        await AwaitAssertAsync(async () =>
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            await ExpectMsgAsync("timed out", TimeSpan.FromMilliseconds(500));
        });
    }
}
