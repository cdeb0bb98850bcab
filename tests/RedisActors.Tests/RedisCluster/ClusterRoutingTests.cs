using RedisActors.Testing;

namespace RedisActors.Tests.RedisCluster;

public sealed class ClusterRoutingTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Fact]
    public async Task Each_command_goes_to_the_node_of_its_key_over_one_connection_per_node()
    {
        var redis = Redis(endpoints: [Cluster.Endpoints[1]]);
        var keys = new List<string>();
        foreach (var node in Cluster.Nodes) keys.AddRange(await KeysOfAsync(node, 5));

        await Task.WhenAll(keys.Select(key => AskAsync(redis, "SET", key, "value")));
        await AskAsync(redis, "PING");

        foreach (var node in Cluster.Nodes)
        {
            Assert.Equal("5", (await node.ExecuteAsync("DBSIZE")).Text);
            Assert.Equal(1, await CountOursAsync(node));
        }
    }

    [Fact]
    public async Task A_slot_that_moves_takes_its_commands_along_and_opens_no_further_connection()
    {
        var redis = Redis();
        var (from, to) = (Cluster.Nodes[0], Cluster.Nodes[1]);
        var key = await Cluster.KeyOfNodeAsync(from);
        await AskAsync(redis, "SET", key, "first");
        await Cluster.MoveSlotAsync(ClusterSlots.Of(key), to);

        Assert.Equal("first", (await AskAsync(redis, "GET", key)).Value.AsString());
        await AskAsync(redis, "SET", key, "second");

        Assert.Equal("second", (await to.ExecuteAsync("GET", key)).Text);
        foreach (var node in Cluster.Nodes) Assert.Equal(1, await CountOursAsync(node));
    }

    [Fact]
    public async Task A_slot_on_its_way_answers_when_it_has_arrived()
    {
        var redis = Redis();
        var key = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        await AskAsync(redis, "PING");
        var move = await Cluster.BeginMoveAsync(ClusterSlots.Of(key), Cluster.Nodes[2]);

        var waiting = AskAsync(redis, "INCR", key);
        Assert.Equal(1, (await AskAsync(redis, "INCR", await Cluster.KeyOfNodeAsync(Cluster.Nodes[1]))).Value.AsInt64());
        Assert.False(waiting.IsCompleted);
        await move.CompleteAsync();

        Assert.Equal(1, (await waiting).Value.AsInt64());
        Assert.Equal("1", (await Cluster.Nodes[2].ExecuteAsync("GET", key)).Text);
    }

    [Fact]
    public async Task Commands_whose_keys_are_on_several_nodes_are_rejected_and_those_that_speak_of_one_node_refused()
    {
        var redis = Redis();
        var one = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var other = await Cluster.KeyOfNodeAsync(Cluster.Nodes[1]);

        var rejected = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "MSET", one, 1, other, 2));
        Assert.Equal(Outcome.Rejected, rejected.Outcome);
        Assert.StartsWith("CROSSSLOT", rejected.ServerError, StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "CLUSTER", "NODES"));
        Assert.Equal(Outcome.NotSent, refused.Outcome);
    }

    [Fact]
    public async Task Commands_wait_while_no_node_can_be_found_and_say_why_when_their_time_is_up()
    {
        var redis = Redis("command-timeout = 500ms", endpoints: ["127.0.0.1:1"]);

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "GET", "key"));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
    }

    private static async Task<int> CountOursAsync(RedisServer node) =>
        (await node.ListClientsAsync()).Count(client => client.Name.StartsWith("redis-actors-", StringComparison.Ordinal));
}
