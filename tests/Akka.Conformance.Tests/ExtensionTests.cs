using Akka.Actor;

namespace Akka.Conformance.Tests;

public sealed class ExtensionTests : ActorSpec
{
    [Fact]
    public void An_extension_is_made_at_the_first_use_and_then_kept()
    {
        var first = CountingExtension.For(Sys);
        var second = Sys.WithExtension<Counting, CountingExtension>();

        Assert.Same(first, second);
        Assert.Equal(1, first.CreatedInThisSystem);
    }

    [Fact]
    public void Many_threads_get_the_same_one()
    {
        var all = new Counting[16];

        Parallel.For(0, all.Length, i => all[i] = CountingExtension.For(Sys));

        Assert.All(all, e => Assert.Same(all[0], e));
        Assert.Equal(1, all[0].CreatedInThisSystem);
    }

    [Fact]
    public async Task Each_system_has_its_own()
    {
        var other = ActorSystem.Create("other", "akka.stdout-loglevel = OFF");

        Assert.NotSame(CountingExtension.For(Sys), CountingExtension.For(other));

        await other.Terminate();
    }

    [Fact]
    public void An_extension_knows_its_system() => Assert.Same(Sys, CountingExtension.For(Sys).System);

    [Fact]
    public void HasExtension_is_true_only_after_it_was_made()
    {
        Assert.False(Sys.HasExtension<Counting>());

        CountingExtension.For(Sys);

        Assert.True(Sys.HasExtension<Counting>());
        Assert.Same(CountingExtension.For(Sys), Sys.GetExtension<Counting>());
        Assert.True(Sys.TryGetExtension<Counting>(out var found));
        Assert.Same(CountingExtension.For(Sys), found);
    }

    [Fact]
    public void TryGetExtension_is_false_for_one_that_was_not_made()
    {
        Assert.False(Sys.TryGetExtension<Counting>(out var found));
        Assert.Null(found);
    }

    [Fact]
    public async Task Extensions_named_in_the_configuration_are_made_at_start()
    {
        var system = ActorSystem.Create(
            "configured",
            $"akka.stdout-loglevel = OFF, akka.extensions = [\"{typeof(CountingExtension).AssemblyQualifiedName}\"]");

        Assert.True(system.HasExtension<Counting>());

        await system.Terminate();
    }

    [Fact]
    public void An_extension_that_cannot_be_made_says_why()
    {
        var thrown = Assert.ThrowsAny<Exception>(() => new FailingExtension().Apply(Sys));

        Assert.Equal("cannot be made", thrown.GetBaseException().Message);
    }

    [Fact]
    public void An_extension_may_start_system_actors()
    {
        var actor = ((ExtendedActorSystem)Sys).SystemActorOf(Scripted.Props(_ => { }), "of-extension");

        Assert.Equal("/system/of-extension", actor.Path.ToStringWithoutAddress());
    }

    public sealed class Counting(ExtendedActorSystem system, int created) : IExtension
    {
        public ActorSystem System { get; } = system;

        public int CreatedInThisSystem { get; } = created;
    }

    public sealed class CountingExtension : ExtensionIdProvider<Counting>
    {
        private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<ActorSystem, StrongCount> Counts = [];

        public static Counting For(ActorSystem system) => system.WithExtension<Counting, CountingExtension>();

        public override Counting CreateExtension(ExtendedActorSystem system) =>
            new(system, Interlocked.Increment(ref Counts.GetOrCreateValue(system).Value));
    }

    private sealed class StrongCount
    {
        public int Value;
    }

    private sealed class FailingExtension : ExtensionIdProvider<Counting>
    {
        public override Counting CreateExtension(ExtendedActorSystem system) =>
            throw new InvalidOperationException("cannot be made");
    }
}
