using System.Diagnostics;
using Akka.Actor;
using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Tests.Servers;

/// <summary>What traces and metrics cost while nobody listens to them.</summary>
[Collection(nameof(AllProcessors))]
public sealed class NobodyListensTests
{
    [Fact]
    public void A_command_is_as_large_within_an_activity_as_without_one()
    {
        RedisValue[] arguments = ["key"];
        var without = AllocatedBy(arguments);
        using var current = new Activity("current").SetIdFormat(ActivityIdFormat.W3C).Start();

        Assert.Equal(without, AllocatedBy(arguments));
        Assert.Equal(default, new RedisCommand("GET", arguments).Trace);
    }

    [Fact]
    public void Nothing_stands_before_the_sender()
    {
        var sender = ActorRefs.Nobody;

        Assert.Same(sender, TracedSender.Of(new RedisCommand("GET", "key"), sender, sender, new TracedServer(null, 0, 0)));
        using var spans = new Spans();
        Assert.NotSame(sender, TracedSender.Of(new RedisCommand("GET", "key"), sender, new Named(), new TracedServer(null, 0, 0)));
    }

    private static long AllocatedBy(RedisValue[] arguments)
    {
        _ = new RedisCommand("GET", arguments);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) _ = new RedisCommand("GET", arguments);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private sealed class Named : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "none")) / "redis";

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
