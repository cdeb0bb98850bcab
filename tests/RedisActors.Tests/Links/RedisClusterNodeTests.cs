using Akka.Actor;
using RedisActors.Connection;
using RedisActors.Testing;
using RedisActors.Tests.RedisCluster;
using StackExchange.Redis;

namespace RedisActors.Tests.Links;

/// <summary><c>topology = standalone</c> on a node of a Redis Cluster: it is that node and no other.</summary>
[Collection(ClusterTests.Name)]
public sealed class RedisClusterNodeTests() : RealServersSpec(TimeSpan.FromSeconds(60)), IAsyncLifetime
{
    private RedisClusterServers _cluster = null!;

    public async Task InitializeAsync() =>
        _cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions { Server = new RedisServerOptions { AppendOnly = false } });

    public async Task DisposeAsync()
    {
        await StopSystemAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Its_own_slots_are_served_and_others_are_rejected_in_the_servers_words_over_one_connection()
    {
        var (node, other) = (_cluster.Nodes[1], _cluster.Nodes[2]);
        var redis = StartRedis($"endpoint = \"{node.Endpoint}\"");
        var (own, foreign) = (await _cluster.KeyOfNodeAsync(node), await _cluster.KeyOfNodeAsync(other));

        for (var i = 0; i < 20; i++)
        {
            await AskAsync(redis, "SET", own, $"{i}");
            Assert.Equal($"MOVED {ClusterSlots.Of(foreign)} {other.Endpoint}", await ServerErrorAsync(redis, "GET", foreign));
        }

        Assert.Equal("19", (await AskAsync(redis, "GET", own)).Value.AsString());
        Assert.Contains("cluster_enabled:1", (await AskAsync(redis, "INFO", "cluster")).Value.AsString());
        Assert.Contains("myself", (await AskAsync(redis, "CLUSTER", "NODES")).Value.AsString());
        Assert.Equal(1, await OurConnectionsAsync(node));
        Assert.Equal(0, await OurConnectionsAsync(_cluster.Nodes[0]) + await OurConnectionsAsync(other));
        Assert.Equal(1, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State!.Epoch);
    }

    [Theory]
    [InlineData("unknown-endpoint", "", "")]
    [InlineData("hostname", "", "?")]
    [InlineData("hostname", "node.example", "node.example")]
    public async Task A_node_without_an_address_is_named_as_the_server_names_it(string kind, string announced, string host)
    {
        var (node, other) = (_cluster.Nodes[0], _cluster.Nodes[2]);
        (await other.ExecuteAsync("CONFIG", "SET", "cluster-announce-hostname", announced)).OrThrow();
        (await node.ExecuteAsync("CONFIG", "SET", "cluster-preferred-endpoint-type", kind)).OrThrow();
        var foreign = await _cluster.KeyOfNodeAsync(other);
        var expected = $"MOVED {ClusterSlots.Of(foreign)} {host}:{other.Port}";
        var redis = StartRedis($"endpoint = \"{node.Endpoint}\"");
        await Kit.AwaitConditionAsync(async () => (await node.ExecuteAsync("GET", foreign)).Text == expected, Patience);

        Assert.Equal(expected, await ServerErrorAsync(redis, "GET", foreign));

        Assert.Equal("PONG", (await AskAsync(redis, "PING")).Value.AsString());
        Assert.Equal(1, (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State!.Epoch);
    }

    [Fact]
    public async Task A_slot_on_its_way_is_rejected_in_the_servers_words()
    {
        var (node, other) = (_cluster.Nodes[0], _cluster.Nodes[1]);
        var key = await _cluster.KeyOfNodeAsync(node);
        var redis = StartRedis($"endpoint = \"{node.Endpoint}\"");
        await AskAsync(redis, "PING");
        var move = await _cluster.BeginMoveAsync(ClusterSlots.Of(key), other);

        Assert.Equal($"ASK {ClusterSlots.Of(key)} {other.Endpoint}", await ServerErrorAsync(redis, "GET", key));

        await move.CompleteAsync();
    }

    [Fact]
    public async Task That_it_is_one_is_worth_a_warning_once()
    {
        var links = new StackExchangeLinkFactory(Hocon.Settings($"endpoint = \"{_cluster.Nodes[0].Endpoint}\"").Link);
        using var first = await links.ConnectAsync(_ => { }, CancellationToken.None);
        using var second = await links.ConnectAsync(_ => { }, CancellationToken.None);

        Assert.Contains("is a node of a Redis Cluster and topology is standalone", first.Warning);
        Assert.Null(second.Warning);
    }

    private async Task<string?> ServerErrorAsync(IActorRef redis, string name, params RedisValue[] arguments)
    {
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, name, arguments));
        Assert.Equal(Outcome.Rejected, failure.Outcome);
        return failure.ServerError;
    }

    private static async Task<int> OurConnectionsAsync(RedisServer node) =>
        (await node.ListClientsAsync()).Count(client => client.Name == "redis-actors-default");
}
