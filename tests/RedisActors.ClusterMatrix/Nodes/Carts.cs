using Akka.Actor;
using Akka.Cluster.Sharding;
using RedisActors.AkkaCluster;

namespace RedisActors.ClusterMatrix;

/// <summary>A request to the entity that has a list; the same each time it is repeated.</summary>
/// <param name="List">The list.</param>
/// <param name="Id">What is added.</param>
/// <param name="Until">
/// No entity takes it after this. A node that was stopped for longer than <c>exactly-once.keep</c> finds requests in its sockets that have been
/// repeated, applied by another node, and forgotten since.
/// </param>
public sealed record AddItem(string List, int Id, DateTime Until);

/// <summary>How long the list was with this item.</summary>
public sealed record ItemAdded(AddItem Request, long Length);

/// <summary>A shard entity that has a list in Redis.</summary>
internal sealed class CartEntity : ReceiveActor
{
    public CartEntity(string list)
    {
        var redis = EntityRedis.Of(Context);
        Receive<AddItem>(
            add => DateTime.UtcNow < add.Until,
            add => redis.Tell(new RedisCommand("RPUSH", list, add.Id) { State = (Sender, add) }, $"{add.Id}", Self));
        Receive<RedisReply>(reply =>
        {
            var (client, request) = ((IActorRef, AddItem))reply.State!;
            client.Tell(new ItemAdded(request, reply.Value.AsInt64()));
        });

        // Too late.
        Receive<AddItem>(_ => { });

        // The client repeats the request.
        Receive<Status.Failure>(_ => { });
    }
}

/// <summary>The shards.</summary>
internal static class Carts
{
    private const string Type = "cart";

    public static void Start(ActorSystem system, string role) => ClusterSharding.Get(system).Start(
        Type, list => Props.Create(() => new CartEntity(list)), ClusterShardingSettings.Create(system).WithRole(role), new Extractor());

    public static IActorRef StartProxy(ActorSystem system, string role) =>
        ClusterSharding.Get(system).StartProxy(Type, role, new Extractor());

    private sealed class Extractor() : HashCodeMessageExtractor(12)
    {
        public override string? EntityId(object message) => (message as AddItem)?.List;
    }
}
