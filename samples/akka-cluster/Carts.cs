using Akka.Actor;
using Akka.Cluster.Sharding;
using RedisActors.AkkaCluster;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>A request to a cart, which is a list in Redis. The id is the same when the request is repeated.</summary>
public sealed record AddItem(string Cart, string RequestId);

/// <summary>The answer: how long the list was with this item.</summary>
public sealed record ItemAdded(string RequestId, long Position);

/// <summary>A shard entity. What it writes carries the id of the request.</summary>
internal sealed class CartEntity : ReceiveActor
{
    private const string Type = "cart";

    public CartEntity(string cart)
    {
        var redis = EntityRedis.Of(Context);
        Receive<AddItem>(add => redis.Tell(
            new RedisCommand("RPUSH", KeyOf(cart), add.RequestId) { State = new Request(Sender, add.RequestId) }, add.RequestId, Self));
        Receive<RedisReply>(reply =>
        {
            var request = (Request)reply.State!;
            request.Client.Tell(new ItemAdded(request.Id, reply.Value.AsInt64()));
        });

        // The client repeats the request.
        Receive<Status.Failure>(_ => { });
    }

    public static string KeyOf(string cart) => $"cart:{cart}";

    /// <summary>On a node that has carts.</summary>
    public static void Start(ActorSystem system)
    {
        var sharding = ClusterSharding.Get(system);
        sharding.Start(Type, cart => Props.Create(() => new CartEntity(cart)), ClusterShardingSettings.Create(system), new Extractor());
    }

    /// <summary>On a node that only sends.</summary>
    public static IActorRef StartProxy(ActorSystem system) => ClusterSharding.Get(system).StartProxy(Type, "redis", new Extractor());

    private sealed record Request(IActorRef Client, string Id);

    private sealed class Extractor() : HashCodeMessageExtractor(30)
    {
        public override string? EntityId(object message) => (message as AddItem)?.Cart;
    }
}
