
using RedisActors.Tests.Lists;

namespace RedisActors.Tests.RedisCluster;

public sealed class FailoverTests() : ClusterSpec(replicasPerPrimary: 1)
{
    [Fact]
    public async Task After_a_primary_was_killed_its_commands_go_to_the_replica_that_takes_its_place()
    {
        var redis = Redis("delivery = exactly-once");
        var killed = Cluster.Nodes[0];
        string[] keys = await KeysOfAsync(killed, 3);
        string[] others = await KeysOfAsync(Cluster.Nodes[1], 3);
        await AskAsync(redis, "PING");

        await using var load = new ListLoad(redis, [.. keys, .. others]).Start();
        var states = WatchStates(redis);
        for (var i = 0; i < 3; i++) await NextAsync<RedisReady>(states);
        killed.Kill();
        var lane = (await NextAsync<RedisLost>(states)).Lane;
        await NextAsync<RedisReady>(states, ready => ready.Lane == lane);
        await AskAsync(redis, "RPUSH", keys[0] + "after", 1);
        await load.StopAsync();

        await Check(load).OnlyUnreplicatedNumbersAreLostAsync();
    }

    [Fact]
    public async Task A_failover_by_hand_loses_nothing()
    {
        var redis = Redis("delivery = exactly-once");
        var former = Cluster.Nodes[0];
        string[] keys = await KeysOfAsync(former, 3);
        await AskAsync(redis, "PING");

        await using var load = new ListLoad(redis, keys).Start();
        await Cluster.FailOverAsync(former);
        await AskAsync(redis, "RPUSH", keys[0] + "after", 1);
        await load.StopAsync();

        await Check(load).NothingIsLostAsync();
    }
}
