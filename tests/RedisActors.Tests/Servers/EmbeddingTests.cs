using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisActors.Hosting;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

public sealed class EmbeddingTests : IAsyncLifetime
{
    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_host_provides_the_actor_to_whoever_requires_it()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("embedded", akka => akka.WithRedis(_server.Endpoint));
        builder.Services.AddTransient<Counter>();
        using var host = builder.Build();
        await host.StartAsync();

        Assert.Equal(1, await host.Services.GetRequiredService<Counter>().NextAsync());

        await host.StopAsync();
        Assert.Equal(0, await _server.CountClientsAsync());
    }

    [Fact]
    public async Task Options_in_code_go_before_the_hocon_of_the_host()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("embedded", akka => akka
            .AddHocon("redis-actors.default { endpoint = \"localhost:1\", client-name = from-hocon }", HoconAddMode.Prepend)
            .WithRedis(options => options.Endpoint = _server.Endpoint));
        using var host = builder.Build();
        await host.StartAsync();

        var redis = host.Services.GetRequiredService<IRequiredActor<RedisActor>>().ActorRef;
        await redis.Ask<RedisReply>(new RedisCommand("PING"), TimeSpan.FromSeconds(20));

        Assert.Equal("from-hocon", Assert.Single(await _server.ListClientsAsync()).Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_host_provides_several_connections_each_under_a_key_of_its_own()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("embedded", akka => akka
            .AddHocon("redis-actors.connections.sessions.database = 2", HoconAddMode.Prepend)
            .WithRedis<Cache>("cache", options => options.Database = 1)
            .WithRedis<Sessions>("sessions")
            .WithRedis(_server.Endpoint));
        using var host = builder.Build();
        await host.StartAsync();

        await SetAsync<RedisActor>(host, "default");
        await SetAsync<Cache>(host, "cache");
        await SetAsync<Sessions>(host, "sessions");

        await using (var probe = await _server.ConnectAsync())
        {
            foreach (var (database, name) in new (string, string)[] { ("0", "default"), ("1", "cache"), ("2", "sessions") })
            {
                await probe.ExecuteAsync("SELECT", database);
                Assert.Equal(name, (await probe.ExecuteAsync("GET", "who")).Text);
            }
        }

        Assert.Equal(
            ["redis-actors-cache", "redis-actors-default", "redis-actors-sessions"],
            (await _server.ListClientsAsync()).Select(client => client.Name).Where(name => name.StartsWith("redis-actors")).Order());
        await host.StopAsync();
        Assert.DoesNotContain(await _server.ListClientsAsync(), client => client.Name.StartsWith("redis-actors"));
    }

    [Fact]
    public async Task A_host_without_a_default_connection_starts_none()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("embedded", akka => akka.WithRedis<Cache>("cache", options => options.Endpoint = _server.Endpoint));
        using var host = builder.Build();
        await host.StartAsync();

        await SetAsync<Cache>(host, "cache");

        Assert.Equal("redis-actors-cache", Assert.Single(await _server.ListClientsAsync()).Name);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_name_in_code_that_is_not_valid_is_refused_as_it_is_in_hocon()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("embedded", akka => akka.WithRedis<Cache>("the \"cache\"", options => options.Lanes = 0));
        using var host = builder.Build();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains("is not valid as the name of a connection", error.ToString());
    }

    [Fact]
    public async Task Hocon_alone_starts_it_with_the_actor_system()
    {
        var system = ActorSystem.Create("embedded", ConfigurationFactory.ParseString($$"""
            akka.extensions = ["RedisActors.RedisExtensionProvider, RedisActors"]
            redis-actors.default.endpoint = "{{_server.Endpoint}}"
            """));

        var redis = await system.ActorSelection("/user/redis").ResolveOne(TimeSpan.FromSeconds(20));
        var reply = await redis.Ask<RedisReply>(new RedisCommand("PING"), TimeSpan.FromSeconds(20));

        Assert.Equal("PONG", reply.Value.AsString());
        Assert.Same(RedisExtension.Get(system).RedisActor, RedisExtension.Get(system).RedisActor);
        await system.Terminate();
    }

    [Fact]
    public async Task Invalid_settings_are_refused_by_their_paths()
    {
        using var system = ActorSystem.Create("embedded", ConfigurationFactory.ParseString(
            "redis-actors.default { endpoint = \"nowhere:70000\", backoff.jitter = 2 }"));

        var error = Assert.ThrowsAny<Exception>(() => RedisExtension.Get(system));

        Assert.Contains("redis-actors.default.endpoint: 'nowhere:70000'", error.ToString());
        Assert.Contains("redis-actors.default.backoff.jitter: '2'", error.ToString());
        await system.Terminate();
    }

    private static async Task SetAsync<TKey>(IHost host, string value) =>
        await host.Services.GetRequiredService<IRequiredActor<TKey>>().ActorRef
            .Ask<RedisReply>(new RedisCommand("SET", "who", value), TimeSpan.FromSeconds(20));

    private sealed class Cache;

    private sealed class Sessions;

    private sealed class Counter(IRequiredActor<RedisActor> redis)
    {
        public async Task<long> NextAsync() =>
            (await redis.ActorRef.Ask<RedisReply>(new RedisCommand("INCR", "visits"), TimeSpan.FromSeconds(20))).Value.AsInt64();
    }
}
