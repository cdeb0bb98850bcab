using Akka.Actor;
using Akka.TestKit;

namespace Akka.Conformance.Tests;

/// <summary>What a test may expect of the test kit, and that it fails when it should.</summary>
public sealed class TestKitTests : ActorSpec
{
    private static readonly TimeSpan Briefly = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task What_the_test_tells_has_the_test_actor_as_its_sender()
    {
        var echo = Start(a => a.OnAny(m => a.Reply(m)));

        echo.Tell("before an await");
        await ExpectMsgAsync("before an await");
        await Task.Yield();
        echo.Tell("after an await");

        await ExpectMsgAsync("after an await");
    }

    [Fact]
    public async Task ExpectMsg_fails_when_another_message_comes()
    {
        TestActor.Tell("other");

        await Assert.ThrowsAnyAsync<Exception>(async () => await ExpectMsgAsync("expected"));
    }

    [Fact]
    public async Task ExpectMsg_fails_when_a_message_of_another_type_comes()
    {
        TestActor.Tell("text");

        await Assert.ThrowsAnyAsync<Exception>(async () => await ExpectMsgAsync<int>());
    }

    [Fact]
    public async Task ExpectMsg_fails_when_nothing_comes_in_time() =>
        await Assert.ThrowsAnyAsync<Exception>(async () => await ExpectMsgAsync<string>(Briefly));

    [Fact]
    public async Task ExpectMsg_takes_a_condition()
    {
        TestActor.Tell(42);
        Assert.Equal(42, await ExpectMsgAsync<int>(n => n > 40));

        TestActor.Tell(1);
        await Assert.ThrowsAnyAsync<Exception>(async () => await ExpectMsgAsync<int>(n => n > 40));
    }

    [Fact]
    public async Task ExpectMsg_takes_an_assertion()
    {
        TestActor.Tell(42);

        await ExpectMsgAsync<int>(n => Assert.InRange(n, 40, 50));
    }

    [Fact]
    public async Task ExpectMsg_takes_a_message_of_a_derived_type()
    {
        TestActor.Tell(new ArgumentNullException());

        Assert.IsType<ArgumentNullException>(await ExpectMsgAsync<ArgumentException>());
    }

    [Fact]
    public async Task ExpectMsgFrom_also_holds_the_sender_against_it()
    {
        var probe = CreateTestProbe();

        TestActor.Tell("hello", probe.Ref);
        await ExpectMsgFromAsync(probe.Ref, "hello");
        TestActor.Tell("hello", probe.Ref);
        await Assert.ThrowsAnyAsync<Exception>(async () => await ExpectMsgFromAsync(TestActor, "hello"));
    }

    [Fact]
    public async Task ExpectNoMsg_succeeds_in_silence_and_fails_otherwise()
    {
        await ExpectNoMsgAsync(Briefly);
        TestActor.Tell("hello");

        await Assert.ThrowsAnyAsync<Exception>(async () => await ExpectNoMsgAsync(Patience));
    }

    [Fact]
    public async Task ExpectMsgAllOf_takes_them_in_any_order()
    {
        TestActor.Tell("b");
        TestActor.Tell("a");

        var all = await CollectAsync(ExpectMsgAllOfAsync<string>(["a", "b"]));

        Assert.Equal(["a", "b"], all.Order());
    }

    [Fact]
    public async Task ExpectMsgAnyOf_takes_one_of_them()
    {
        TestActor.Tell("b");

        Assert.Equal("b", await ExpectMsgAnyOfAsync(["a", "b"]));
    }

    [Fact]
    public async Task ReceiveN_receives_that_many_in_order()
    {
        for (var i = 0; i < 5; i++)
        {
            TestActor.Tell(i);
        }

        Assert.Equal([0, 1, 2, 3, 4], (await CollectAsync(ReceiveNAsync(5, Patience))).Cast<int>());
    }

    [Fact]
    public async Task ReceiveN_fails_when_fewer_come()
    {
        TestActor.Tell(0);

        await Assert.ThrowsAnyAsync<Exception>(async () => await CollectAsync(ReceiveNAsync(2, Briefly)));
    }

    [Fact]
    public async Task ReceiveOne_is_null_when_nothing_comes()
    {
        TestActor.Tell("hello");

        Assert.Equal("hello", await ReceiveOneAsync(Patience));
        Assert.Null(await ReceiveOneAsync(Briefly));
    }

    [Fact]
    public async Task FishForMessage_passes_over_what_does_not_match()
    {
        TestActor.Tell(1);
        TestActor.Tell("text");
        TestActor.Tell(2);

        Assert.Equal(2, await FishForMessageAsync<int>(n => n == 2));
    }

    [Fact]
    public async Task FishForMessage_fails_when_nothing_matches_in_time()
    {
        TestActor.Tell(1);

        await Assert.ThrowsAnyAsync<Exception>(async () => await FishForMessageAsync(m => m is 2, Briefly));
    }

    [Fact]
    public async Task ExpectTerminated_needs_a_watch()
    {
        var actor = Start(_ => { });
        await WatchAsync(actor);

        Sys.Stop(actor);

        Assert.Equal(actor, (await ExpectTerminatedAsync(actor)).ActorRef);
    }

    [Fact]
    public async Task Ignored_messages_are_not_seen()
    {
        IgnoreMessages(m => m is int);
        TestActor.Tell(1);
        TestActor.Tell("seen");
        await ExpectMsgAsync("seen");

        IgnoreNoMessages();
        TestActor.Tell(2);
        await ExpectMsgAsync(2);
    }

    [Fact]
    public async Task HasMessages_and_LastMessage_tell_what_is_there()
    {
        Assert.False(HasMessages);
        TestActor.Tell("hello");

        await AwaitConditionAsync(() => HasMessages, Patience, "nothing came");
        await ExpectMsgAsync("hello");

        Assert.Equal("hello", LastMessage);
        Assert.False(HasMessages);
    }

    [Fact]
    public async Task A_probe_replies_to_who_sent_the_last_message()
    {
        var probe = CreateTestProbe();

        probe.Ref.Tell("question", TestActor);
        await probe.ExpectMsgAsync("question");
        probe.Reply("answer");

        await ExpectMsgAsync("answer");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public async Task A_probe_forwards_the_last_message_with_its_sender()
    {
        var asker = CreateTestProbe();
        var probe = CreateTestProbe();

        probe.Ref.Tell("question", asker.Ref);
        await probe.ExpectMsgAsync("question");
        probe.Forward(TestActor);

        await ExpectMsgAsync("question");
        Assert.Equal(asker.Ref, LastSender);
    }

    [Fact]
    public async Task A_probe_sends_as_itself()
    {
        var probe = CreateTestProbe();
        var echo = Start(a => a.OnAny(m => a.Reply(m)));

        probe.Send(echo, "hello");

        await probe.ExpectMsgAsync("hello");
    }

    [Fact]
    public async Task A_probe_can_be_told_like_an_actor()
    {
        var probe = CreateTestProbe("named");

        IActorRef asActor = probe;
        asActor.Tell("hello", TestActor);

        await probe.ExpectMsgAsync("hello");
        Assert.Equal("named", probe.Ref.Path.Name);
    }

    [Fact]
    public async Task An_auto_pilot_answers_by_itself_and_the_messages_are_still_seen()
    {
        var probe = CreateTestProbe();
        probe.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            sender.Tell($"{message}!");
            return AutoPilot.KeepRunning;
        }));

        Assert.Equal("1!", await probe.Ref.Ask<string>(1, Patience));
        Assert.Equal("2!", await probe.Ref.Ask<string>(2, Patience));

        await probe.ExpectMsgAsync(1);
        await probe.ExpectMsgAsync(2);
    }

    [Fact]
    public async Task AwaitAssert_tries_until_it_passes()
    {
        var tries = 0;

        await AwaitAssertAsync(() => Assert.True(++tries >= 3), Patience, TimeSpan.FromMilliseconds(1));

        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task AwaitAssert_fails_with_what_failed_last()
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(
            () => AwaitAssertAsync(() => throw new InvalidOperationException("still not"), Briefly, Briefly / 10));

        Assert.Contains("still not", thrown.GetBaseException().Message);
    }

    [Fact]
    public async Task AwaitCondition_waits_and_fails_when_it_never_holds()
    {
        var tries = 0;

        await AwaitConditionAsync(() => Task.FromResult(++tries >= 3), Patience);
        await Assert.ThrowsAnyAsync<Exception>(() => AwaitConditionAsync(() => Task.FromResult(false), Briefly));
    }

    [Fact]
    public async Task AwaitConditionNoThrow_tells_whether_it_held()
    {
        Assert.True(await AwaitConditionNoThrowAsync(() => true, Patience));
        Assert.False(await AwaitConditionNoThrowAsync(() => false, Briefly));
    }

    [Fact]
    public async Task Within_bounds_what_is_expected_inside() =>
        await Assert.ThrowsAnyAsync<Exception>(
            () => WithinAsync(Briefly, async () => await ExpectMsgAsync<string>()).WaitAsync(Patience / 2));

    [Fact]
    public async Task Within_fails_when_it_took_too_long() =>
        await Assert.ThrowsAnyAsync<Exception>(() => WithinAsync(Briefly, async () =>
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            while (watch.Elapsed < 4 * Briefly)
            {
                await Task.Yield();
            }
        }));

    [Fact]
    public async Task Within_hands_on_the_result()
    {
        TestActor.Tell("hello");

        var result = await WithinAsync(Patience, async () => await ExpectMsgAsync<string>());

        Assert.Equal("hello", result);
    }

    [Fact]
    public async Task Remaining_counts_down_inside_Within() => await WithinAsync(Patience, async () =>
    {
        Assert.InRange(Remaining, TimeSpan.Zero, Patience);
        var before = Remaining;
        await AwaitConditionAsync(() => Remaining < before, Patience, "the clock stands still");
    });

    [Fact]
    public async Task A_test_kit_may_share_a_system_that_is_already_there()
    {
        var system = ActorSystem.Create("shared", DefaultConfig);
        using (var kit = new Akka.TestKit.Xunit2.TestKit(system))
        {
            kit.TestActor.Tell("hello", ActorRefs.NoSender);
            await kit.ExpectMsgAsync("hello");
            Assert.Same(system, kit.Sys);
        }

        await system.Terminate().WaitAsync(Patience);
    }

    [Fact]
    public async Task Disposing_the_test_kit_terminates_its_system()
    {
        var kit = new Akka.TestKit.Xunit2.TestKit("akka.stdout-loglevel = OFF");
        var system = kit.Sys;

        kit.Dispose();

        await system.WhenTerminated.WaitAsync(Patience);
    }

    private static async Task<List<T>> CollectAsync<T>(IAsyncEnumerable<T> source)
    {
        var all = new List<T>();
        await foreach (var item in source)
        {
            all.Add(item);
        }

        return all;
    }
}
