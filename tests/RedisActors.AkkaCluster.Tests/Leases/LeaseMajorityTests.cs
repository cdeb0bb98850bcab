using Akka.Actor;
using Akka.Cluster;
using RedisActors.AkkaCluster.Tests.Remote;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>Akka's split brain resolver with the lease.</summary>
public sealed class LeaseMajorityTests : AkkaClusterSpec
{
    /// <summary>The first one that asks is refused by a server that may have forgotten a holder; the resolver asks once.</summary>
    [Fact]
    public async Task The_majority_survives_a_partition_though_the_server_has_just_restarted()
    {
        var settings = $$"""
            {{Node.CanBeCutOff}}
            akka.cluster.split-brain-resolver {
              active-strategy = lease-majority
              lease-majority { lease-implementation = "redis-actors.lease", acquire-lease-delay-for-minority = 500ms }
            }
            redis-actors.lease {
              lease-class = "RedisActors.AkkaCluster.RedisLease, RedisActors.AkkaCluster"
              heartbeat-timeout = 6s
              heartbeat-interval = 1s
              lease-operation-timeout = 2s
            }
            """;
        var one = Start("web", settings);
        var two = Start("web", settings);
        var minority = Start("web", settings);
        await WhenUpAsync(one, two, minority);

        Server.Kill();
        await Server.StartAgainAsync();
        await CutOffAsync(minority);

        await Eventually.HoldsAsync("the minority is removed", () => one.Cluster.State.Members.Count == 2 && two.Cluster.State.Members.Count == 2);
        await Eventually.HoldsAsync("the minority has downed itself", () => minority.Cluster.IsTerminated);
        Assert.False(one.Cluster.IsTerminated || two.Cluster.IsTerminated);
    }
}
