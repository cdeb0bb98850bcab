using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Hosting.Tests;

/// <summary>StackExchange.Redis' API as a service of a host.</summary>
public sealed class RedisMultiplexerTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Whoever_takes_a_multiplexer_gets_that_of_the_supervised_connection()
    {
        using var host = await Started.HostAsync(
            akka => akka.WithRedis(_redis.Endpoint).WithRedis<RedisMultiplexerTests>("cache", options => options.Database = 1),
            services => services.AddRedisMultiplexer().AddRedisMultiplexer("cache", DeliveryMode.ExactlyOnce).AddRedisClient());
        var database = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var cache = host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("cache").GetDatabase();
        await database.StringSetAsync("where", "default");
        await cache.StringSetAsync("where", "cache");
        _redis.Kill();

        var waiting = database.StringAppendAsync("where", "!");
        await _redis.StartAgainAsync();
        await waiting;

        Assert.Equal("default!", await host.Services.GetRequiredService<RedisClient>().GetDatabase().StringGetAsync("where"));
        Assert.Equal("cache", await cache.StringGetAsync("where"));
        Assert.Equal(1, cache.Database);
        await host.StopAsync();
    }

    [Fact]
    public async Task The_multiplexer_is_made_when_the_host_starts()
    {
        var made = new TaskCompletionSource<IConnectionMultiplexer>();
        using var host = await Started.HostAsync(
            akka => akka.WithRedis(_redis.Endpoint),
            services => services.AddKeyedSingleton("default", (provider, _) =>
            {
                made.SetResult(RedisExtension.Get(provider.GetRequiredService<ActorSystem>()).Multiplexer());
                return made.Task.Result;
            }).AddRedisMultiplexer());

        var first = await made.Task;

        Assert.Same(first, host.Services.GetRequiredService<IConnectionMultiplexer>());
        await host.StopAsync();
    }
}
