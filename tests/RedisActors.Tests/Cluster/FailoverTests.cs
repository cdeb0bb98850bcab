using RedisActors.Testing;

namespace RedisActors.Tests.Cluster;

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

        Assert.All(load.Appends, append => Assert.Equal(Outcome.Applied, append.Answer.Outcome));
        await CheckListsAsync(load, keys);
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

        Assert.All(load.Appends, append => Assert.Equal((Outcome.Applied, append.Number), (append.Answer.Outcome, append.Answer.Length)));
        foreach (var keyed in load.Appends.GroupBy(append => append.Key))
        {
            Assert.Equal(keyed.Select(append => append.Number), await ListAsync(keyed.Key));
        }
    }

    /// <summary>
    /// Nothing twice and nothing out of order. What the killed node had answered and not yet told its replica is lost, by the
    /// nature of asynchronous replication: it was answered before the replica took over, and is the end of what was answered then.
    /// </summary>
    private async Task CheckListsAsync(ListLoad load, string[] keys)
    {
        foreach (var key in keys)
        {
            var sent = load.Appends.Where(append => append.Key == key).ToArray();
            var list = await ListAsync(key);
            Assert.Equal(list.Distinct().Order(), list);
            var missing = sent.Where(append => !list.Contains(append.Number)).ToArray();
            if (missing.Length == 0) continue;

            var gap = missing[^1].Number - missing[0].Number + 1;
            Assert.Equal(missing.Length, gap);
            var next = sent.FirstOrDefault(append => append.Number == missing[^1].Number + 1);
            if (next is not null) Assert.Equal(missing[0].Number, next.Answer.Length);
        }
    }
}
