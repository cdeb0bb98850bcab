using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class SenderTests : ActorSpec
{
    [Fact]
    public async Task The_sender_is_the_actor_given_to_Tell()
    {
        var echo = Start(a => a.OnAny(m => a.Reply(m)));
        var probe = CreateTestProbe();

        echo.Tell("hello", probe.Ref);

        await probe.ExpectMsgAsync("hello");
        Assert.Equal(echo, probe.LastSender);
    }

    [Fact]
    public async Task Tell_inside_an_actor_names_that_actor_as_the_sender()
    {
        var teller = Start(a => a.On<IActorRef>(to => to.Tell("hello")));

        teller.Tell(TestActor);

        await ExpectMsgAsync("hello");
        Assert.Equal(teller, LastSender);
    }

    [Fact]
    public async Task Without_a_sender_the_sender_is_dead_letters()
    {
        var probe = CreateTestProbe();
        var actor = Start(a => a.OnAny(_ => probe.Ref.Tell(a.From)));

        actor.Tell("hello", ActorRefs.NoSender);

        Assert.Equal(Sys.DeadLetters, await probe.ExpectMsgAsync<IActorRef>());
    }

    [Fact]
    public async Task Forward_keeps_the_original_sender()
    {
        var probe = CreateTestProbe();
        var forwarder = Start(a => a.OnAny(m => probe.Ref.Forward(m)));

        forwarder.Tell("hello", TestActor);

        await probe.ExpectMsgAsync("hello");
        Assert.Equal(TestActor, probe.LastSender);
    }

    [Fact]
    public async Task The_sender_is_the_same_after_an_await()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var other = CreateTestProbe();
        var actor = Start(a => a.OnAsync<string>(async m =>
        {
            await gate.Task;
            a.Reply(m);
        }));

        actor.Tell("mine", TestActor);
        actor.Tell("theirs", other.Ref);
        gate.SetResult();

        await ExpectMsgAsync("mine");
        await other.ExpectMsgAsync("theirs");
    }

    [Fact]
    public async Task Self_and_Context_are_there_after_an_await()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Start(
            a => a.OnAsync<string>(async _ =>
            {
                await gate.Task;
                var child = a.Ctx.ActorOf(Scripted.Props(c => c.OnAny(m => c.Reply(m))), "child");
                child.Forward(a.Me.Path.Name);
            }),
            "parent");

        actor.Tell("go", TestActor);
        gate.SetResult();

        await ExpectMsgAsync("parent");
        Assert.Equal("/user/parent/child", LastSender.Path.ToStringWithoutAddress());
    }

    [Fact]
    public async Task Tell_after_an_await_names_the_actor_as_the_sender()
    {
        var actor = Start(a => a.OnAsync<IActorRef>(async to =>
        {
            await Task.Yield();
            to.Tell("hello");
        }));

        actor.Tell(TestActor, ActorRefs.NoSender);

        await ExpectMsgAsync("hello");
        Assert.Equal(actor, LastSender);
    }

    [Fact]
    public async Task The_next_message_waits_until_the_awaiting_handler_is_done()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Start(a =>
        {
            a.OnAsync<int>(async n =>
            {
                a.Reply($"begin {n}");
                await gate.Task;
                a.Reply($"end {n}");
            });
            a.On<string>(m => a.Reply(m));
        });

        actor.Tell(1, TestActor);
        actor.Tell("after", TestActor);
        actor.Tell(2, TestActor);
        await ExpectMsgAsync("begin 1");
        gate.SetResult();

        await ExpectMsgAsync("end 1");
        await ExpectMsgAsync("after");
        await ExpectMsgAsync("begin 2");
        await ExpectMsgAsync("end 2");
    }

    [Fact]
    public async Task An_exception_after_an_await_is_a_failure_of_the_actor()
    {
        var probe = CreateTestProbe();
        var actor = Start(a =>
        {
            a.OnPostRestart = e => probe.Ref.Tell(e.Message);
            a.OnAsync<string>(async m =>
            {
                await Task.Yield();
                throw new InvalidOperationException(m);
            });
        });

        actor.Tell("boom");

        await probe.ExpectMsgAsync("boom");
    }

    [Fact]
    public async Task A_message_told_through_a_selection_keeps_its_sender()
    {
        Start(a => a.OnAny(m => a.Reply(m)), "echo");

        Sys.ActorSelection("/user/echo").Tell("hello", TestActor);

        await ExpectMsgAsync("hello");
        Assert.Equal("echo", LastSender.Path.Name);
    }

    [Fact]
    public async Task A_selection_of_a_path_that_is_not_there_does_not_resolve()
    {
        await Assert.ThrowsAsync<ActorNotFoundException>(
            () => Sys.ActorSelection("/user/nobody").ResolveOne(Patience));
    }

    [Fact]
    public async Task A_selection_resolves_to_the_actor_itself()
    {
        var echo = Start(a => a.OnAny(m => a.Reply(m)), "echo");

        Assert.Equal(echo, await Sys.ActorSelection("/user/echo").ResolveOne(Patience));
    }

    [Fact]
    public async Task Identify_is_answered_by_every_actor()
    {
        var actor = Start(_ => { });

        actor.Tell(new Identify(42), TestActor);

        var identity = await ExpectMsgAsync<ActorIdentity>();
        Assert.Equal(42, identity.MessageId);
        Assert.Equal(actor, identity.Subject);
    }
}
