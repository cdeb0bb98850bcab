using System.Diagnostics;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using RedisActors.Testing;
using StackExchange.Redis;
using Xunit.Abstractions;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Backplane.StackExchangeRedis;
using ZiggyCreatures.Caching.Fusion.Serialization.SystemTextJson;

namespace RedisActors.Ecosystem.Tests.Services;

/// <summary>FusionCache on two nodes, with Redis as the second level and as the backplane that tells the other node what changed.</summary>
public sealed class FusionCacheTests(ITestOutputHelper output)
{
    private const int Keys = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData(Client.Plain)]
    [InlineData(Client.Supervised)]
    public async Task What_one_node_writes_during_an_outage_the_other_reads(Client client)
    {
        await using var run = await OutageRun.StartAsync(client);
        using var here = Node(run.Multiplexer);
        using var there = Node(await run.ConnectAsync());
        await SetAllAsync(0);
        await Eventually.HoldsAsync(async () => await StaleAsync() == 0);

        var outage = run.OutageAsync();
        await Task.WhenAll(SetAllAsync(1), outage);
        var back = Stopwatch.StartNew();
        while (await StaleAsync() > 0 && back.Elapsed < Patience) await Task.Delay(20);

        var stale = await StaleAsync();
        run.Report(output, "FusionCache", $"{stale} of {Keys} stale at the other node {back.Elapsed.TotalSeconds:0.00} s after the writes");
        if (client == Client.Plain) return;
        Assert.Empty(run.Failures);
        Assert.Equal(0, stale);

        Task SetAllAsync(int version) => Task.WhenAll(Enumerable.Range(0, Keys).Select(key =>
            run.CallAsync(() => here.SetAsync($"key-{key}", version).AsTask())));

        async Task<int> StaleAsync()
        {
            var newest = await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => here.GetOrDefaultAsync($"key-{key}", -1).AsTask()));
            var seen = await Task.WhenAll(Enumerable.Range(0, Keys).Select(key => there.GetOrDefaultAsync($"key-{key}", -1).AsTask()));
            return newest.Zip(seen).Count(pair => pair.First != pair.Second);
        }
    }

    private static FusionCache Node(IConnectionMultiplexer multiplexer)
    {
        var memory = new MemoryCache(new MemoryCacheOptions());
        var cache = new FusionCache(
            new FusionCacheOptions { DefaultEntryOptions = new FusionCacheEntryOptions(TimeSpan.FromMinutes(5)) }, memory);
        cache.SetupDistributedCache(
            new RedisCache(new RedisCacheOptions { ConnectionMultiplexerFactory = () => Task.FromResult(multiplexer) }),
            new FusionCacheSystemTextJsonSerializer());
        cache.SetupBackplane(new RedisBackplane(new RedisBackplaneOptions { ConnectionMultiplexerFactory = () => Task.FromResult(multiplexer) }));

        // What was published while a node did not listen, it has not heard: it asks Redis again.
        multiplexer.ConnectionRestored += (_, change) =>
        {
            if (change.ConnectionType == ConnectionType.Subscription) memory.Clear();
        };
        return cache;
    }
}
