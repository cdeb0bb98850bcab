using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class PipeToTests : ActorSpec
{
    [Fact]
    public async Task A_result_is_told_to_the_recipient()
    {
        await Task.FromResult("done").PipeTo(TestActor);

        await ExpectMsgAsync("done");
    }

    [Fact]
    public async Task A_result_that_comes_later_is_told_then()
    {
        var source = new TaskCompletionSource<string>();
        var piped = source.Task.PipeTo(TestActor);
        Assert.False(piped.IsCompleted);

        source.SetResult("done");

        await ExpectMsgAsync("done");
        await piped;
    }

    [Fact]
    public async Task A_failure_is_told_as_Status_Failure_with_its_cause()
    {
        var cause = new InvalidOperationException("no");

        await Task.FromException<string>(cause).PipeTo(TestActor);

        Assert.Same(cause, (await ExpectMsgAsync<Status.Failure>()).Cause.GetBaseException());
    }

    [Fact]
    public async Task The_failure_of_a_task_without_result_is_told_too()
    {
        await Task.FromException(new InvalidOperationException("no")).PipeTo(TestActor);

        Assert.Equal("no", (await ExpectMsgAsync<Status.Failure>()).Cause.GetBaseException().Message);
    }

    [Fact]
    public async Task Cancellation_is_a_failure()
    {
        await Task.FromCanceled<string>(new CancellationToken(canceled: true)).PipeTo(TestActor);

        var cause = (await ExpectMsgAsync<Status.Failure>()).Cause.GetBaseException();
        Assert.IsAssignableFrom<OperationCanceledException>(cause);
    }

    [Fact]
    public async Task A_task_without_result_tells_only_what_success_makes()
    {
        await Task.CompletedTask.PipeTo(TestActor);
        await Task.CompletedTask.PipeTo(TestActor, success: () => "made");

        await ExpectMsgAsync("made");
    }

    [Fact]
    public async Task Success_and_failure_turn_the_outcome_into_a_message()
    {
        await Task.FromResult(21).PipeTo(TestActor, success: n => n * 2, failure: e => e.Message);
        await Task.FromException<int>(new InvalidOperationException("no"))
            .PipeTo(TestActor, success: n => n * 2, failure: e => e.GetBaseException().Message);

        await ExpectMsgAsync(42);
        await ExpectMsgAsync("no");
    }

    [Fact]
    public async Task The_sender_is_the_one_that_is_given()
    {
        var probe = CreateTestProbe();

        await Task.FromResult("done").PipeTo(TestActor, probe.Ref);

        await ExpectMsgAsync("done");
        Assert.Equal(probe.Ref, LastSender);
    }

    [Fact]
    public async Task An_actor_pipes_to_itself_and_goes_on_meanwhile()
    {
        var source = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Start(a =>
        {
            a.On<string>(m => m == "work", _ =>
            {
                var replyTo = a.From;
                source.Task.PipeTo(a.Me, replyTo);
            });
            a.On<string>(m => a.Reply(m));
            a.On<int>(n => a.Reply(n));
        });

        actor.Tell("work", TestActor);
        actor.Tell("meanwhile", TestActor);
        await ExpectMsgAsync("meanwhile");
        source.SetResult(42);

        await ExpectMsgAsync(42);
    }
}
