using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests;

/// <summary>A Redis Cluster and a Sentinel below: above, one server that stands alone.</summary>
public sealed class RoutedTests
{
    [Fact]
    public async Task Keys_of_all_slots_go_through_one_multiplexer()
    {
        await using var servers = await RedisClusterServers.StartAsync();
        var system = Create($"topology = cluster, endpoints = [{string.Join(", ", servers.Endpoints.Select(endpoint => $"\"{endpoint}\""))}]");
        try
        {
            var multiplexer = RedisExtension.Get(system).Multiplexer();
            var database = multiplexer.GetDatabase();
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => database.StringSetAsync($"key {i}", i)));
            var values = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => database.StringGetAsync($"key {i}")));
            Assert.Equal(Enumerable.Range(0, 1000), values.Select(value => (int)value));
            foreach (var node in servers.Nodes.Take(3)) Assert.NotEqual(0, (await node.ExecuteAsync("DBSIZE")).OrThrow().AsInt64());

            var transaction = database.CreateTransaction();
            transaction.AddCondition(Condition.StringEqual("{a}1", RedisValue.Null));
            var set = transaction.StringSetAsync("{a}2", "v");
            Assert.True(await transaction.ExecuteAsync());
            Assert.True(await set);
            Assert.Equal(3, (int)await database.ScriptEvaluateAsync("return redis.call('INCRBY', KEYS[1], 3)", ["n"]));

            var queue = await multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"));
            await multiplexer.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "one");
            Assert.Equal("one", (await queue.ReadAsync()).Message);

            Assert.Equal(HashSlotOf("key 7"), multiplexer.HashSlot("key 7"));
            var error = await Assert.ThrowsAsync<RedisServerException>(() => database.StringGetAsync(["key 1", "key 2", "key 3"]));
            Assert.StartsWith("CROSSSLOT ", error.Message);
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task What_concerns_one_node_of_many_is_refused()
    {
        await using var servers = await RedisClusterServers.StartAsync();
        var system = Create($"topology = cluster, endpoints = [{string.Join(", ", servers.Endpoints.Select(endpoint => $"\"{endpoint}\""))}]");
        try
        {
            var server = RedisExtension.Get(system).Multiplexer().GetServers()[0];
            foreach (var call in new Func<Task>[]
            {
                () => server.FlushDatabaseAsync(), () => server.InfoAsync(), () => server.DatabaseSizeAsync(), () => server.ConfigGetAsync("*"),
                () => server.KeysAsync().ToListAsync().AsTask(), () => server.ClientListAsync(), () => server.RoleAsync(),
            })
            {
                await AssertRefusedAsync(call);
            }

            Assert.NotEqual(default, await server.TimeAsync());
            Assert.Equal("hello", await server.EchoAsync("hello"));
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public async Task A_failover_of_Sentinel_is_an_outage_of_one_server()
    {
        await using var servers = await RedisSentinels.StartAsync();
        var system = Create(
            $"topology = sentinel, sentinel {{ service = {servers.ServiceName}, endpoints = [{string.Join(", ", servers.SentinelEndpoints.Select(endpoint => $"\"{endpoint}\""))}] }}");
        try
        {
            var database = RedisExtension.Get(system).Multiplexer().GetDatabase();
            await database.StringSetAsync("before", 1);
            var replica = (await servers.ReplicasAsync())[0];
            await Eventually.HoldsAsync(async () => (await replica.ExecuteAsync("EXISTS", "before")).OrThrow().AsInt64() == 1);
            await servers.FailOverAsync();

            await Eventually.HoldsAsync(async () => await database.StringSetAsync("after", 1));
            Assert.Equal(1, (int)await database.StringGetAsync("before"));
        }
        finally
        {
            await system.Terminate();
        }
    }

    private static int HashSlotOf(string key) => CommandSlot(System.Text.Encoding.ASCII.GetBytes(key));

    /// <summary>CRC16 (XMODEM) modulo 16384: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/.</summary>
    private static int CommandSlot(byte[] key)
    {
        var crc = 0;
        foreach (var one in key)
        {
            crc ^= one << 8;
            for (var bit = 0; bit < 8; bit++) crc = ((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
        }

        return crc % 16384;
    }

    private static async Task AssertRefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RedisServerException>(call);
        Assert.StartsWith("NOTSENT ", error.Message);
        Assert.Equal(Outcome.NotSent, RedisOutcome.Of(error));
    }

    private static ActorSystem Create(string settings) => ActorSystem.Create("routed", ConfigurationFactory.ParseString($$"""
        akka.loglevel = WARNING
        redis-actors.default {
          {{settings}}
          backoff { min = 20ms, max = 200ms }
        }
        """));
}
