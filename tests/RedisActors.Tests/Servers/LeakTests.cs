using Akka.Actor;

namespace RedisActors.Tests.Servers;

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
    public async Task Twenty_killed_servers_leave_one_connection_on_the_last()
    {
        var redis = Redis(Quick);
        var states = WatchStates(redis);
        var epoch = (await NextAsync<RedisReady>(states)).Epoch;

        for (var i = 0; i < 20; i++)
        {
            Server.Kill();
            await Server.StartAgainAsync();
            var last = epoch;
            epoch = (await NextAsync<RedisReady>(states, ready => ready.Epoch > last)).Epoch;
        }

        await AskAsync(redis, "PING");
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
