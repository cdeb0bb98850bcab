using Akka.Actor;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>One way to use RedisActors, compared with the plain client.</summary>
/// <param name="Name">What the command line and the report call it.</param>
/// <param name="Start">Starts the load on a <see cref="RedisActor"/>, with this many commands in flight.</param>
internal sealed record ThroughputRow(string Name, Func<ActorSystem, IActorRef, int, ILoad> Start)
{
    public static readonly IReadOnlyList<ThroughputRow> All =
    [
        new("tell", (system, redis, inFlight) => new TellLoad(system, redis, DeliveryMode.WhenSafe, inFlight)),
        new("tell-exactly-once", (system, redis, inFlight) => new TellLoad(system, redis, DeliveryMode.ExactlyOnce, inFlight)),
        new("execute", (_, redis, inFlight) => new ExecuteLoad(redis, inFlight)),
        new("ask", (_, redis, inFlight) => new AskLoad(redis, inFlight)),
    ];
}
