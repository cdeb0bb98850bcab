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
    public async Task Hocon_alone_starts_it_with_the_actor_system()
    {
        var system = ActorSystem.Create("embedded", ConfigurationFactory.ParseString($$"""
            akka.extensions = ["RedisActors.RedisExtensionProvider, RedisActors"]
            redis-actors.default.endpoint = "{{_server.Endpoint}}"
            """));

        var redis = await system.ActorSelection("/user/redis").ResolveOne(TimeSpan.FromSeconds(20));
        var reply = await redis.Ask<RedisReply>(new RedisCommand("PING"), TimeSpan.FromSeconds(20));

        Assert.Equal("PONG", reply.Value.AsString());
        Assert.Same(RedisExtension.For(system).RedisActor, RedisExtension.For(system).RedisActor);
        await system.Terminate();
    }

    [Fact]
    public async Task Invalid_settings_are_refused_by_their_paths()
    {
        using var system = ActorSystem.Create("embedded", ConfigurationFactory.ParseString(
            "redis-actors.default { endpoint = \"nowhere:port\", backoff.jitter = 2 }"));

        var error = Assert.ThrowsAny<Exception>(() => RedisExtension.For(system));

        Assert.Contains("redis-actors.default.endpoint: 'nowhere:port'", error.ToString());
        Assert.Contains("redis-actors.default.backoff.jitter: '2'", error.ToString());
        await system.Terminate();
    }

    private sealed class Counter(IRequiredActor<RedisActor> redis)
    {
        public async Task<long> NextAsync() =>
            (await redis.ActorRef.Ask<RedisReply>(new RedisCommand("INCR", "visits"), TimeSpan.FromSeconds(20))).Value.AsInt64();
    }
}
