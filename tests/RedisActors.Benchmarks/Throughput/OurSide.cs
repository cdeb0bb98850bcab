using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>Our side of a comparison: an actor system, and the names of its connections.</summary>
internal sealed record OurSide(ActorSystem System, IReadOnlyList<string> Connections)
{
    public IReadOnlyList<IActorRef> Redis => [.. Connections.Select(RedisExtension.Get(System).Connection)];

    /// <summary>The typed API over each of them.</summary>
    public IReadOnlyList<IDatabase> Multiplexed =>
        [.. Connections.Select(name => RedisExtension.Get(System).Multiplexer(connection: name).GetDatabase())];
}
