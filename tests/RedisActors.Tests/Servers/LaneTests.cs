using Akka.Actor;

namespace RedisActors.Tests.Servers;

/// <summary>Four connections side by side to a real server.</summary>
public sealed class LaneTests : ServerSpec
{
    private const int Keys = 16;
    private const int Lanes = 4;

    [Fact]
    public async Task The_order_per_key_holds_over_connections_that_are_killed()
    {
        const int PerKey = 400;
        var redis = Redis($"lanes = {Lanes}\ndelivery = exactly-once");
        await AskAsync(redis, "PING");

        var replies = new List<Task<RedisReply>>();
        for (var i = 1; i <= PerKey; i++)
        {
            for (var key = 0; key < Keys; key++) replies.Add(AskAsync(redis, "RPUSH", $"list-{key}", i));
            if (i % 100 == 50) await Server.KillClientsAsync();
        }

        var lengths = (await Task.WhenAll(replies)).Select(reply => reply.Value.AsInt64()).ToArray();
        var inOrder = Enumerable.Range(1, PerKey).Select(i => (long)i).ToArray();
        for (var key = 0; key < Keys; key++)
        {
            var list = (await AskAsync(redis, "LRANGE", $"list-{key}", 0, -1)).Value.AsArray();
            Assert.Equal(inOrder, list.Select(item => item.AsInt64()));
            var ofKey = key;
            Assert.Equal(inOrder, lengths.Where((_, index) => index % Keys == ofKey));
        }
    }

    [Fact]
    public async Task One_connection_that_is_lost_leaves_the_others_undisturbed()
    {
        var redis = Redis($"lanes = {Lanes}");
        var watcher = WatchStates(redis);
        var ready = new Dictionary<int, RedisReady>();
        while (ready.Count < Lanes)
        {
            var state = await NextAsync<RedisReady>(watcher);
            ready[state.Lane] = state;
        }

        await Server.KillClientAsync(ready[3].ClientId);
        Assert.Equal(3, (await NextAsync<RedisLost>(watcher)).Lane);
        Assert.Equal(3, (await NextAsync<RedisReady>(watcher)).Lane);

        var replies = Enumerable.Range(0, Keys).Select(key => AskAsync(redis, "INCR", $"counter-{key}"));
        Assert.All(await Task.WhenAll(replies), reply => Assert.Equal(1, reply.Value.AsInt64()));
        var clients = (await Server.ExecuteAsync("CLIENT", "LIST")).OrThrow().Text;
        foreach (var (lane, state) in ready)
        {
            if (lane != 3) Assert.Contains($"id={state.ClientId} ", clients, StringComparison.Ordinal);
            Assert.Contains($"name=redis-actors-default-lane-{lane} ", clients, StringComparison.Ordinal);
        }
    }
}
