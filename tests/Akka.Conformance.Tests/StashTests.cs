using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class StashTests : ActorSpec
{
    [Fact]
    public async Task Stashed_messages_come_back_in_the_order_in_which_they_were_stashed()
    {
        var actor = StartGated();

        Tell(actor, "1", "2", "3", "open");

        await ExpectAsync("1", "2", "3");
    }

    [Fact]
    public async Task UnstashAll_puts_the_stash_before_what_is_already_queued()
    {
        using var gate = new ManualResetEventSlim();
        var actor = StartGated(onOpen: () => gate.Wait(Patience));

        Tell(actor, "1", "2", "open", "3", "4");
        gate.Set();

        await ExpectAsync("1", "2", "3", "4");
    }

    [Fact]
    public async Task A_stashed_message_keeps_its_sender()
    {
        var other = CreateTestProbe();
        var actor = StartGated();

        actor.Tell("mine", TestActor);
        actor.Tell("theirs", other.Ref);
        actor.Tell("open", ActorRefs.NoSender);

        await ExpectMsgAsync("mine");
        await other.ExpectMsgAsync("theirs");
    }

    [Fact]
    public async Task Unstash_returns_the_oldest_message_only()
    {
        var actor = StartStashing(a =>
        {
            void Closed()
            {
                a.On<string>(m => m == "one", _ => a.Stash.Unstash());
                a.On<string>(m => m == "open", _ => a.Turn(Open));
                a.On<string>(_ => a.Stash.Stash());
                a.On<int>(n => a.Reply((n, a.Stash.Count)));
            }

            void Open()
            {
                a.On<string>(m => m == "one", _ => a.Stash.Unstash());
                a.On<string>(m => a.Reply(m));
                a.On<int>(n => a.Reply((n, a.Stash.Count)));
            }

            Closed();
        });

        Tell(actor, "1", "2", "3", "open", "one");
        await ExpectAsync("1");
        actor.Tell(0, TestActor);
        await ExpectMsgAsync((0, 2));
        Tell(actor, "one", "one");
        await ExpectAsync("2", "3");
    }

    [Fact]
    public async Task Unstash_of_an_empty_stash_does_nothing()
    {
        var actor = StartStashing(a => a.On<string>(m =>
        {
            a.Stash.Unstash();
            a.Stash.UnstashAll();
            a.Reply(m);
        }));

        actor.Tell("still here", TestActor);

        await ExpectMsgAsync("still here");
    }

    [Fact]
    public async Task UnstashAll_with_a_predicate_returns_what_matches_in_order()
    {
        var actor = StartStashing(a =>
        {
            a.On<int>(_ => a.Stash.Stash());
            a.On<string>(_ =>
            {
                a.Turn(() =>
                {
                    a.On<int>(n => a.Reply(n));
                    a.On<string>(m => a.Reply(m));
                });
                a.Stash.UnstashAll(e => (int)e.Message % 2 == 0);
            });
        });

        Tell(actor, 1, 2, 3, 4, "even", "end");

        await ExpectMsgAsync(2);
        await ExpectMsgAsync(4);
        await ExpectMsgAsync("end");
    }

    [Fact]
    public async Task A_message_stashed_twice_is_refused()
    {
        var actor = StartStashing(a => a.On<string>(_ =>
        {
            a.Stash.Stash();
            a.Reply(Record.Exception(a.Stash.Stash)!.GetType());
        }));

        actor.Tell("once", TestActor);

        await ExpectMsgAsync(typeof(IllegalActorStateException));
    }

    [Fact]
    public async Task A_message_that_came_back_may_be_stashed_again()
    {
        var rounds = 0;
        var actor = StartStashing(a =>
        {
            a.On<string>(m => m == "open", _ => a.Stash.UnstashAll());
            a.On<string>(m =>
            {
                if (++rounds < 3)
                {
                    a.Stash.Stash();
                    a.Me.Tell("open");
                }
                else
                {
                    a.Reply(m);
                }
            });
        });

        actor.Tell("patient", TestActor);

        await ExpectMsgAsync("patient");
    }

    [Fact]
    public async Task The_same_message_may_be_stashed_once_for_each_time_it_was_sent()
    {
        var actor = StartGated();
        var same = "same";

        Tell(actor, same, same, "open");

        await ExpectAsync(same, same);
    }

    [Fact]
    public async Task Prepend_puts_envelopes_before_what_is_stashed()
    {
        var actor = StartStashing(a =>
        {
            a.On<int>(_ => a.Stash.Stash());
            a.On<string>(_ =>
            {
                a.Stash.Prepend([new Envelope(-2, a.From), new Envelope(-1, a.From)]);
                a.Turn(() => a.On<int>(n => a.Reply(n)));
                a.Stash.UnstashAll();
            });
        });

        Tell(actor, 1, 2, "go");

        foreach (var n in new[] { -2, -1, 1, 2 })
        {
            await ExpectMsgAsync(n);
        }
    }

    [Fact]
    public async Task ClearStash_hands_out_the_envelopes_and_leaves_nothing()
    {
        var actor = StartStashing(a =>
        {
            a.On<int>(_ => a.Stash.Stash());
            a.On<string>(_ =>
            {
                var cleared = a.Stash.ClearStash().ToList();
                a.Reply(string.Join(' ', cleared.Select(e => $"{e.Message} {e.Sender.Equals(TestActor)}")));
                a.Reply(a.Stash.Count);
            });
        });

        Tell(actor, 1, 2, "clear");

        await ExpectMsgAsync("1 True 2 True");
        await ExpectMsgAsync(0);
    }

    [Fact]
    public async Task A_cleared_stash_can_be_put_back_in_order()
    {
        var actor = StartStashing(a =>
        {
            a.On<int>(_ => a.Stash.Stash());
            a.On<string>(_ =>
            {
                a.Stash.Prepend(a.Stash.ClearStash().ToList());
                a.Turn(() => a.On<int>(n => a.Reply(n)));
                a.Stash.UnstashAll();
            });
        });

        Tell(actor, 1, 2, 3, "go");

        await ExpectMsgAsync(1);
        await ExpectMsgAsync(2);
        await ExpectMsgAsync(3);
    }

    [Fact]
    public async Task Count_IsEmpty_and_NonEmpty_tell_what_is_stashed()
    {
        var actor = StartStashing(a =>
        {
            a.On<int>(_ => a.Stash.Stash());
            a.On<string>(_ => a.Reply((a.Stash.Count, a.Stash.IsEmpty, a.Stash.NonEmpty)));
        });

        Tell(actor, "?", 1, 2, "?");

        await ExpectMsgAsync((0, true, false));
        await ExpectMsgAsync((2, false, true));
    }

    [Fact]
    public async Task A_message_may_be_stashed_after_an_await()
    {
        var open = false;
        var actor = StartStashing(a =>
        {
            a.On<int>(_ =>
            {
                open = true;
                a.Stash.UnstashAll();
            });
            a.OnAsync<string>(async m =>
            {
                await Task.Yield();
                if (open)
                {
                    a.Reply(m);
                }
                else
                {
                    a.Stash.Stash();
                }
            });
        });

        Tell(actor, "1", "2", 0);

        await ExpectAsync("1", "2");
    }

    [Fact]
    public async Task Messages_that_arrive_after_UnstashAll_come_after_the_stash()
    {
        const int Count = 1_000;
        var actor = StartGated();

        for (var i = 0; i < Count; i++)
        {
            actor.Tell(i.ToString(), TestActor);
            if (i == Count / 2)
            {
                actor.Tell("open", TestActor);
            }
        }

        for (var i = 0; i < Count; i++)
        {
            await ExpectMsgAsync(i.ToString());
        }
    }

    // Stashes until it is told "open", then answers each message with itself.
    private IActorRef StartGated(Action? onOpen = null) => StartStashing(a =>
    {
        a.On<string>(m => m == "open", _ =>
        {
            onOpen?.Invoke();
            a.Turn(() => a.On<string>(m => a.Reply(m)));
            a.Stash.UnstashAll();
        });
        a.On<string>(_ => a.Stash.Stash());
    });

    private async Task ExpectAsync(params string[] messages)
    {
        foreach (var message in messages)
        {
            await ExpectMsgAsync(message);
        }
    }
}
