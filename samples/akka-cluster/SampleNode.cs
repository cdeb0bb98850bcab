using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using RedisActors.AkkaCluster;

namespace RedisActors.Samples.AkkaCluster;

/// <summary>One node of the sample's cluster: an actor system that has joined it.</summary>
internal sealed class SampleNode
{
    /// <summary>The port of node 1, whom the others join.</summary>
    public const int FirstPort = 4053;

    private SampleNode(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    /// <summary>The node's address for commands.</summary>
    public IActorRef Redis => RemoteRedisExtension.Get(System).Redis;

    public int MembersUp =>
        Akka.Cluster.Cluster.Get(System).State.Members.Count(member => member.Status == MemberStatus.Up);

    public static SampleNode Start(int port, string redis, string servedBy) => new(ActorSystem.Create("shop", ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          actor.provider = cluster
          extensions = ["RedisActors.AkkaCluster.RemoteRedisExtensionProvider, RedisActors.AkkaCluster"]

          # Akka's own transport (akka.remote.dot-netty.tcp) does as well. This one needs nothing but sockets.
          remote.enabled-transports = ["akka.remote.loopback"]
          remote.loopback {
            transport-class = "RedisActors.Samples.AkkaCluster.LoopbackTransport, RedisActors.Samples.AkkaCluster"
            applied-adapters = []
            port = {{port}}
          }

          cluster {
            seed-nodes = ["akka.tcp://shop@127.0.0.1:{{FirstPort}}"]
            roles = [{{(port == FirstPort ? "web" : "redis")}}]
            split-brain-resolver.stable-after = 5s
          }

          # The processes end themselves.
          coordinated-shutdown.exit-clr = off
        }
        redis-actors {
          default { endpoint = "{{redis}}", exactly-once.keep = 1m }
          akka-cluster { served-by = {{servedBy}}, role = redis }
        }
        """)));

    /// <summary>Leaves the cluster in good order, and ends.</summary>
    public Task LeaveAsync() => CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
}
