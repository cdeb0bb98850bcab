using System.Diagnostics;
using RedisActors.Tests.Lists;

namespace RedisActors.Tests.RedisCluster;

public sealed class LostNodeTests() : ClusterSpec(replicasPerPrimary: 0)
{
    private const int Window = 500;

    [Fact]
    public async Task A_node_that_stands_still_holds_up_only_its_own_commands()
    {
        var redis = Redis("delivery = exactly-once");
        string[] stuck = await KeysOfAsync(Cluster.Nodes[0], 2);
        string[] free = [.. await KeysOfAsync(Cluster.Nodes[1], 2), .. await KeysOfAsync(Cluster.Nodes[2], 2)];
        var states = WatchStates(redis);
        for (var i = 0; i < 3; i++) await NextAsync<RedisReady>(states);

        await using var stuckLoad = new ListLoad(redis, stuck, Window).Start();
        await using var freeLoad = new ListLoad(redis, free, Window).Start();
        Cluster.Nodes[0].Suspend();
        var stoppedAt = Stopwatch.GetTimestamp();
        await NextAsync<RedisLost>(states);
        var noticedAt = Stopwatch.GetTimestamp();
        await Cluster.WaitUntilFailedAsync(Cluster.Nodes[0]);
        await freeLoad.StopAsync();
        Cluster.Nodes[0].Resume();
        await stuckLoad.StopAsync();

        await Check(stuckLoad).NothingIsLostAsync();
        await Check(freeLoad).NothingIsLostAsync();

        // More than fit into the window: so room for them was made by answers, after the node was stopped.
        var meanwhile = freeLoad.Appends.Where(append => append.SentAt > stoppedAt && append.Answer.At < noticedAt).ToArray();
        Assert.True(meanwhile.Length > Window, $"Before the loss was noticed, {meanwhile.Length} commands of the other nodes were answered.");
        Assert.Equal(free.Order(), meanwhile.Select(append => append.Key).Distinct().Order());
    }
}
