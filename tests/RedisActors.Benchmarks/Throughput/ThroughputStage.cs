using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>The servers of one case, and both clients connected to them.</summary>
internal sealed class ThroughputStage : IAsyncDisposable
{
    private readonly IAsyncDisposable _servers;
    private readonly List<ConnectionMultiplexer> _multiplexers = [];

    private ThroughputStage(IAsyncDisposable servers, IReadOnlyList<string> endpoints, ThroughputCase which)
    {
        _servers = servers;
        Ours = OurClient(endpoints, which);
    }

    public OurSide Ours { get; }

    /// <summary>The plain client's side: a multiplexer for each connection of ours, and one for all lanes of a connection.</summary>
    public IReadOnlyList<IDatabase> Plain => [.. _multiplexers.Select(multiplexer => multiplexer.GetDatabase())];

    public static async Task<ThroughputStage> SetAsync(ThroughputCase which)
    {
        // Without persistence: it would measure the disk.
        var options = new RedisServerOptions { AppendOnly = false };
        IAsyncDisposable servers;
        IReadOnlyList<string> endpoints;
        if (which.Nodes == 1)
        {
            var server = await RedisServer.StartAsync(options);
            (servers, endpoints) = (server, [server.Endpoint]);
        }
        else
        {
            var cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions { Primaries = which.Nodes, Server = options });
            (servers, endpoints) = (cluster, cluster.Endpoints);
        }

        var stage = new ThroughputStage(servers, endpoints, which);
        try
        {
            for (var i = 0; i < which.Connections; i++) stage._multiplexers.Add(await ConnectAsync(endpoints));
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Ours.System.Terminate();
        Ours.System.Dispose();
        foreach (var multiplexer in _multiplexers) await multiplexer.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(IReadOnlyList<string> endpoints)
    {
        var configuration = ConfigurationOptions.Parse(string.Join(',', endpoints));
        configuration.AbortOnConnectFail = false;
        return await ConnectionMultiplexer.ConnectAsync(configuration);
    }

    private static OurSide OurClient(IReadOnlyList<string> endpoints, ThroughputCase which)
    {
        string[] names = which.Connections == 1 ? ["default"] : [.. Enumerable.Range(1, which.Connections).Select(i => $"c{i}")];
        var paths = names.Select(name => which.Connections == 1 ? $"redis-actors.{name}" : $"redis-actors.connections.{name}");
        var system = ActorSystem.Create("throughput", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            {{string.Join('\n', paths.Select(path => $"{path} {{ {Settings(endpoints, which)} }}"))}}
            """));
        RedisExtension.Get(system);
        return new OurSide(system, names);
    }

    private static string Settings(IReadOnlyList<string> endpoints, ThroughputCase which) => which.Nodes == 1
        ? $"endpoint = \"{endpoints[0]}\", lanes = {which.Lanes}"
        : $"topology = cluster, endpoints = [{string.Join(", ", endpoints.Select(endpoint => $"\"{endpoint}\""))}]";
}
