using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>One way to send commands, compared with the plain client as it is usually used.</summary>
/// <param name="Name">What the command line and the report call it.</param>
/// <param name="Start">Starts the load on one or several connections, ours or the plain client's.</param>
internal sealed record ThroughputRow(string Name, Func<OurSide, IReadOnlyList<IDatabase>, LoadShape, ILoad> Start)
{
    public static readonly IReadOnlyList<ThroughputRow> All =
    [
        OfTold("tell", DeliveryMode.WhenSafe),
        OfTold("tell-exactly-once", DeliveryMode.ExactlyOnce),
        OfTold("tell-without-copying", DeliveryMode.WhenSafe, copies: false),
        new("execute", (ours, _, shape) => new AwaitLoad(ours.Redis, shape, (actor, command) => actor.ExecuteAsync(command))),
        new("ask", (ours, _, shape) => new AwaitLoad(ours.Redis, shape, (actor, command) => actor.Ask<RedisReply>(command))),
        new("multiplexer", (ours, _, shape) => new PlainLoad(ours.Multiplexed, shape)),
        new("limit", (_, plain, shape) => new PipelineLoad(plain, shape)),
    ];

    /// <summary>How its commands are delivered, where actors tell them.</summary>
    public DeliveryMode? Told { get; private init; }

    private static ThroughputRow OfTold(string name, DeliveryMode delivery, bool copies = true) =>
        new(name, (ours, _, shape) => new TellLoad(ours.System, ours.Redis, delivery, shape, copies)) { Told = copies ? delivery : null };
}
