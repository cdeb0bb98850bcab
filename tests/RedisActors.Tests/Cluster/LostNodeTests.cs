using RedisActors.Testing;

namespace RedisActors.Tests.Cluster;

public sealed class LostNodeTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Fact]
    public async Task A_node_that_stands_still_holds_up_only_its_own_commands()
    {
        var redis = Redis("delivery = exactly-once");
        string[] stuck = await KeysOfAsync(Cluster.Nodes[0], 2);
        string[] free = [.. await KeysOfAsync(Cluster.Nodes[1], 2), .. await KeysOfAsync(Cluster.Nodes[2], 2)];
        var states = WatchStates(redis);
        for (var i = 0; i < 3; i++) await NextAsync<RedisReady>(states);

        await using var stuckLoad = new ListLoad(redis, stuck).Start();
        await using var freeLoad = new ListLoad(redis, free).Start();
        Cluster.Nodes[0].Suspend();
        await NextAsync<RedisLost>(states);
        await Cluster.WaitUntilFailedAsync(Cluster.Nodes[0]);
        await freeLoad.StopAsync();
        Cluster.Nodes[0].Resume();
        await stuckLoad.StopAsync();

        foreach (var load in new[] { stuckLoad, freeLoad })
        {
            Assert.All(load.Appends, append => Assert.Equal((Outcome.Applied, append.Number), (append.Answer.Outcome, append.Answer.Length)));
        }

        var longest = freeLoad.Appends.Max(append => append.Took);
        Assert.True(longest < TimeSpan.FromSeconds(1), $"A command of another node took {longest}.");
        foreach (var key in stuck.Concat(free))
        {
            var list = await ListAsync(key);
            Assert.Equal(Enumerable.Range(1, list.Length).Select(number => (long)number), list);
        }
    }
}
