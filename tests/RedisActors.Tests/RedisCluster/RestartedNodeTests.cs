using RedisActors.Tests.Lists;

namespace RedisActors.Tests.RedisCluster;

public sealed class RestartedNodeTests() : ClusterSpec(replicasPerPrimary: 0, appendOnly: true)
{
    [Fact]
    public async Task Commands_wait_for_a_killed_node_that_nobody_replaces_and_nothing_is_lost_or_done_twice()
    {
        var redis = Redis("delivery = exactly-once");
        string[] keys = [.. await KeysOfAsync(Cluster.Nodes[0], 2), .. await KeysOfAsync(Cluster.Nodes[1], 2)];
        var states = WatchStates(redis);
        for (var i = 0; i < 3; i++) await NextAsync<RedisReady>(states);

        await using var load = new ListLoad(redis, keys).Start();
        for (var round = 0; round < 2; round++)
        {
            await AskAsync(redis, "RPUSH", "{other}", round);
            Cluster.Nodes[0].Kill();
            await NextAsync<RedisLost>(states);
            await Cluster.RestartAsync(Cluster.Nodes[0]);
            await NextAsync<RedisReady>(states);
        }

        await load.StopAsync();

        await Check(load).NothingIsLostAsync();
    }
}
