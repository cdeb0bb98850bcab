namespace RedisActors.Testing.Tests;

public sealed class RedisClusterServersTests
{
    private const int Slot = 12182;

    [Fact]
    public async Task The_nodes_share_the_slots_and_refer_to_each_other()
    {
        await using var cluster = await RedisClusterServers.StartAsync();
        Assert.Equal(3, cluster.Nodes.Count);
        Assert.Same(cluster.Nodes[0], await cluster.NodeOfSlotAsync(0));
        Assert.Same(cluster.Nodes[2], await cluster.NodeOfSlotAsync(16383));

        foreach (var node in cluster.Nodes)
        {
            var key = await cluster.KeyOfNodeAsync(node, "mine:");
            Assert.Equal(ClusterSlots.Of(key), (await node.ExecuteAsync("CLUSTER", "KEYSLOT", key)).AsInt64());
            Assert.Equal("OK", (await node.ExecuteAsync("SET", key, "v")).Text);
            var other = cluster.Nodes.First(candidate => candidate != node);
            Assert.Equal($"MOVED {ClusterSlots.Of(key)} {node.Endpoint}", (await other.ExecuteAsync("GET", key)).Text);
        }
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("{user1000}.following")]
    [InlineData("foo{}{bar}")]
    [InlineData("foo{{bar}}zap")]
    [InlineData("grüße")]
    [InlineData("}{")]
    public async Task Slots_are_those_of_the_server(string key)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions
        {
            Arguments = ["--cluster-enabled", "yes", "--cluster-port", $"{LoopbackPorts.PickFree()}"],
        });

        Assert.Equal((await server.ExecuteAsync("CLUSTER", "KEYSLOT", key)).AsInt64(), ClusterSlots.Of(key));
    }

    [Fact]
    public void There_is_a_key_for_every_slot()
    {
        var slots = Enumerable.Range(0, ClusterSlots.Count);
        Assert.Equal(slots, slots.Select(slot => ClusterSlots.Of(ClusterSlots.KeyOf(slot, "p:"))));
    }

    [Fact]
    public async Task The_slots_of_other_nodes_go_on_while_one_is_lost_and_it_comes_back_with_its_data()
    {
        await using var cluster = await RedisClusterServers.StartAsync();
        var lost = cluster.Nodes[1];
        var lostKey = await cluster.KeyOfNodeAsync(lost);
        var otherKey = await cluster.KeyOfNodeAsync(cluster.Nodes[0]);
        await lost.ExecuteAsync("SET", lostKey, "v");

        lost.Kill();
        await cluster.WaitUntilFailedAsync(lost, TimeSpan.FromSeconds(20));
        Assert.Equal("OK", (await cluster.Nodes[0].ExecuteAsync("SET", otherKey, "v")).Text);
        Assert.True((await cluster.Nodes[0].ExecuteAsync("GET", lostKey)).IsError);

        await cluster.RestartAsync(lost);
        Assert.Equal("v", (await lost.ExecuteAsync("GET", lostKey)).Text);
    }

    [Fact]
    public async Task All_slots_stop_with_one_node_where_full_coverage_is_required()
    {
        await using var cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions { RequireFullCoverage = true });
        var key = await cluster.KeyOfNodeAsync(cluster.Nodes[0]);

        cluster.Nodes[1].Kill();
        await Eventually.HoldsAsync(async () =>
            (await cluster.Nodes[0].ExecuteAsync("SET", key, "v")).Text.StartsWith("CLUSTERDOWN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_suspended_node_is_missed_and_taken_back()
    {
        await using var cluster = await RedisClusterServers.StartAsync();
        cluster.Nodes[2].Suspend();
        await cluster.WaitUntilFailedAsync(cluster.Nodes[2]);
        await cluster.WaitUntilHealthyAsync();

        cluster.Nodes[2].Resume();
        await cluster.WaitUntilHealthyAsync();
        Assert.Same(cluster.Nodes[2], await cluster.NodeOfSlotAsync(16383));
    }

    [Fact]
    public async Task A_replica_takes_the_place_of_a_killed_primary_which_comes_back_as_its_replica()
    {
        await using var cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions { ReplicasPerPrimary = 1 });
        var (primary, replica) = (cluster.Nodes[0], cluster.Nodes[3]);
        Assert.Equal([replica], await cluster.ReplicasOfAsync(primary));
        var key = ClusterSlots.KeyOf(7);
        await primary.ExecuteAsync("SET", key, "v");
        Assert.Equal(1, (await primary.ExecuteAsync("WAIT", "1", "10000")).AsInt64());

        primary.Kill();
        Assert.Same(replica, await cluster.WaitForOwnerOtherThanAsync(primary, 7, TimeSpan.FromSeconds(20)));
        Assert.Equal("v", (await replica.ExecuteAsync("GET", key)).Text);
        await Eventually.HoldsAsync(async () => (await replica.ExecuteAsync("SET", key, "w")).Text == "OK");

        await cluster.RestartAsync(primary);
        await Eventually.HoldsAsync(async () => (await primary.InfoAsync("replication"))["role"] == "slave");
        Assert.Equal([primary], await cluster.ReplicasOfAsync(replica));
        Assert.Same(replica, await cluster.NodeOfSlotAsync(7));
    }

    [Fact]
    public async Task A_failover_without_need_loses_nothing_and_goes_both_ways()
    {
        await using var cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions { ReplicasPerPrimary = 1 });
        var (primary, replica) = (cluster.Nodes[2], cluster.Nodes[5]);
        var key = await cluster.KeyOfNodeAsync(primary);
        await primary.ExecuteAsync("SET", key, "v");

        Assert.Same(replica, await cluster.FailOverAsync(primary));
        Assert.Equal("v", (await replica.ExecuteAsync("GET", key)).Text);
        Assert.Equal("slave", (await primary.InfoAsync("replication"))["role"]);
        Assert.Same(primary, await cluster.FailOverAsync(replica));
        Assert.Equal("OK", (await primary.ExecuteAsync("SET", key, "w")).Text);
    }

    [Fact]
    public async Task A_slot_halfway_is_served_by_both_nodes_with_ASK_for_what_has_moved()
    {
        await using var cluster = await RedisClusterServers.StartAsync();
        var from = await cluster.NodeOfSlotAsync(Slot);
        var to = cluster.Nodes.First(node => node != from);
        string[] keys = [ClusterSlots.KeyOf(Slot, "a:"), ClusterSlots.KeyOf(Slot, "b:"), ClusterSlots.KeyOf(Slot, "c:")];
        foreach (var key in keys) await from.ExecuteAsync("SET", key, key);

        var move = await cluster.BeginMoveAsync(Slot, to);
        Assert.Equal(2, await move.MoveKeysAsync(2));

        var answers = await Task.WhenAll(keys.Select(key => from.ExecuteAsync("GET", key)));
        Assert.Equal(2, answers.Count(answer => answer.Text == $"ASK {Slot} {to.Endpoint}"));
        Assert.Single(answers, answer => !answer.IsError);
        var moved = keys[Array.FindIndex(answers, answer => answer.IsError)];
        Assert.Equal($"MOVED {Slot} {from.Endpoint}", (await to.ExecuteAsync("GET", moved)).Text);
        await using (var asking = await to.ConnectAsync())
        {
            await asking.ExecuteAsync("ASKING");
            Assert.Equal(moved, (await asking.ExecuteAsync("GET", moved)).Text);
        }

        await move.CompleteAsync();
        Assert.Same(to, await cluster.NodeOfSlotAsync(Slot));
        foreach (var key in keys)
        {
            Assert.Equal(key, (await to.ExecuteAsync("GET", key)).Text);
            Assert.Equal($"MOVED {Slot} {to.Endpoint}", (await from.ExecuteAsync("GET", key)).Text);
        }
    }

    [Fact]
    public async Task A_slot_moves_in_batches_with_a_pause_after_each_and_back()
    {
        await using var cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions
        {
            Server = new RedisServerOptions { Password = "secret" },
        });
        var from = await cluster.NodeOfSlotAsync(Slot);
        var to = cluster.Nodes.First(node => node != from);
        for (var i = 0; i < 25; i++) (await from.ExecuteAsync("SET", ClusterSlots.KeyOf(Slot, $"{i}:"), "v")).OrThrow();

        var left = new List<long>();
        await cluster.MoveSlotAsync(Slot, to, async move => left.Add((await from.ExecuteAsync("DBSIZE")).AsInt64()));
        Assert.Equal([15, 5, 0], left);
        Assert.Equal(25, (await to.ExecuteAsync("DBSIZE")).AsInt64());

        await cluster.MoveSlotAsync(Slot, from);
        Assert.Equal(25, (await from.ExecuteAsync("DBSIZE")).AsInt64());
        await cluster.WaitUntilHealthyAsync();
    }

    [Fact]
    public async Task A_cluster_can_speak_TLS()
    {
        using var certificates = new TestCertificates();
        var tls = new RedisServerTls(certificates) { RequireClientCertificate = true };
        await using var cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions
        {
            ReplicasPerPrimary = 1,
            Server = new RedisServerOptions { Tls = tls },
        });
        var from = await cluster.NodeOfSlotAsync(Slot);
        var key = ClusterSlots.KeyOf(Slot);
        await from.ExecuteAsync("SET", key, "v");

        await cluster.MoveSlotAsync(Slot, cluster.Nodes[0]);
        Assert.Equal($"MOVED {Slot} {cluster.Nodes[0].Endpoint}", (await from.ExecuteAsync("GET", key)).Text);
        await cluster.FailOverAsync(cluster.Nodes[0]);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_cluster_that_was_disposed()
    {
        var cluster = await RedisClusterServers.StartAsync();
        cluster.Nodes[0].Suspend();
        cluster.Nodes[1].Kill();
        await cluster.DisposeAsync();

        Assert.All(cluster.Nodes, node =>
        {
            Assert.False(Processes.Exists(node.ProcessId));
            Assert.False(Directory.Exists(node.Folder));
        });
    }
}
