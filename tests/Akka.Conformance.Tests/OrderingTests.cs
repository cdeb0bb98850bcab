using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class OrderingTests : ActorSpec
{
    [Fact]
    public async Task Messages_of_one_sender_arrive_in_the_order_in_which_they_were_sent()
    {
        const int Count = 20_000;
        var collector = StartCollector(Count);

        for (var i = 0; i < Count; i++)
        {
            collector.Tell(i, TestActor);
        }

        Assert.Equal(Enumerable.Range(0, Count), await ExpectMsgAsync<List<int>>());
    }

    [Fact]
    public async Task Each_of_many_senders_keeps_its_own_order()
    {
        const int Senders = 4, Each = 2_000;
        var collector = Start(a =>
        {
            var seen = new List<(int Sender, int Number)>();
            a.On<(int Sender, int Number)>(m =>
            {
                seen.Add(m);
                if (seen.Count == Senders * Each)
                {
                    TestActor.Tell(seen);
                }
            });
        });

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(s => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                collector.Tell((s, i), ActorRefs.NoSender);
            }
        })));

        var all = await ExpectMsgAsync<List<(int Sender, int Number)>>();
        for (var s = 0; s < Senders; s++)
        {
            Assert.Equal(Enumerable.Range(0, Each), all.Where(m => m.Sender == s).Select(m => m.Number));
        }
    }

    [Fact]
    public async Task Order_holds_through_a_chain_of_actors()
    {
        const int Count = 5_000;
        var next = StartCollector(Count);
        for (var i = 0; i < 3; i++)
        {
            var to = next;
            next = Start(a => a.OnAny(m => to.Forward(m)));
        }

        for (var i = 0; i < Count; i++)
        {
            next.Tell(i, TestActor);
        }

        Assert.Equal(Enumerable.Range(0, Count), await ExpectMsgAsync<List<int>>());
    }

    [Fact]
    public async Task Order_holds_when_every_handler_awaits()
    {
        const int Count = 500;
        var collector = Start(a =>
        {
            var seen = new List<int>();
            a.OnAsync<int>(async n =>
            {
                await Task.Yield();
                seen.Add(n);
                if (seen.Count == Count)
                {
                    a.Reply(seen);
                }
            });
        });

        for (var i = 0; i < Count; i++)
        {
            collector.Tell(i, TestActor);
        }

        Assert.Equal(Enumerable.Range(0, Count), await ExpectMsgAsync<List<int>>());
    }

    [Fact]
    public async Task An_actor_handles_one_message_at_a_time()
    {
        const int Senders = 4, Each = 2_000;
        var inside = 0;
        var overlapped = false;
        var handled = 0;
        var actor = Start(a => a.On<int>(_ =>
        {
            overlapped |= Interlocked.Increment(ref inside) != 1;
            handled++;
            Interlocked.Decrement(ref inside);
            if (handled == Senders * Each)
            {
                TestActor.Tell("all");
            }
        }));

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                actor.Tell(i, ActorRefs.NoSender);
            }
        })));

        await ExpectMsgAsync("all");
        Assert.False(overlapped);
    }

    [Fact]
    public async Task What_an_actor_tells_itself_goes_behind_what_is_already_queued()
    {
        using var gate = new ManualResetEventSlim();
        var actor = Start(a =>
        {
            a.On<string>(m => m == "first", _ =>
            {
                gate.Wait(Patience);
                a.Me.Tell("from myself", a.From);
                a.Reply("first");
            });
            a.On<string>(m => a.Reply(m));
        });

        actor.Tell("first", TestActor);
        actor.Tell("second", TestActor);
        gate.Set();

        await ExpectMsgAsync("first");
        await ExpectMsgAsync("second");
        await ExpectMsgAsync("from myself");
    }

    [Fact]
    public async Task Replies_come_in_the_order_of_the_questions()
    {
        var echo = Start(a => a.OnAny(m => a.Reply(m)));

        for (var i = 0; i < 1_000; i++)
        {
            echo.Tell(i, TestActor);
        }

        for (var i = 0; i < 1_000; i++)
        {
            await ExpectMsgAsync(i);
        }
    }

    private IActorRef StartCollector(int count) => Start(a =>
    {
        var seen = new List<int>(count);
        a.On<int>(n =>
        {
            seen.Add(n);
            if (seen.Count == count)
            {
                a.Reply(seen);
            }
        });
    });
}
