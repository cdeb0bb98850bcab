using Akka.Actor;
using Akka.Event;

namespace Akka.Conformance.Tests;

public sealed class BecomeTests : ActorSpec
{
    [Fact]
    public async Task Become_replaces_the_behaviour_for_the_next_message()
    {
        var actor = Start(a =>
        {
            void Green() => Answers(a, "green", ("next", () => a.Turn(Red)));
            void Red() => Answers(a, "red", ("next", () => a.Turn(Green)));
            Green();
        });

        await AnswersAsync(actor, "green");
        actor.Tell("next");
        await AnswersAsync(actor, "red");
        actor.Tell("next");
        await AnswersAsync(actor, "green");
    }

    [Fact]
    public async Task UnbecomeStacked_returns_to_the_behaviour_below()
    {
        var actor = StartStacking();

        actor.Tell("push");
        actor.Tell("push");
        await AnswersAsync(actor, "level 2");
        actor.Tell("pop");
        await AnswersAsync(actor, "level 1");
        actor.Tell("pop");
        await AnswersAsync(actor, "level 0");
    }

    [Fact]
    public async Task UnbecomeStacked_on_the_last_behaviour_leaves_it()
    {
        var actor = StartStacking();

        actor.Tell("pop");
        actor.Tell("pop");

        await AnswersAsync(actor, "level 0");
    }

    [Fact]
    public async Task Become_replaces_only_the_top_of_the_stack()
    {
        var actor = Start(a =>
        {
            void Bottom() => Answers(a, "bottom", ("push", () => a.Push(Stacked)));
            void Stacked() => Answers(a, "stacked", ("replace", () => a.Turn(Replaced)));
            void Replaced() => Answers(a, "replaced", ("pop", a.Pop));
            Bottom();
        });

        actor.Tell("push");
        actor.Tell("replace");
        await AnswersAsync(actor, "replaced");
        actor.Tell("pop");
        await AnswersAsync(actor, "bottom");
    }

    [Fact]
    public async Task A_new_behaviour_does_not_inherit_the_handlers_of_the_old_one()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = Start(a =>
        {
            a.On<string>(_ => a.Turn(() => a.On<int>(a_ => { })));
        });

        actor.Tell("turn");
        actor.Tell("not known any more", TestActor);

        var unhandled = await ExpectMsgAsync<UnhandledMessage>();
        Assert.Equal("not known any more", unhandled.Message);
        Assert.Equal(TestActor, unhandled.Sender);
        Assert.Equal(actor, unhandled.Recipient);
    }

    [Fact]
    public async Task A_restart_returns_to_the_first_behaviour()
    {
        var actor = Start(a =>
        {
            void First() => Answers(a, "first", ("next", () => a.Push(Second)));
            void Second() => Answers(a, "second");
            First();
        });

        actor.Tell("next");
        await AnswersAsync(actor, "second");
        actor.Tell("fail");

        await AnswersAsync(actor, "first");
    }

    [Fact]
    public async Task The_first_handler_that_matches_wins()
    {
        var actor = Start(a =>
        {
            a.On<int>(n => n > 10, _ => a.Reply("large"));
            a.On<int>(_ => a.Reply("small"));
            a.On<IComparable>(_ => a.Reply("comparable"));
            a.OnAny(_ => a.Reply("any"));
        });

        actor.Tell(11, TestActor);
        actor.Tell(3, TestActor);
        actor.Tell("text", TestActor);
        actor.Tell(new object(), TestActor);

        await ExpectMsgAsync("large");
        await ExpectMsgAsync("small");
        await ExpectMsgAsync("comparable");
        await ExpectMsgAsync("any");
    }

    [Fact]
    public async Task A_handler_of_a_base_type_receives_derived_messages()
    {
        var actor = Start(a => a.On<Exception>(e => a.Reply(e.GetType().Name)));

        actor.Tell(new ArgumentNullException(), TestActor);

        await ExpectMsgAsync(nameof(ArgumentNullException));
    }

    [Fact]
    public async Task No_handler_may_follow_ReceiveAny()
    {
        Start(a =>
        {
            a.OnAny(_ => { });
            TestActor.Tell(Record.Exception(() => a.On<string>(_ => { }))!.GetType());
        });

        await ExpectMsgAsync(typeof(InvalidOperationException));
    }

    [Fact]
    public async Task Handlers_may_only_be_added_while_a_behaviour_is_configured()
    {
        var actor = Start(a => a.On<string>(_ => a.Reply(Record.Exception(() => a.On<int>(_ => { }))!.GetType())));

        actor.Tell("add one", TestActor);

        await ExpectMsgAsync(typeof(InvalidOperationException));
    }

    [Fact]
    public async Task Become_after_an_await_holds_for_the_next_message()
    {
        var actor = Start(a =>
        {
            a.OnAsync<string>(async _ =>
            {
                await Task.Yield();
                a.Turn(() => a.On<string>(_ => a.Reply("turned")));
            });
        });

        actor.Tell("turn", TestActor);
        actor.Tell("who?", TestActor);

        await ExpectMsgAsync("turned");
    }

    [Fact]
    public async Task An_UntypedActor_becomes_a_method()
    {
        var actor = Sys.ActorOf(Props.Create<Switch>());

        actor.Tell("?", TestActor);
        await ExpectMsgAsync("off");
        actor.Tell("flip", TestActor);
        actor.Tell("?", TestActor);
        await ExpectMsgAsync("on");
        actor.Tell("flip", TestActor);
        actor.Tell("?", TestActor);
        await ExpectMsgAsync("off");
    }

    private async Task AnswersAsync(IActorRef actor, string answer)
    {
        actor.Tell("?", TestActor);
        await ExpectMsgAsync(answer);
    }

    private static void Answers(Scripted a, string answer, params (string Command, Action Act)[] commands)
    {
        a.On<string>(s => s == "?", _ => a.Reply(answer));
        a.On<string>(s => s == "fail", _ => throw new InvalidOperationException("asked to"));
        foreach (var (command, act) in commands)
        {
            a.On<string>(s => s == command, _ => act());
        }
    }

    private IActorRef StartStacking() => Start(a =>
    {
        Level(0);

        void Level(int n) => Answers(a, $"level {n}", ("push", () => a.Push(() => Level(n + 1))), ("pop", a.Pop));
    });

    private sealed class Switch : UntypedActor
    {
        protected override void OnReceive(object message) => Off(message);

        private void Off(object message)
        {
            if (Equals(message, "flip"))
            {
                BecomeStacked(On);
            }
            else
            {
                Sender.Tell("off");
            }
        }

        private void On(object message)
        {
            if (Equals(message, "flip"))
            {
                UnbecomeStacked();
            }
            else
            {
                Sender.Tell("on");
            }
        }
    }
}
