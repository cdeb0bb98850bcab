using System.Collections.Concurrent;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisActors.Testing;

namespace RedisActors.Hosting.Tests;

/// <summary>Redis for classes that are no actors.</summary>
public sealed class RedisClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Fact]
    public async Task Constructors_take_it_and_may_use_it_before_the_actor_system_has_started()
    {
        using var host = await Started.HostAsync(
            akka => akka.WithRedis(_redis.Endpoint).WithRedis<Cache>("cache", options => options.Database = 1),
            services => services.AddRedisClient("cache").AddHostedService<Early>().AddRedisClient().AddRedisClient());

        var early = Assert.IsType<Early>(host.Services.GetServices<IHostedService>().First());
        Assert.Equal(("OK", "OK"), (await early.InConstructor, early.InStart));
        var client = host.Services.GetRequiredService<RedisClient>();
        var cache = host.Services.GetRequiredKeyedService<RedisClient>("cache");
        Assert.Same(client, host.Services.GetRequiredKeyedService<RedisClient>("default"));
        Assert.Equal(("default", "cache"), (client.Connection, cache.Connection));
        Assert.Equal("1", (await client.ExecuteAsync("GET", "constructor")).AsString());
        Assert.Equal("2", (await cache.ExecuteAsync(new RedisCommand("GET", "start"))).Value.AsString());
        Assert.Equal(0, (await client.GetStatusAsync()).Stashed);
        Assert.Equal("redis-cache", (await cache.GetActorAsync()).Path.Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task It_tells_the_state_and_its_changes_whatever_a_handler_throws()
    {
        using var host = await Started.HostAsync(akka => akka.WithRedis(_redis.Endpoint), services => services.AddRedisClient());
        var client = host.Services.GetRequiredService<RedisClient>();
        var changes = new ConcurrentQueue<RedisConnectionEvent>();
        client.StateChanged += _ => throw new InvalidOperationException("a handler's own");
        client.StateChanged += changes.Enqueue;
        await HoldsAsync("it is ready", () => client is { IsReady: true, State: RedisReady });

        _redis.Kill();
        await HoldsAsync("it is away", () => client is { IsReady: false, State: RedisBackingOff or RedisConnecting });
        var waiting = client.ExecuteAsync("GET", "key");
        await _redis.StartAgainAsync();

        Assert.True((await waiting).IsNull);
        await HoldsAsync("it is ready again", () => client is { IsReady: true, State: RedisReady { Away.Ticks: > 0 } });
        Assert.Contains(changes, change => change is RedisLost);
        Assert.Contains(changes, change => change is RedisReady);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_command_that_is_given_up_while_the_actor_system_starts_never_runs()
    {
        using var gate = new ManualResetEventSlim();
        using var host = await Started.HostAsync(akka => akka.WithRedis(_redis.Endpoint));
        var client = new RedisClient(
            () =>
            {
                gate.Wait(Patience);
                return host.Services.GetRequiredService<ActorSystem>();
            },
            "default");
        using var cancel = new CancellationTokenSource();
        var command = client.ExecuteAsync(new RedisCommand("INCR", "number"), cancel.Token);
        var later = client.ExecuteAsync("INCR", "number");

        await cancel.CancelAsync();

        Assert.Equal(Outcome.NotSent, (await Assert.ThrowsAsync<RedisCanceledException>(() => command)).Outcome);
        Assert.Null(client.State);
        gate.Set();
        Assert.Equal(1, (await later).AsInt64());
        await host.StopAsync();
    }

    [Fact]
    public async Task Without_an_actor_system_a_command_is_not_sent_and_it_is_said_why()
    {
        var services = new ServiceCollection().AddRedisClient().BuildServiceProvider();
        await using var _ = services;

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => services.GetRequiredService<RedisClient>().ExecuteAsync("PING"));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.Contains("the actor system of the connection default cannot be had", failure.Message);
    }

    [Fact]
    public async Task A_connection_that_is_not_there_is_named()
    {
        using var host = await Started.HostAsync(akka => akka.WithRedis(_redis.Endpoint), services => services.AddRedisClient("cash"));

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => host.Services.GetRequiredKeyedService<RedisClient>("cash").ExecuteAsync("PING"));

        Assert.Contains("There is no connection 'cash'", failure.Message);
        await host.StopAsync();
    }

    [Fact]
    public async Task An_actor_system_without_a_host_has_one_too()
    {
        using var system = ActorSystem.Create("plain", $"redis-actors.default.endpoint = \"{_redis.Endpoint}\"");

        Assert.Equal("PONG", (await RedisClient.Of(system).ExecuteAsync("PING")).AsString());

        await system.Terminate();
    }

    private static Task HoldsAsync(string what, Func<bool> condition) => Until.HoldsAsync(what, () => Task.FromResult(condition()));

    private sealed class Cache;

    private sealed class Early : IHostedService
    {
        private readonly RedisClient _cache;

        public Early(RedisClient client, [FromKeyedServices("cache")] RedisClient cache)
        {
            _cache = cache;
            InConstructor = SetAsync(client, "constructor", 1);
        }

        public Task<string?> InConstructor { get; }

        public string? InStart { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken) => InStart = await SetAsync(_cache, "start", 2);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private static async Task<string?> SetAsync(RedisClient client, string key, int value) =>
            (await client.ExecuteAsync("SET", key, value)).AsString();
    }
}
