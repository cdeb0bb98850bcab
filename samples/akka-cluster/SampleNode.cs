using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using RedisActors.AkkaCluster;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>What every node of the sample is started with, in whichever process it lives.</summary>
/// <param name="SeedPort">The port of node 1, which the others join.</param>
/// <param name="Redis">The Redis server, <c>host:port</c>.</param>
/// <param name="ServedBy"><c>role</c> or <c>singleton</c>; or <c>sharding</c>, where each node with shard entities has its own connection.</param>
internal sealed record SampleSettings(int SeedPort, string Redis, string ServedBy);

/// <summary>One node of the sample's Akka cluster: an actor system that has joined it.</summary>
internal sealed class SampleNode
{
    private SampleNode(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    /// <summary>Where this node sends its Redis commands.</summary>
    public IActorRef Redis => RemoteRedisExtension.Get(System).RemoteRedis;

    public int MembersUp =>
        Akka.Cluster.Cluster.Get(System).State.Members.Count(member => member.Status == MemberStatus.Up);

    public static SampleNode Start(int port, SampleSettings settings)
    {
        var node = new SampleNode(ActorSystem.Create("shop", Config(port, settings)));
        if (settings.ServedBy == "sharding" && port != settings.SeedPort) CartEntity.Start(node.System);
        return node;
    }

    /// <summary>Leaves the Akka cluster in good order, and ends.</summary>
    public Task LeaveAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);

    private static Config Config(int port, SampleSettings settings) => ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = cluster
          extensions = ["RedisActors.AkkaCluster.RemoteRedisExtensionProvider, RedisActors.AkkaCluster"]
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{port}} }
          cluster {
            seed-nodes = ["akka.tcp://shop@127.0.0.1:{{settings.SeedPort}}"]
            roles = [{{(port == settings.SeedPort ? "web" : "redis")}}]
            split-brain-resolver.stable-after = 5s
            sharding {
              role = redis
              state-store-mode = ddata
              distributed-data.durable.keys = []
              rebalance-interval = 2s
            }
          }

          # Ctrl-C ends the processes at once; a node leaves when RollingRestart tells it to.
          coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off }
        }
        redis-actors {
          default { endpoint = "{{settings.Redis}}", exactly-once.keep = 1m }
          akka-cluster { served-by = {{(settings.ServedBy == "sharding" ? "role" : settings.ServedBy)}}, role = redis }
        }
        """);
}
