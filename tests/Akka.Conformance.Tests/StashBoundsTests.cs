using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests;

/// <summary>How much a stash holds, and what becomes of it when its actor fails or stops.</summary>
public sealed class StashBoundsTests : ActorSpec
{
    [Fact]
    public async Task Without_a_capacity_the_stash_is_never_full()
    {
        var actor = StartStashing(a =>
        {
            a.On<int>(_ => a.Stash.Stash());
            a.On<string>(_ => a.Reply((a.Stash.Count, a.Stash.IsFull)));
        });

        for (var i = 0; i < 5_000; i++)
        {
            actor.Tell(i);
        }

        actor.Tell("?", TestActor);

        await ExpectMsgAsync((5_000, false));
    }

    [Fact]
    public async Task A_full_stash_refuses_with_StashOverflowException()
    {
        var actor = Sys.ActorOf(StashAll().WithStashCapacity(2));

        Tell(actor, 1, 2, 3, "?");

        await ExpectMsgAsync(typeof(StashOverflowException));
        await ExpectMsgAsync((2, 2, true));
    }

    [Fact]
    public async Task A_full_stash_has_room_again_when_it_was_cleared()
    {
        var actor = Sys.ActorOf(StashAll().WithStashCapacity(2));

        Tell(actor, 1, 2, "clear", 3, 4, "?");

        await ExpectMsgAsync((2, 2, true));
    }

    [Fact]
    public async Task An_overflow_that_nobody_catches_restarts_the_actor_and_keeps_the_stash()
    {
        var probe = CreateTestProbe();
        var restarted = false;
        var actor = Sys.ActorOf(ScriptedStash.Props(a =>
        {
            a.OnPreRestart = (e, _) =>
            {
                restarted = true;
                probe.Ref.Tell(e.GetType());
            };
            a.On<int>(n =>
            {
                if (restarted)
                {
                    a.Reply(n);
                }
                else
                {
                    a.Stash.Stash();
                }
            });
        }).WithStashCapacity(2));

        Tell(actor, 1, 2, 3);

        await probe.ExpectMsgAsync(typeof(StashOverflowException));
        await ExpectMsgAsync(1);
        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task A_restart_unstashes_everything_for_the_new_instance()
    {
        var starts = 0;
        var actor = StartStashing(a =>
        {
            var first = ++starts == 1;
            a.On<string>(m => m == "fail", _ => throw new InvalidOperationException("asked to"));
            a.On<string>(m =>
            {
                if (first)
                {
                    a.Stash.Stash();
                }
                else
                {
                    a.Reply(m);
                }
            });
        });

        Tell(actor, "1", "2", "fail", "3");

        foreach (var message in new[] { "1", "2", "3" })
        {
            await ExpectMsgAsync(message);
        }
    }

    [Fact]
    public async Task What_is_stashed_when_the_actor_stops_goes_to_dead_letters()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = StartStashing(a => a.On<string>(_ => a.Stash.Stash()));

        Tell(actor, "1", "2");
        actor.Tell(PoisonPill.Instance);

        foreach (var message in new[] { "1", "2" })
        {
            var letter = await ExpectMsgAsync<DeadLetter>();
            Assert.Equal(message, letter.Message);
            Assert.Equal(TestActor, letter.Sender);
        }
    }

    private static Props StashAll() => ScriptedStash.Props(a =>
    {
        a.On<string>(m => m == "clear", _ => a.Stash.ClearStash());
        a.On<string>(_ => a.Reply((a.Stash.Count, a.Stash.Capacity, a.Stash.IsFull)));
        a.On<int>(_ =>
        {
            if (Record.Exception(a.Stash.Stash) is { } refused)
            {
                a.Reply(refused.GetType());
            }
        });
    });
}
