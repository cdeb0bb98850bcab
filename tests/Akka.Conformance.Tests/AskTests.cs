using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class AskTests : ActorSpec
{
    [Fact]
    public async Task The_reply_is_the_result()
    {
        var echo = StartEcho();

        Assert.Equal("hello", await echo.Ask<string>("hello", Patience));
    }

    [Fact]
    public async Task Many_questions_at_once_get_their_own_replies()
    {
        var echo = StartEcho();

        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => echo.Ask<int>(n, Patience)));

        Assert.Equal(Enumerable.Range(0, 500), replies);
    }

    [Fact]
    public async Task Silence_is_an_AskTimeoutException()
    {
        var silent = Start(a => a.OnAny(_ => { }));

        await Assert.ThrowsAsync<AskTimeoutException>(
            () => silent.Ask<string>("hello?", TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task Cancellation_ends_the_question()
    {
        var silent = Start(a => a.OnAny(_ => { }));
        using var cancel = new CancellationTokenSource();

        var asked = silent.Ask<string>("hello?", Patience, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task Status_Failure_is_thrown_as_its_cause()
    {
        var failing = Start(a => a.OnAny(_ => a.Reply(new Status.Failure(new InvalidOperationException("no")))));

        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => failing.Ask<string>("?", Patience));

        Assert.Equal("no", Assert.IsType<InvalidOperationException>(thrown.GetBaseException()).Message);
    }

    [Fact]
    public async Task Status_Failure_is_the_result_when_it_is_what_was_asked_for()
    {
        var failing = Start(a => a.OnAny(_ => a.Reply(new Status.Failure(new InvalidOperationException("no")))));

        var failure = await failing.Ask<Status.Failure>("?", Patience);

        Assert.Equal("no", failure.Cause.Message);
    }

    [Fact]
    public async Task Status_Success_is_a_result_like_any_other()
    {
        var succeeding = Start(a => a.OnAny(m => a.Reply(new Status.Success(m))));

        Assert.Equal("?", (await succeeding.Ask<Status.Success>("?", Patience)).Status);
    }

    [Fact]
    public async Task A_reply_of_another_type_is_an_ArgumentException()
    {
        var echo = StartEcho();

        await Assert.ThrowsAsync<ArgumentException>(() => echo.Ask<int>("not a number", Patience));
    }

    [Fact]
    public async Task A_reply_of_a_derived_type_is_taken()
    {
        var echo = StartEcho();

        var reply = await echo.Ask<Exception>(new ArgumentNullException("x"), Patience);

        Assert.IsType<ArgumentNullException>(reply);
    }

    [Fact]
    public async Task A_question_without_type_takes_any_reply()
    {
        var echo = StartEcho();

        Assert.Equal(42, await echo.Ask(42, Patience));
    }

    [Fact]
    public async Task Only_the_first_reply_counts()
    {
        var eager = Start(a => a.OnAny(_ =>
        {
            a.Reply(1);
            a.Reply(2);
        }));

        Assert.Equal(1, await eager.Ask<int>("?", Patience));
        Assert.Equal(1, await eager.Ask<int>("?", Patience));
    }

    [Fact]
    public async Task The_message_may_be_made_from_the_reference_that_awaits_the_reply()
    {
        var actor = Start(a => a.On<IActorRef>(replyTo => replyTo.Tell("to you")));

        Assert.Equal("to you", await actor.Ask<string>((IActorRef replyTo) => replyTo, Patience, CancellationToken.None));
    }

    [Fact]
    public async Task An_actor_that_forwards_lets_another_reply()
    {
        var echo = StartEcho();
        var forwarder = Start(a => a.OnAny(m => echo.Forward(m)));

        Assert.Equal("hello", await forwarder.Ask<string>("hello", Patience));
    }

    [Fact]
    public async Task Ask_may_be_awaited_inside_a_handler()
    {
        var echo = StartEcho();
        var asker = Start(a => a.OnAsync<string>(async m => a.Reply(await echo.Ask<string>(m + "!", Patience))));

        Assert.Equal("hello!", await asker.Ask<string>("hello", Patience));
    }

    [Fact]
    public async Task An_answer_from_another_actor_is_piped_to_the_asker()
    {
        var echo = StartEcho();
        var asker = Start(a => a.On<string>(m =>
        {
            var replyTo = a.From;
            echo.Ask<string>(m, Patience).PipeTo(replyTo, a.Me);
        }));

        Assert.Equal("hello", await asker.Ask<string>("hello", Patience));
    }

    [Fact]
    public async Task A_selection_can_be_asked()
    {
        Start(a => a.OnAny(m => a.Reply(m)), "echo");

        Assert.Equal("hello", await Sys.ActorSelection("/user/echo").Ask<string>("hello", Patience));
    }

    private IActorRef StartEcho() => Start(a => a.OnAny(m => a.Reply(m)));
}

public sealed class AskTimeoutTests() : ActorSpec("akka.actor.ask-timeout = 50ms")
{
    [Fact]
    public async Task Without_a_timeout_the_one_of_the_configuration_holds()
    {
        var silent = Start(a => a.OnAny(_ => { }));

        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<string>("hello?").WaitAsync(Patience));
    }

    [Fact]
    public async Task A_timeout_that_is_given_goes_before_it()
    {
        var silent = Start(a => a.OnAny(_ => { }));

        var asked = silent.Ask<string>("hello?", Timeout.InfiniteTimeSpan);
        await Assert.ThrowsAsync<AskTimeoutException>(() => silent.Ask<string>("hello?").WaitAsync(Patience));

        Assert.False(asked.IsCompleted);
    }
}
