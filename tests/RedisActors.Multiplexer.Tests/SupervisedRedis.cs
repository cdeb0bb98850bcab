using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests;

/// <summary>A server, and an actor system whose RedisActor leads to it.</summary>
internal sealed class SupervisedRedis : IAsyncDisposable
{
    private SupervisedRedis(RedisServer server, ActorSystem system)
    {
        Server = server;
        System = system;
    }

    public RedisServer Server { get; }

    public ActorSystem System { get; }

    public IConnectionMultiplexer Multiplexer => RedisExtension.Get(System).Multiplexer();

    public static async Task<SupervisedRedis> StartAsync(string settings = "", RedisServer? server = null)
    {
        server ??= await RedisServer.StartAsync();
        var config = $$"""
            akka.loglevel = WARNING
            redis-actors.default {
              endpoint = "{{server.Endpoint}}"
              backoff { min = 20ms, max = 100ms }
              {{settings}}
            }
            """;
        return new SupervisedRedis(server, ActorSystem.Create("multiplexer", ConfigurationFactory.ParseString(config)));
    }

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        await Server.DisposeAsync();
    }
}
