using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class DeathWatchTests : ActorSpec
{
    [Fact]
    public async Task A_watcher_is_told_when_the_watched_actor_stops()
    {
        var watched = Start(_ => { });
        await StartWatcherAsync(watched);

        Sys.Stop(watched);

        await ExpectMsgAsync(new Seen(watched, ExistenceConfirmed: true, From: watched));
    }

    [Fact]
    public async Task An_actor_that_is_already_dead_is_reported_too()
    {
        var watched = Start(_ => { });
        await WatchAsync(watched);
        Sys.Stop(watched);
        await ExpectTerminatedAsync(watched);

        await StartWatcherAsync(watched);

        Assert.Equal(watched, (await ExpectMsgAsync<Seen>()).Actor);
    }

    [Fact]
    public async Task An_actor_that_never_was_is_reported_with_its_existence_not_confirmed()
    {
        var nobody = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef("akka://test/user/nobody");

        await StartWatcherAsync(nobody);

        var seen = await ExpectMsgAsync<Seen>();
        Assert.Equal(nobody, seen.Actor);
        Assert.False(seen.ExistenceConfirmed);
    }

    [Fact]
    public async Task Every_watcher_is_told()
    {
        var watched = Start(_ => { });
        var probes = Enumerable.Range(0, 3).Select(_ => CreateTestProbe()).ToList();
        foreach (var probe in probes)
        {
            await probe.WatchAsync(watched);
        }

        Sys.Stop(watched);

        foreach (var probe in probes)
        {
            await probe.ExpectTerminatedAsync(watched);
        }
    }

    [Fact]
    public async Task Watching_twice_is_told_once()
    {
        var watched = Start(_ => { });
        var watcher = Start(a =>
        {
            a.On<IActorRef>(other =>
            {
                a.Ctx.Watch(other);
                a.Ctx.Watch(other);
                a.Reply("watching");
            });
            a.On<Terminated>(_ => TestActor.Tell("terminated"));
            a.On<string>(m => a.Reply(m));
        });
        watcher.Tell(watched, TestActor);
        await ExpectMsgAsync("watching");

        Sys.Stop(watched);

        await ExpectMsgAsync("terminated");
        watcher.Tell("end", TestActor);
        await ExpectMsgAsync("end");
    }

    [Fact]
    public async Task After_Unwatch_nothing_is_told()
    {
        var watched = Start(_ => { });
        var probe = CreateTestProbe();
        var watcher = Start(a =>
        {
            a.OnPreStart = () => a.Ctx.Watch(watched);
            a.On<string>(m => m == "unwatch", _ =>
            {
                a.Ctx.Unwatch(watched);
                a.Reply("unwatched");
            });
            a.OnAny(m => a.Reply(m));
        });
        watcher.Tell("unwatch", TestActor);
        await ExpectMsgAsync("unwatched");

        await probe.WatchAsync(watched);
        Sys.Stop(watched);
        await probe.ExpectTerminatedAsync(watched);

        watcher.Tell("end", TestActor);
        await ExpectMsgAsync("end");
    }

    [Fact]
    public async Task Unwatch_takes_back_a_Terminated_that_is_already_in_the_mailbox()
    {
        using var gate = new ManualResetEventSlim();
        var watched = Start(_ => { });
        var watcher = Start(a =>
        {
            a.OnPreStart = () => a.Ctx.Watch(watched);
            a.On<string>(m => m == "unwatch", _ =>
            {
                gate.Wait(Patience);
                a.Ctx.Unwatch(watched);
            });
            a.On<Terminated>(_ => TestActor.Tell("terminated"));
            a.On<string>(m => a.Reply(m));
        });
        watcher.Tell("unwatch", TestActor);

        await WatchAsync(watched);
        Sys.Stop(watched);
        await ExpectTerminatedAsync(watched);
        gate.Set();

        watcher.Tell("end", TestActor);
        await ExpectMsgAsync("end");
    }

    [Fact]
    public async Task WatchWith_tells_the_message_of_ones_own()
    {
        var watched = Start(_ => { });
        var watcher = Start(a =>
        {
            a.On<IActorRef>(other =>
            {
                a.Ctx.WatchWith(other, "it is gone");
                a.Reply("watching");
            });
            a.OnAny(m => TestActor.Tell(m));
        });
        watcher.Tell(watched, TestActor);
        await ExpectMsgAsync("watching");

        Sys.Stop(watched);

        await ExpectMsgAsync("it is gone");
    }

    [Fact]
    public async Task A_Terminated_that_is_not_handled_is_a_DeathPactException()
    {
        var probe = CreateTestProbe();
        var watched = Start(_ => { });
        var parent = Start(a =>
        {
            a.Strategy = new OneForOneStrategy(e =>
            {
                probe.Ref.Tell(e.GetType());
                return SupervisorStrategy.DefaultDecider.Decide(e);
            });
            a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p)));
        });
        var child = await parent.Ask<IActorRef>(Scripted.Props(a => a.OnPreStart = () => a.Ctx.Watch(watched)), Patience);
        await WatchAsync(child);

        Sys.Stop(watched);

        await probe.ExpectMsgAsync(typeof(DeathPactException));
        await ExpectTerminatedAsync(child);
    }

    [Fact]
    public async Task A_parent_may_watch_its_child()
    {
        var parent = Start(a =>
        {
            a.On<Props>(p => a.Reply(a.Ctx.Watch(a.Ctx.ActorOf(p, "child"))));
            a.On<Terminated>(t => TestActor.Tell((t.ActorRef, a.Ctx.Child("child").IsNobody())));
        });
        var child = await parent.Ask<IActorRef>(Scripted.Props(_ => { }), Patience);

        child.Tell(PoisonPill.Instance);

        await ExpectMsgAsync((child, true));
    }

    [Fact]
    public async Task The_name_of_a_child_is_free_when_its_Terminated_arrives()
    {
        var rounds = 0;
        var parent = Start(a =>
        {
            void Spawn() => a.Ctx.Watch(a.Ctx.ActorOf(Scripted.Props(_ => { }), "child")).Tell(PoisonPill.Instance);
            a.OnPreStart = Spawn;
            a.On<Terminated>(_ =>
            {
                if (++rounds == 20)
                {
                    TestActor.Tell("done");
                }
                else
                {
                    Spawn();
                }
            });
        });

        await ExpectMsgAsync("done");
        Assert.False(parent.IsNobody());
    }

    [Fact]
    public async Task What_the_watched_actor_sent_before_it_stopped_arrives_before_its_Terminated()
    {
        const int Count = 100;
        var watcher = Start(a =>
        {
            a.On<IActorRef>(other => a.Reply(a.Ctx.Watch(other)));
            a.On<Terminated>(_ => TestActor.Tell("terminated"));
            a.OnAny(m => TestActor.Tell(m));
        });
        var watched = Start(a => a.On<string>(_ =>
        {
            for (var i = 0; i < Count; i++)
            {
                watcher.Tell(i);
            }

            a.Ctx.Stop(a.Me);
        }));
        watcher.Tell(watched, TestActor);
        await ExpectMsgAsync(watched);

        watched.Tell("go");

        for (var i = 0; i < Count; i++)
        {
            await ExpectMsgAsync(i);
        }

        await ExpectMsgAsync("terminated");
    }

    [Fact]
    public async Task PostStop_has_run_when_Terminated_arrives()
    {
        var stopped = false;
        var watched = Start(a => a.OnPostStop = () => stopped = true);
        await WatchAsync(watched);

        Sys.Stop(watched);

        await ExpectTerminatedAsync(watched);
        Assert.True(Volatile.Read(ref stopped));
    }

    [Fact]
    public async Task A_Terminated_that_was_merely_told_is_not_received()
    {
        var watched = Start(_ => { });
        var actor = Start(a => a.OnAny(m => a.Reply(m)));

        actor.Tell(new Terminated(watched, existenceConfirmed: true, addressTerminated: false), TestActor);
        actor.Tell("end", TestActor);

        await ExpectMsgAsync("end");
    }

    private async Task<IActorRef> StartWatcherAsync(IActorRef watched)
    {
        var watcher = Start(a =>
        {
            a.On<Terminated>(t => TestActor.Tell(new Seen(t.ActorRef, t.ExistenceConfirmed, a.From)));
            a.On<IActorRef>(other =>
            {
                a.Ctx.Watch(other);
                a.Reply("watching");
            });
        });
        watcher.Tell(watched, TestActor);
        await ExpectMsgAsync("watching");
        return watcher;
    }

    private sealed record Seen(IActorRef Actor, bool ExistenceConfirmed, IActorRef From);
}
