using Akka.Actor;

namespace RedisActors.Tests.Servers;

[Collection(nameof(AllProcessors))]
public sealed class LeakTests : ServerSpec
{
    private const string Quick = "backoff { min = 1ms, max = 20ms }";

    [Fact]
    public async Task Fifty_reconnects_leave_one_connection_on_the_server()
    {
        var redis = Redis(Quick);
        var states = WatchStates(redis);
        var epoch = (await NextAsync<RedisReady>(states)).Epoch;

        for (var i = 0; i < 50; i++)
        {
            await Server.KillClientsAsync();
            var last = epoch;
            epoch = (await NextAsync<RedisReady>(states, ready => ready.Epoch > last)).Epoch;
        }

        await AskAsync(redis, "PING");
        await Kit.AwaitAssertAsync(async () => Assert.Equal(1, await Server.CountClientsAsync()), Patience);
    }

    [Fact]
    public async Task Twenty_killed_servers_leave_one_connection_on_the_last_and_no_growing_memory()
    {
        const int Growth = 4 * 1024 * 1024;
        var redis = Redis($"{Quick}\ndelivery = exactly-once");
        var states = WatchStates(redis);
        var epoch = (await NextAsync<RedisReady>(states)).Epoch;
        long afterFive = 0;

        for (var i = 1; i <= 20; i++)
        {
            var replies = Enumerable.Range(0, 1000).Select(_ => AskAsync(redis, "INCR", "number")).ToArray();
            Server.Kill();
            await Server.StartAgainAsync();
            var last = epoch;
            epoch = (await NextAsync<RedisReady>(states, ready => ready.Epoch > last)).Epoch;
            await Task.WhenAll(replies);
            if (i == 5) afterFive = GC.GetTotalMemory(forceFullCollection: true);
        }

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, afterFive + Growth);
        Assert.Equal(20_000, (await AskAsync(redis, "GET", "number")).Value.AsInt64());
        await Kit.AwaitAssertAsync(async () => Assert.Equal(1, await Server.CountClientsAsync()), Patience);
    }

    [Fact]
    public async Task The_end_of_the_actor_system_leaves_no_connection()
    {
        var redis = Redis(Quick);
        await AskAsync(redis, "PING");

        await Kit.Sys.Terminate();

        await Kit.AwaitAssertAsync(async () => Assert.Equal(0, await Server.CountClientsAsync()), Patience);
    }
}
