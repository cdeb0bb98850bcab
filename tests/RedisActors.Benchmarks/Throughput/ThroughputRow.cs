using Akka.Actor;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>One way to use RedisActors, compared with the plain client.</summary>
/// <param name="Name">What the command line and the report call it.</param>
/// <param name="Start">Starts the load on one or several connections.</param>
internal sealed record ThroughputRow(string Name, Func<OurSide, LoadShape, ILoad> Start)
{
    public static readonly IReadOnlyList<ThroughputRow> All =
    [
        OfTold("tell", DeliveryMode.WhenSafe),
        OfTold("tell-exactly-once", DeliveryMode.ExactlyOnce),
        new("execute", (ours, shape) => new AwaitLoad(ours.Redis, shape, (actor, command) => actor.ExecuteAsync(command))),
        new("ask", (ours, shape) => new AwaitLoad(ours.Redis, shape, (actor, command) => actor.Ask<RedisReply>(command))),
        new("multiplexer", (ours, shape) => new PlainLoad(ours.Multiplexed, shape)),
    ];

    /// <summary>How its commands are delivered, where actors tell them.</summary>
    public DeliveryMode? Told { get; private init; }

    private static ThroughputRow OfTold(string name, DeliveryMode delivery) =>
        new(name, (ours, shape) => new TellLoad(ours.System, ours.Redis, delivery, shape)) { Told = delivery };
}
