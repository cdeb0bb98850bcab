using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>One node of an Akka cluster, over Akka.Remote's own TCP transport.</summary>
internal sealed class Node
{
    /// <summary>
    /// The settings of nodes that can be cut off, by the throttling adapter that Akka.Remote brings for tests: it drops what a node sends
    /// and what it is sent, and closes nothing. A TCP proxy in front of each node could not do that: Akka.Remote opens connections in both
    /// directions and uses each for both, so what a node sends goes through the proxies of the others, where it looks like anybody's. Only
    /// where it is needed: with the adapter, a node does not see that a connection is broken.
    /// </summary>
    public const string CanBeCutOff = "akka.remote.dot-netty.tcp.applied-adapters = [\"trttl\"]";

    private Node(string name, ActorSystem system)
    {
        Name = name;
        System = system;
        Redis = RemoteRedisExtension.Get(system).RemoteRedis;
    }

    /// <summary>The name under which its connection to Redis is listed there.</summary>
    public string Name { get; }

    public ActorSystem System { get; }

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    public Address Address => Cluster.SelfAddress;

    /// <summary>The node's <see cref="RemoteRedis"/>.</summary>
    public IActorRef Redis { get; }

    public static Node Start(string name, string role, string settings) => new(name, ActorSystem.Create("shop", ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = {{Environment.GetEnvironmentVariable("REDISACTORS_TEST_LOG") ?? "OFF"}}
          stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown {
            exit-clr = off
            run-by-clr-shutdown-hook = off
            run-by-actor-system-terminate = off
          }
          cluster {
            roles = [{{role}}]
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            unreachable-nodes-reaper-interval = 200ms
            periodic-tasks-initial-delay = 100ms
            failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 2s }
            split-brain-resolver.stable-after = 2s
            down-removal-margin = 500ms
            singleton.min-number-of-hand-over-retries = 10
            singleton.hand-over-retry-interval = 200ms
          }
        }
        {{settings}}
        """)));

    /// <summary>
    /// Nothing that it sends to these nodes arrives any more, nor anything that they send to it; and nobody is told. All of them need the
    /// settings <see cref="CanBeCutOff"/>.
    /// </summary>
    public async Task CutOffFromAsync(IEnumerable<Node> others)
    {
        var remoting = ((IRemoteActorRefProvider)((ExtendedActorSystem)System).Provider).Transport;
        foreach (var other in others)
        {
            Assert.True(await remoting.ManagementCommand(
                new SetThrottle(other.Address, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance)));
        }
    }

    /// <summary>
    /// Its connections to other nodes break, with what was on its way; Akka.Remote makes new ones. Ends the actors of Akka.Remote that write
    /// to them, which close them: the nodes are in one process, and nothing else can close its sockets.
    /// </summary>
    public void Disconnect() => System.ActorSelection("/system/endpointManager/*/endpointWriter").Tell(PoisonPill.Instance);

    /// <summary>Leaves the Akka cluster in good order, and ends.</summary>
    public async Task LeaveAsync()
    {
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(Eventually.Patience);
        await System.Terminate();
    }

    public Task EndAsync() => System.Terminate();
}
