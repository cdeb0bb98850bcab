using Akka.Actor;

namespace Akka.Conformance.Tests;

/// <summary>References, paths and what the context knows of an actor's family.</summary>
public sealed class ActorRefTests : ActorSpec
{
    [Fact]
    public async Task A_path_names_the_system_and_the_family()
    {
        var parent = Start(a => a.On<Props>(p => a.Reply(a.Ctx.ActorOf(p, "child"))), "parent");
        var child = await parent.Ask<IActorRef>(Silent(), Patience);

        Assert.Equal($"akka://{Sys.Name}/user/parent/child", child.Path.ToString());
        Assert.Equal("/user/parent/child", child.Path.ToStringWithoutAddress());
        Assert.Equal("child", child.Path.Name);
        Assert.Equal(parent.Path, child.Path.Parent);
        Assert.Equal(["user", "parent", "child"], child.Path.Elements);
    }

    [Fact]
    public void Actors_without_a_name_are_given_one_each()
    {
        var names = Enumerable.Range(0, 100).Select(_ => Sys.ActorOf(Silent()).Path.Name).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.All(names, name => Assert.StartsWith("$", name));
    }

    [Fact]
    public void A_name_is_taken_once()
    {
        Sys.ActorOf(Silent(), "taken");

        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Silent(), "taken"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("with/slash")]
    [InlineData("$dollar")]
    [InlineData("with space")]
    public void A_name_that_cannot_be_a_path_is_refused(string name) =>
        Assert.Throws<InvalidActorNameException>(() => Sys.ActorOf(Silent(), name));

    [Theory]
    [InlineData("connection-1")]
    [InlineData("a_b.c")]
    [InlineData("UPPER")]
    public void A_name_of_letters_digits_and_some_signs_is_taken(string name) =>
        Assert.Equal(name, Sys.ActorOf(Silent(), name).Path.Name);

    [Fact]
    public async Task References_are_equal_when_they_mean_the_same_actor()
    {
        var actor = Start(a => a.OnAny(_ => a.Reply(a.Me)));

        var self = await actor.Ask<IActorRef>("who are you?", Patience);

        Assert.Equal(actor, self);
        Assert.Equal(actor.GetHashCode(), self.GetHashCode());
        Assert.NotEqual(actor, Start(_ => { }));
    }

    [Fact]
    public void Nobody_is_nobody()
    {
        Assert.True(ActorRefs.Nobody.IsNobody());
        Assert.False(TestActor.IsNobody());
    }

    [Fact]
    public async Task The_context_knows_parent_children_and_system()
    {
        var parent = Start(a => a.On<string>(_ =>
        {
            var one = a.Ctx.ActorOf(Silent(), "one");
            a.Ctx.ActorOf(Silent(), "two");
            a.Reply(a.Ctx.Parent.Path.ToStringWithoutAddress());
            a.Reply(string.Join(' ', a.Ctx.GetChildren().Select(c => c.Path.Name).Order()));
            a.Reply(a.Ctx.Child("one").Equals(one));
            a.Reply(a.Ctx.Child("three").IsNobody());
            a.Reply(ReferenceEquals(a.Ctx.System, Sys));
            a.Reply(a.Ctx.Self.Equals(a.Me));
        }));

        parent.Tell("?", TestActor);

        await ExpectMsgAsync("/user");
        await ExpectMsgAsync("one two");
        await ExpectMsgAsync(true);
        await ExpectMsgAsync(true);
        await ExpectMsgAsync(true);
        await ExpectMsgAsync(true);
    }

    [Fact]
    public async Task A_child_may_use_its_parent()
    {
        Start(a =>
        {
            a.OnPreStart = () => a.Ctx.ActorOf(Scripted.Props(c => c.OnPreStart = () => c.Ctx.Parent.Tell("from child")));
            a.OnAny(m => TestActor.Tell(m));
        });

        await ExpectMsgAsync("from child");
    }

    [Fact]
    public async Task Props_take_a_type_and_arguments_or_an_expression()
    {
        var byType = Sys.ActorOf(Props.Create(typeof(Says), "by type"));
        var byGeneric = Sys.ActorOf(Props.Create<Says>("by generic"));
        var byExpression = Sys.ActorOf(Props.Create(() => new Says("by expression")));

        Assert.Equal("by type", await byType.Ask<string>("?", Patience));
        Assert.Equal("by generic", await byGeneric.Ask<string>("?", Patience));
        Assert.Equal("by expression", await byExpression.Ask<string>("?", Patience));
        Assert.Equal(typeof(Says), Props.Create(() => new Says("x")).Type);
    }

    [Fact]
    public async Task A_producer_makes_the_actor_and_each_new_instance_of_it()
    {
        var producer = new CountingProducer();
        var actor = Sys.ActorOf(Props.CreateBy(producer));
        Assert.Equal("made 1", await actor.Ask<string>("?", Patience));

        actor.Tell(new InvalidOperationException("asked to"));

        Assert.Equal("made 2", await actor.Ask<string>("?", Patience));
    }

    [Fact]
    public async Task Props_may_be_used_more_than_once()
    {
        var props = Props.Create(() => new Says("the same"));
        var actors = Enumerable.Range(0, 10).Select(_ => Sys.ActorOf(props)).ToList();

        foreach (var actor in actors)
        {
            Assert.Equal("the same", await actor.Ask<string>("?", Patience));
        }
    }

    private static Props Silent() => Scripted.Props(_ => { });

    private sealed class Says : ReceiveActor
    {
        public Says(string text)
        {
            Receive<Exception>(e => throw e);
            ReceiveAny(_ => Sender.Tell(text));
        }
    }

    private sealed class CountingProducer : IIndirectActorProducer
    {
        private int _made;

        public Type ActorType => typeof(Says);

        public ActorBase Produce() => new Says($"made {++_made}");

        public void Release(ActorBase actor)
        {
        }
    }
}
