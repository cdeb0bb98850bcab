using Akka.Actor;
using Akka.Cluster;
using RedisActors.AkkaCluster.Tests.Remote;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>Akka's split brain resolver with the lease.</summary>
public sealed class LeaseMajorityTests : AkkaClusterSpec
{
    /// <summary>The first one that asks is refused by a server that may have forgotten a holder; the resolver asks once.</summary>
    [Fact]
    public async Task One_side_survives_a_partition_though_the_server_has_just_restarted()
    {
        var settings = $$"""
            {{Node.CanBeCutOff}}
            akka.cluster.split-brain-resolver {
              active-strategy = lease-majority
              lease-majority { lease-implementation = "redis-actors.lease", acquire-lease-delay-for-minority = 1s }
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

        // Which one depends on who notices first; the majority has a start.
        await Eventually.HoldsAsync("one side has removed the other", () => Survives(one, two) || Survives(minority));
        await Eventually.HoldsAsync("the other has downed itself", () => Survives(minority)
            ? one.Cluster.IsTerminated && two.Cluster.IsTerminated
            : minority.Cluster.IsTerminated);
        Assert.NotEqual(Survives(one, two), Survives(minority));
    }

    private static bool Survives(params Node[] side) =>
        side.All(node => !node.Cluster.IsTerminated && node.Cluster.State.Members.Count == side.Length);
}
