using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace RedisActors.AkkaCluster.Tests.Nodes;

/// <summary>One node of a cluster.</summary>
internal sealed class Node
{
    private readonly Network _network;

    private Node(Network network, ActorSystem system, Address address)
    {
        _network = network;
        System = system;
        Address = address;
        Redis = RemoteRedisExtension.Get(system).Redis;
    }

    public ActorSystem System { get; }

    public Address Address { get; }

    public Akka.Cluster.Cluster Cluster => Akka.Cluster.Cluster.Get(System);

    /// <summary>The node's <see cref="RemoteRedis"/>.</summary>
    public IActorRef Redis { get; }

    public static Node Start(Network network, string role, string settings)
    {
        var transport = network.NextNode(out var address);
        var system = ActorSystem.Create("shop", ConfigurationFactory.ParseString($$"""
            akka.loglevel = {{Environment.GetEnvironmentVariable("REDISACTORS_TEST_LOG") ?? "OFF"}}
            akka.stdout-loglevel = OFF
            akka.actor.provider = cluster
            akka.coordinated-shutdown.exit-clr = off
            akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
            akka.coordinated-shutdown.run-by-actor-system-terminate = off
            akka.cluster {
              roles = [{{role}}]
              gossip-interval = 200ms
              leader-actions-interval = 200ms
              unreachable-nodes-reaper-interval = 200ms
              periodic-tasks-initial-delay = 100ms
              failure-detector { heartbeat-interval = 200ms, acceptable-heartbeat-pause = 3s }
              split-brain-resolver.stable-after = 3s
              down-removal-margin = 500ms
              singleton.min-number-of-hand-over-retries = 10
              singleton.hand-over-retry-interval = 200ms
              singleton-proxy.singleton-identification-interval = 200ms
            }
            {{settings}}
            """).WithFallback(ConfigurationFactory.ParseString(transport)));
        network.Guard(address);
        return new Node(network, system, address);
    }

    /// <summary>Leaves the cluster in good order, and ends.</summary>
    public async Task LeaveAsync()
    {
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClusterLeavingReason.Instance).WaitAsync(Eventually.Patience);
        await System.Terminate();
    }

    /// <summary>Nothing is heard of it any more, and nothing that it does later is.</summary>
    public void CutOff() => _network.CutOff(Address);

    public Task EndAsync() => System.Terminate();
}
