using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests;

public sealed class DeadLetterTests : ActorSpec
{
    [Fact]
    public async Task What_is_told_to_a_stopped_actor_is_a_dead_letter()
    {
        var stopped = await StartAndStopAsync();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        stopped.Tell("too late", TestActor);

        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("too late", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
        Assert.Equal(stopped.Path, letter.Recipient.Path);
    }

    [Fact]
    public async Task What_was_queued_when_an_actor_stopped_is_a_dead_letter()
    {
        using var gate = new ManualResetEventSlim();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var actor = Start(a => a.On<string>(_ =>
        {
            gate.Wait(Patience);
            a.Ctx.Stop(a.Me);
        }));

        actor.Tell("stop");
        actor.Tell(1, TestActor);
        actor.Tell(2, TestActor);
        gate.Set();

        Assert.Equal(1, (await ExpectMsgAsync<DeadLetter>()).Message);
        Assert.Equal(2, (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task What_is_told_to_DeadLetters_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell("to nobody", TestActor);

        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("to nobody", letter.Message);
        Assert.Equal(TestActor, letter.Sender);
    }

    [Fact]
    public async Task What_is_told_to_a_path_where_nobody_is_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.ActorSelection("/user/nobody").Tell("hello?", TestActor);

        Assert.Equal("hello?", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_reply_without_a_sender_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        var echo = Start(a => a.OnAny(m => a.Reply(m)));

        echo.Tell("hello", ActorRefs.NoSender);

        var letter = await ExpectMsgAsync<DeadLetter>();
        Assert.Equal("hello", letter.Message);
        Assert.Equal(echo, letter.Sender);
    }

    [Fact]
    public async Task A_message_that_asks_for_suppression_is_a_SuppressedDeadLetter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        Sys.DeadLetters.Tell(new Quiet(), TestActor);
        Sys.DeadLetters.Tell("loud", TestActor);

        var suppressed = await ExpectMsgAsync<SuppressedDeadLetter>();
        Assert.IsType<Quiet>(suppressed.Message);
        Assert.Equal("loud", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task Who_asked_for_DeadLetter_alone_does_not_see_the_suppressed()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.DeadLetters.Tell(new Quiet(), TestActor);
        Sys.DeadLetters.Tell("loud", TestActor);

        Assert.Equal("loud", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task What_is_told_to_NoBody_is_gone()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        ActorRefs.Nobody.Tell("gone", TestActor);
        Sys.DeadLetters.Tell("seen", TestActor);

        Assert.Equal("seen", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task The_late_reply_to_a_question_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        IActorRef? asker = null;
        var slow = Start(a => a.OnAny(_ => asker = a.From));
        await Assert.ThrowsAsync<AskTimeoutException>(() => slow.Ask("?", TimeSpan.FromMilliseconds(20)));

        await AwaitConditionAsync(() => Volatile.Read(ref asker) is not null, Patience, "never asked");
        asker!.Tell("late", slow);

        Assert.Equal("late", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_dead_letter_is_logged_at_info()
    {
        var stopped = await StartAndStopAsync();

        await EventFilter.DeadLetter<string>().ExpectOneAsync(() =>
        {
            stopped.Tell("too late", TestActor);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_message_that_nobody_handles_is_no_dead_letter_but_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Start(_ => { });

        actor.Tell("what?", TestActor);

        Assert.Equal("what?", (await ExpectMsgAsync<UnhandledMessage>()).Message);
    }

    [Fact]
    public async Task A_dead_letter_that_was_queued_in_a_subscriber_that_stops_is_dropped()
    {
        using var gate = new ManualResetEventSlim();
        var probe = CreateTestProbe();
        var subscriber = Start(a => a.On<string>(_ =>
        {
            gate.Wait(Patience);
            a.Ctx.Stop(a.Me);
        }));
        await probe.WatchAsync(subscriber);
        Sys.EventStream.Subscribe(subscriber, typeof(DeadLetter));
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        subscriber.Tell("stop");

        Sys.DeadLetters.Tell("one", TestActor);
        gate.Set();
        await probe.ExpectTerminatedAsync(subscriber);
        Sys.DeadLetters.Tell("two", TestActor);

        Assert.Equal("one", (await ExpectMsgAsync<DeadLetter>()).Message);
        Assert.Equal("two", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    [Fact]
    public async Task A_subscriber_that_is_dead_itself_does_no_harm()
    {
        var stopped = await StartAndStopAsync();
        Sys.EventStream.Subscribe(stopped, typeof(AllDeadLetters));
        Sys.EventStream.Subscribe(TestActor, typeof(AllDeadLetters));

        Sys.DeadLetters.Tell("one", TestActor);
        Sys.DeadLetters.Tell("two", TestActor);

        Assert.Equal("one", (await ExpectMsgAsync<DeadLetter>()).Message);
        Assert.Equal("two", (await ExpectMsgAsync<DeadLetter>()).Message);
    }

    private async Task<IActorRef> StartAndStopAsync()
    {
        var actor = Start(_ => { });
        await WatchAsync(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        return actor;
    }

    private sealed class Quiet : IDeadLetterSuppression;
}
