using Akka.Actor;
using Akka.Cluster.Sharding;

namespace RedisActors.AkkaCluster.Tests.Sharding;

/// <summary>Adds an item to a cart; the item is the request's id.</summary>
public sealed record AddItem(string Cart, string Request);

/// <summary>The item is in the cart.</summary>
public sealed record ItemAdded(string Request, long Position);

/// <summary>It may be or not; the client tries again.</summary>
public sealed record NotAdded(string Request, string Why);

/// <summary>A cart is a list in Redis: one entry for each request that was applied.</summary>
internal sealed class CartEntity : ReceiveActor
{
    public CartEntity(string cart, double passivates)
    {
        var redis = EntityRedis.Of(Context);
        Receive<AddItem>(add =>
        {
            redis.Tell(
                new RedisCommand("RPUSH", Carts.KeyOf(cart), add.Request) { State = (Sender, add.Request), Timeout = TimeSpan.FromSeconds(5) },
                add.Request,
                Self);

            // With the command under way, whose answer nobody takes then.
            if (Random.Shared.NextDouble() < passivates) Context.Parent.Tell(new Passivate(PoisonPill.Instance));
        });
        Receive<RedisReply>(reply =>
        {
            var (client, request) = ((IActorRef, string))reply.State!;
            client.Tell(new ItemAdded(request, reply.Value.AsInt64()));
        });
        Receive<Status.Failure>(failure =>
        {
            var (client, request) = ((IActorRef, string))failure.State!;
            client.Tell(new NotAdded(request, failure.Cause.Message));
        });
    }
}

/// <summary>The shards of the carts, on the nodes of the role <c>shards</c>.</summary>
internal static class Carts
{
    public const string Role = "shards";
    private const string Type = "cart";

    /// <summary>
    /// The settings of every node. The version is by default that of the program, which the test runner and a node's process do not have in
    /// common; shards stay off nodes of an older one.
    /// </summary>
    public const string Settings = """
        akka.cluster.app-version = "1.0.0"
        redis-actors.akka-cluster { served-by = role, role = shards }
        akka.cluster.sharding {
          role = shards
          retry-interval = 200ms
          rebalance-interval = 1s

          # A node that is killed while a shard moves away from it does not answer.
          handoff-timeout = 5s
          least-shard-allocation-strategy { rebalance-absolute-limit = 12, rebalance-relative-limit = 1.0 }
          coordinator-failure-backoff = 200ms
          entity-restart-backoff = 200ms
          distributed-data.durable.keys = []
          distributed-data.gossip-interval = 200ms
          state-store-mode = ddata
          remember-entities-store = ddata
        }
        tests.carts { remember = off, idle-after = off, passivates = 0 }
        """;

    public static string KeyOf(string cart) => $"cart:{cart}";

    /// <summary>On a node that has shards.</summary>
    public static IActorRef Start(ActorSystem system)
    {
        var sharding = ClusterSharding.Get(system);
        var own = system.Settings.Config.GetConfig("tests.carts");
        var settings = ClusterShardingSettings.Create(system).WithRememberEntities(own.GetBoolean("remember"));
        if (own.GetString("idle-after") != "off") settings = settings.WithPassivateIdleAfter(own.GetTimeSpan("idle-after"));
        var passivates = own.GetDouble("passivates");
        return sharding.Start(
            Type, cart => Props.Create(() => new CartEntity(cart, passivates)), settings, new Extractor());
    }

    /// <summary>On a node that only sends.</summary>
    public static IActorRef StartProxy(ActorSystem system) => ClusterSharding.Get(system).StartProxy(Type, Role, new Extractor());

    private sealed class Extractor() : HashCodeMessageExtractor(12)
    {
        public override string? EntityId(object message) => (message as AddItem)?.Cart;
    }
}
