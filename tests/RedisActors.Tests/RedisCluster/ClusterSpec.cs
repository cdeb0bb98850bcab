using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Lists;

namespace RedisActors.Tests.RedisCluster;

/// <summary>
/// A test against a real Redis Cluster of its own. Unless a killed node is to come back with its data, there is no append-only file:
/// a disk that others keep busy would make every node slow, and these tests look at which node makes commands wait.
/// </summary>
[Collection(ClusterTests.Name)]
public abstract class ClusterSpec(int replicasPerPrimary, bool appendOnly = false)
    : RealServersSpec(TimeSpan.FromSeconds(60)), IAsyncLifetime
{
    private RedisClusterServers? _cluster;

    protected RedisClusterServers Cluster => _cluster ?? throw new InvalidOperationException("The cluster has not been started.");

    public async Task InitializeAsync() =>
        _cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions
        {
            ReplicasPerPrimary = replicasPerPrimary,
            Server = new RedisServerOptions { AppendOnly = appendOnly },
        });

    public async Task DisposeAsync()
    {
        await StopSystemAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    /// <summary>Starts an actor system with a RedisActor that is told some of the nodes, all unless said otherwise.</summary>
    protected IActorRef Redis(string settings = "", IEnumerable<string>? endpoints = null)
    {
        var known = string.Join(", ", (endpoints ?? Cluster.Endpoints).Select(endpoint => $"\"{endpoint}\""));
        return StartRedis($"topology = cluster\nendpoints = [{known}]\ncommand-timeout = 60s\n{settings}");
    }

    /// <summary>Holds a load against the lists of the nodes that have its keys.</summary>
    private protected ListCheck Check(ListLoad load) => new(load, key => Cluster.NodeOfSlotAsync(ClusterSlots.Of(key)));

    /// <summary>Keys of a node's slots: several, each of another slot.</summary>
    protected async Task<string[]> KeysOfAsync(RedisServer node, int count)
    {
        var first = ClusterSlots.Of(await Cluster.KeyOfNodeAsync(node));
        return [.. Enumerable.Range(first, count).Select(slot => ClusterSlots.KeyOf(slot, "list:"))];
    }
}
