using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Sessions;

/// <summary>What a row needs: a server, somebody who gives it work, our RedisActor and the plain client.</summary>
internal sealed class SessionStage : IAsyncDisposable
{
    private readonly RedisServer _server;

    private SessionStage(RedisServer server, RedisProbe producer, ActorSystem system, ConnectionMultiplexer plain)
    {
        _server = server;
        Producer = producer;
        System = system;
        Redis = RedisExtension.Get(system).RedisActor;
        Plain = plain;
    }

    public RedisProbe Producer { get; }

    public ActorSystem System { get; }

    public IActorRef Redis { get; }

    public ConnectionMultiplexer Plain { get; }

    public static async Task<SessionStage> StartAsync()
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var system = ActorSystem.Create("sessions", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            redis-actors.default.endpoint = "{{server.Endpoint}}"
            """));
        return new SessionStage(server, await server.ConnectAsync(), system, await ConnectionMultiplexer.ConnectAsync(server.Endpoint));
    }

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        await Plain.DisposeAsync();
        await Producer.DisposeAsync();
        await _server.DisposeAsync();
    }
}
