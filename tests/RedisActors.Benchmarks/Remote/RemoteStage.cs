using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using RedisActors.AkkaCluster;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Remote;

/// <summary>
/// A server, and two nodes of an Akka cluster in this process, over Akka.Remote's TCP: one that serves Redis, and one that sends. The one that
/// sends has a RedisActor of its own and a plain client beside it.
/// </summary>
internal sealed class RemoteStage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RedisServer _server;

    private RemoteStage(RedisServer server, ActorSystem sending, ActorSystem serving, ConnectionMultiplexer plain)
    {
        _server = server;
        Serving = serving;
        System = sending;
        Remote = RemoteRedisExtension.Get(sending).RemoteRedis;
        Local = RedisExtension.Get(sending).RedisActor;
        Plain = plain;
    }

    /// <summary>The node that sends.</summary>
    public ActorSystem System { get; }

    /// <summary>The node that serves.</summary>
    public ActorSystem Serving { get; }

    public IActorRef Remote { get; }

    public IActorRef Local { get; }

    public ConnectionMultiplexer Plain { get; }

    public static async Task<RemoteStage> StartAsync()
    {
        var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var serving = Node(server, "redis");
        var sending = Node(server, "web");
        var seed = Cluster.Get(serving).SelfAddress;
        RemoteRedisExtension.Get(serving);
        await Cluster.Get(serving).JoinAsync(seed).WaitAsync(Patience);
        await Cluster.Get(sending).JoinAsync(seed).WaitAsync(Patience);
        var stage = new RemoteStage(server, sending, serving, await ConnectionMultiplexer.ConnectAsync(server.Endpoint));
        await stage.Remote.ExecuteAsync("PING").WaitAsync(Patience);
        return stage;
    }

    /// <summary>An actor of the node that serves, as the other one sees it.</summary>
    public IActorRef Seen(IActorRef served) =>
        ((ExtendedActorSystem)System).Provider.ResolveActorRef(served.Path.ToStringWithAddress(Cluster.Get(Serving).SelfAddress));

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        await Serving.Terminate();
        await Plain.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static ActorSystem Node(RedisServer server, string role) => ActorSystem.Create("remote", ConfigurationFactory.ParseString(
        $$"""
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          cluster.roles = [{{role}}]
          coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
        }
        redis-actors {
          default.endpoint = "{{server.Endpoint}}"
          akka-cluster { served-by = role, role = redis }
        }
        """));
}
