using System.Collections.Concurrent;
using RedisActors.Testing;
using RedisActors.Tests.CommandMetadata;
using RedisActors.Tests.RedisCluster;

namespace RedisActors.Tests.Sessions;

/// <summary>In a Redis Cluster, what blocks does so on the node that has its key, and follows the key's slot.</summary>
public sealed class ClusterSessionsTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task It_blocks_on_the_node_of_its_key_and_follows_the_slot(DeliveryMode delivery)
    {
        var redis = Redis();
        foreach (var node in Cluster.Nodes)
        {
            var key = await Cluster.KeyOfNodeAsync(node, "list:");
            var reply = redis.ExecuteAsync(new RedisCommand("BLPOP", key, 0) { Delivery = delivery });
            await BlockedAsync(node, 1);
            Assert.False(reply.IsCompleted);

            var other = Cluster.Nodes.First(candidate => candidate != node);
            await Cluster.MoveSlotAsync(ClusterSlots.Of(key), other);
            await BlockedAsync(other, 1);
            (await other.ExecuteAsync("RPUSH", key, "a")).OrThrow();

            Assert.Equal("a", (await reply.WaitAsync(Patience)).Value.AsArray()[1].AsString());
        }
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task Slots_that_move_back_and_forth_under_load_lose_nothing_and_double_nothing(DeliveryMode delivery)
    {
        const int Elements = 600;
        var redis = Redis("sessions.max = 8");
        string[] keys = await KeysOfAsync(Cluster.Nodes[0], 2);
        var taken = new ConcurrentQueue<long>();
        using var stop = new CancellationTokenSource();
        var takers = Enumerable.Range(0, 6).Select(async number =>
        {
            while (!stop.IsCancellationRequested)
            {
                var reply = await redis.ExecuteAsync(new RedisCommand("BLPOP", keys[number % 2], 0.3) { Delivery = delivery });
                if (!reply.Value.IsNull) taken.Enqueue(reply.Value.AsArray()[1].AsInt64());
            }
        }).ToList();
        var pushes = Task.Run(async () =>
        {
            for (var i = 0; i < Elements; i++)
            {
                await redis.ExecuteAsync(new RedisCommand("RPUSH", keys[i % 2], i) { Delivery = DeliveryMode.ExactlyOnce });
                await Task.Delay(2);
            }
        });

        for (var round = 0; round < 4; round++)
        {
            foreach (var key in keys) await Cluster.MoveSlotAsync(ClusterSlots.Of(key), Cluster.Nodes[(round + 1) % 3]);
        }

        await pushes;
        using var patience = new CancellationTokenSource(Patience);
        while (taken.Count < Elements) await Task.Delay(10, patience.Token);
        await stop.CancelAsync();
        await Task.WhenAll(takers).WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(0, Elements).Select(i => (long)i), taken.Order());
    }

    [Fact]
    public async Task What_speaks_of_one_node_or_of_another_database_is_refused()
    {
        var redis = Redis();

        foreach (var command in (RedisCommand[])[new("WAIT", 0, 0), new("WAITAOF", 0, 0, 0), new("BLPOP", "list", 0) { Database = 1 }])
        {
            var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync(command));

            Assert.Equal(Outcome.NotSent, failure.Outcome);
            Assert.Contains("a Redis Cluster", failure.Message);
        }
    }

    [Fact]
    public async Task Keys_of_several_slots_are_rejected_in_the_words_of_the_server()
    {
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => Redis().ExecuteAsync(Words.Command("BLPOP a b 0")));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.StartsWith("CROSSSLOT", failure.ServerError);
    }

    private async Task BlockedAsync(RedisServer node, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while ((await node.InfoAsync("clients"))["blocked_clients"] != count.ToString()) await Task.Delay(5, patience.Token);
    }
}

/// <summary>The same where primaries have replicas.</summary>
public sealed class ClusterFailoverSessionsTests() : ClusterSpec(replicasPerPrimary: 1)
{
    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task What_blocks_goes_on_at_the_replica_that_takes_the_place_of_its_primary(DeliveryMode delivery)
    {
        var redis = Redis();
        var former = Cluster.Nodes[0];
        var key = await Cluster.KeyOfNodeAsync(former);
        var reply = redis.ExecuteAsync(new RedisCommand("BLPOP", key, 0) { Delivery = delivery });
        using var patience = new CancellationTokenSource(Patience);
        while ((await former.InfoAsync("clients"))["blocked_clients"] != "1") await Task.Delay(5, patience.Token);

        var successor = await Cluster.FailOverAsync(former);
        (await successor.ExecuteAsync("RPUSH", key, "a")).OrThrow();

        Assert.Equal("a", (await reply.WaitAsync(Patience)).Value.AsArray()[1].AsString());
    }
}
