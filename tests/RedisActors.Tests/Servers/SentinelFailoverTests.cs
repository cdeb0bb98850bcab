using RedisActors.Testing;
using RedisActors.Tests.Lists;

namespace RedisActors.Tests.Servers;

/// <summary>A RedisActor whose server is the primary that sentinels name.</summary>
[Collection(nameof(AllProcessors))]
public sealed class SentinelFailoverTests : ServerSpec
{
    /// <remarks>
    /// Told to fail over, the sentinels do not stop the former primary first: until it is made a replica it answers writes, which
    /// are lost as those of a killed one are.
    /// </remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commands_under_way_during_a_failover_are_applied_once_and_in_order(bool killed)
    {
        await using var group = await RedisSentinels.StartAsync();
        var former = await group.PrimaryAsync();
        var redis = Redis(Server.Endpoint, $$"""
            topology = sentinel
            sentinel.service = {{group.ServiceName}}
            sentinel.endpoints = [{{string.Join(", ", group.SentinelEndpoints.Select(endpoint => $"\"{endpoint}\""))}}]
            delivery = exactly-once
            command-timeout = 60s
            """);
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        await using var load = new ListLoad(redis, ["list-1", "list-2", "list-3"]).Start();
        await AskAsync(redis, "SET", "before", "failover");
        if (killed) await group.KillPrimaryAsync();
        else await group.FailOverAsync();
        await NextAsync<RedisReady>(states, ready => ready.Epoch > first.Epoch);
        await AskAsync(redis, "SET", "after", "failover");
        await load.StopAsync();

        var primary = await group.WaitForPrimaryOtherThanAsync(former);
        Assert.Equal("failover", (await primary.ExecuteAsync("GET", "after")).Text);
        await new ListCheck(load, _ => Task.FromResult(primary)).OnlyUnreplicatedNumbersAreLostAsync();
    }
}
