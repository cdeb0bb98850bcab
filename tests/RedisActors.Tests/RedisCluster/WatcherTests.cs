using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.RedisCluster;

public sealed class WatcherTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Fact]
    public async Task A_watcher_that_fails_is_restarted_and_slots_are_followed_as_before()
    {
        var redis = Redis("command-timeout = 20s");
        var (node, next) = (Cluster.Nodes[0], Cluster.Nodes[1]);
        var key = (await KeysOfAsync(node, 1))[0];
        Assert.Equal(Outcome.Applied, await OutcomeAsync(AskAsync(redis, "SET", key, "before")));

        for (var i = 0; i < 3; i++)
        {
            Kit.Sys.ActorSelection(redis.Path / "redis-cluster").Tell(Kill.Instance);
            await Cluster.MoveSlotAsync(ClusterSlots.Of(key), next);
            Assert.Equal(Outcome.Applied, await OutcomeAsync(AskAsync(redis, "SET", key, i)));
            (node, next) = (next, node);
        }

        Assert.Equal("2", (await node.ExecuteAsync("GET", key)).Text);
    }
}
