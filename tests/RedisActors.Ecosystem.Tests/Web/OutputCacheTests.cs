using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary><c>Microsoft.AspNetCore.OutputCaching.StackExchangeRedis</c>.</summary>
public sealed class OutputCacheTests
{
    [Fact]
    public async Task No_page_is_made_twice_and_no_request_fails_while_the_server_is_killed()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce);

        var (calls, madeAgain) = await RequestAsync(redis);

        Assert.Empty(calls.Failed);
        Assert.Equal(0, madeAgain);
    }

    [Fact]
    public async Task Pages_evicted_by_their_tag_while_the_server_is_away_are_made_again()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce);
        var made = 0;
        await using var host = await StartAsync(redis, _ => Interlocked.Increment(ref made));
        using var http = new HttpClient { BaseAddress = host.Address };
        Assert.Equal("page 1", await http.GetStringAsync("/pages/1"));
        Assert.Equal("page 1", await http.GetStringAsync("/pages/1"));
        Assert.Equal(1, made);

        redis.Server.Kill();
        var evicting = host.Services.GetRequiredService<IOutputCacheStore>().EvictByTagAsync("pages", default).AsTask();
        await Task.Delay(300);
        Assert.False(evicting.IsCompleted);
        await redis.Server.StartAgainAsync();
        await evicting;

        Assert.Equal("page 1", await http.GetStringAsync("/pages/1"));
        Assert.Equal(2, made);
    }

    [Fact]
    public async Task Over_an_impatient_connection_pages_are_made_again_while_the_server_is_away()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, settings: "default.command-timeout = 200ms");
        var made = 0;
        await using var host = await StartAsync(redis, _ => Interlocked.Increment(ref made));
        using var http = new HttpClient { BaseAddress = host.Address, Timeout = TimeSpan.FromSeconds(5) };
        await http.GetStringAsync("/pages/1");
        redis.Server.Kill();

        Assert.Equal("page 1", await http.GetStringAsync("/pages/1"));
        Assert.Equal(2, made);
    }

    [Fact]
    public async Task A_host_that_has_ended_leaves_the_actor_and_the_next_multiplexer()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, DeliveryMode.AtLeastOnce);
        await using (var host = await StartAsync(redis, _ => { }))
        {
            using var http = new HttpClient { BaseAddress = host.Address };
            await http.GetStringAsync("/pages/1");
        }

        // The store closes the multiplexer that it was given, by IDatabase.Multiplexer.
        Assert.True(await redis.Multiplexer.GetDatabase().StringSetAsync("after", "that"));
    }

    /// <summary>Asks for pages that are in the cache, and counts how often one was made again.</summary>
    internal static async Task<(Calls Calls, int MadeAgain)> RequestAsync(Redis redis)
    {
        const int Pages = 50;
        var made = new ConcurrentBag<int>();
        await using var host = await StartAsync(redis, made.Add);
        using var http = new HttpClient { BaseAddress = host.Address };
        for (var page = 0; page < Pages; page++) await http.GetStringAsync($"/pages/{page}");

        var calls = await Calls.ThroughOutageAsync(redis.Server, async number =>
        {
            var page = number % Pages;
            Assert.Equal($"page {page}", await http.GetStringAsync($"/pages/{page}"));
        }, away: redis.Away);
        return (calls, made.Count - Pages);
    }

    private static Task<WebHost> StartAsync(Redis redis, Action<int> onMade) => WebHost.StartAsync(
        services =>
        {
            services.AddOutputCache();
            services.AddStackExchangeRedisOutputCache(options => options.ConnectionMultiplexerFactory = () => Task.FromResult(redis.Multiplexer));
        },
        application =>
        {
            application.UseOutputCache();
            application.MapGet("/pages/{page:int}", (int page) =>
            {
                onMade(page);
                return $"page {page}";
            }).CacheOutput(policy => policy.Expire(TimeSpan.FromHours(1)).Tag("pages"));
        });
}
