using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using RedisActors.Testing;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary><c>Microsoft.Extensions.Caching.StackExchangeRedis</c>, and <c>HybridCache</c> over it.</summary>
public sealed class DistributedCacheTests
{
    [Fact]
    public async Task What_a_cache_has_taken_is_there_and_no_call_fails_while_the_server_is_killed()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce);

        var (calls, missing) = await WriteAndReadAsync(redis);

        Assert.Empty(calls.Failed);
        Assert.Empty(missing);
    }

    [Fact]
    public async Task A_hybrid_cache_finds_everything_and_makes_nothing_anew_while_the_server_is_killed()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce);

        var (calls, madeAnew) = await ReadHybridAsync(redis);

        Assert.Empty(calls.Failed);
        Assert.Equal(0, madeAnew);
    }

    [Fact]
    public async Task A_hybrid_cache_over_an_impatient_connection_makes_the_value_itself_while_the_server_is_away()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, settings: "default.command-timeout = 200ms");
        await using var services = Hybrid(redis);
        var cache = services.GetRequiredService<HybridCache>();
        await cache.SetAsync("entry", "stored");
        redis.Server.Kill();

        var value = await cache.GetOrCreateAsync("entry", _ => ValueTask.FromResult("made anew")).AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("made anew", value);

        await redis.Server.StartAgainAsync();
        await Eventually.HoldsAsync(async () => await cache.GetOrCreateAsync("entry", _ => ValueTask.FromResult("nothing")) != "nothing");
    }

    /// <summary>Writes entries, reads each back, and looks in the end which are missing.</summary>
    internal static async Task<(Calls Calls, List<int> Missing)> WriteAndReadAsync(Redis redis)
    {
        await using var services = Caches(redis).BuildServiceProvider();
        var cache = services.GetRequiredService<IDistributedCache>();
        var options = new DistributedCacheEntryOptions
        {
            AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(10),
            SlidingExpiration = TimeSpan.FromMinutes(5),
        };
        var acknowledged = new ConcurrentBag<int>();

        var calls = await Calls.ThroughOutageAsync(redis.Server, async number =>
        {
            if (number % 5 == 0) cache.Set(Key(number), Value(number), options);
            else await cache.SetAsync(Key(number), Value(number), options);
            acknowledged.Add(number);
            Assert.Equal(Value(number), number % 5 == 1 ? cache.Get(Key(number)) : await cache.GetAsync(Key(number)));
        }, away: redis.Away);

        var missing = new List<int>();
        foreach (var number in acknowledged)
        {
            if (await cache.GetAsync(Key(number)) is not { } value || !value.SequenceEqual(Value(number))) missing.Add(number);
        }

        return (calls, missing);

        static string Key(int number) => $"entry-{number}";
        static byte[] Value(int number) => Encoding.UTF8.GetBytes($"value {number}");
    }

    /// <summary>Reads entries that are there, past the memory of the process, and counts how often one was made anew.</summary>
    internal static async Task<(Calls Calls, int MadeAnew)> ReadHybridAsync(Redis redis)
    {
        const int Entries = 50;
        await using var services = Hybrid(redis);
        var cache = services.GetRequiredService<HybridCache>();
        var made = 0;
        for (var entry = 0; entry < Entries; entry++) await cache.SetAsync($"entry-{entry}", $"value {entry}");

        var calls = await Calls.ThroughOutageAsync(redis.Server, async number =>
        {
            var entry = number % Entries;
            var value = await cache.GetOrCreateAsync($"entry-{entry}", _ =>
            {
                Interlocked.Increment(ref made);
                return ValueTask.FromResult($"value {entry}");
            });
            Assert.Equal($"value {entry}", value);
        }, away: redis.Away);
        return (calls, made);
    }

    /// <summary>It keeps nothing in the memory of the process.</summary>
    private static ServiceProvider Hybrid(Redis redis)
    {
        var services = Caches(redis);
        services.AddHybridCache(options => options.DefaultEntryOptions = new() { Flags = HybridCacheEntryFlags.DisableLocalCache });
        return services.BuildServiceProvider();
    }

    private static ServiceCollection Caches(Redis redis)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddStackExchangeRedisCache(options => options.ConnectionMultiplexerFactory = () => Task.FromResult(redis.Multiplexer));
        return services;
    }
}
