using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;

namespace RedisActors.Gateway.Tests;

/// <summary>A server, and an actor system whose gateway leads to it.</summary>
internal sealed class GatewayStage : IAsyncDisposable
{
    private GatewayStage(RedisServer server, ActorSystem system)
    {
        Server = server;
        System = system;
        Gateway = RedisGateway.Get(system);
    }

    public RedisServer Server { get; }

    public ActorSystem System { get; }

    public RedisGateway Gateway { get; }

    public int Port => ((IPEndPoint)Gateway.Endpoint).Port;

    public static async Task<GatewayStage> SetAsync(string gateway = "", string connection = "")
    {
        var server = await RedisServer.StartAsync();
        var config = $$"""
            akka { loglevel = WARNING, stdout-loglevel = OFF }
            redis-actors.default {
              endpoint = "{{server.Endpoint}}"
              backoff { min = 20ms, max = 100ms }
              {{connection}}
            }
            redis-actors.gateway {
              listen = "127.0.0.1:{{LoopbackPorts.PickFree()}}"
              {{gateway}}
            }
            """;
        var system = ActorSystem.Create("gateway", ConfigurationFactory.ParseString(config));
        try
        {
            return new GatewayStage(server, system);
        }
        catch
        {
            await system.Terminate();
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client.</summary>
    public Task<RedisProbe> ConnectAsync() => RedisProbe.ConnectAsync("127.0.0.1", Port);

    /// <summary>A client that writes and reads what it likes.</summary>
    public async Task<NetworkStream> OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", Port);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>An outage, as soon as something holds.</summary>
    public async Task KillWhenAsync(Func<Task<bool>> condition, TimeSpan away)
    {
        await Eventually.HoldsAsync(condition);
        Server.Kill();
        await Task.Delay(away);
        await Server.StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        await Server.DisposeAsync();
    }
}
