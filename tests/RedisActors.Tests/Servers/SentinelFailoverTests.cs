using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>A RedisActor whose server is the primary that sentinels name.</summary>
[Collection(nameof(AllProcessors))]
public sealed class SentinelFailoverTests : ServerSpec
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Commands_under_way_during_a_failover_are_all_applied_in_the_end(bool killed)
    {
        await using var group = await RedisSentinels.StartAsync();
        var redis = Redis(Server.Endpoint, $$"""
            topology = sentinel
            sentinel.service = {{group.ServiceName}}
            sentinel.endpoints = [{{string.Join(", ", group.SentinelEndpoints.Select(endpoint => $"\"{endpoint}\""))}}]
            delivery = exactly-once
            """);
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(() => LoadAsync(redis, stop.Token));

        if (killed) await group.KillPrimaryAsync();
        else await group.FailOverAsync();
        await NextAsync<RedisReady>(states, ready => ready.Epoch > first.Epoch);
        await AskAsync(redis, "SET", "after", "failover");
        await stop.CancelAsync();

        Assert.All(await load, outcome => Assert.Equal(Outcome.Applied, outcome));
        Assert.Equal("failover", (await group.Servers[1].ExecuteAsync("GET", "after")).Text);
    }

    private static async Task<List<Outcome>> LoadAsync(IActorRef redis, CancellationToken stop)
    {
        var outcomes = new List<Outcome>();
        while (!stop.IsCancellationRequested)
        {
            outcomes.AddRange(await Task.WhenAll(
                Enumerable.Range(0, 500).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number")))));
        }

        return outcomes;
    }
}
