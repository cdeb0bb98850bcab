using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RedisActors.Testing;
using RedisActors.Tests.Lists;

namespace RedisActors.Tests.Cluster;

/// <summary>
/// A test against a real Redis Cluster of its own. Unless a killed node is to come back with its data, there is no append-only file:
/// a disk that others keep busy would make every node slow, and these tests look at which node makes commands wait.
/// </summary>
[Collection(ClusterTests.Name)]
public abstract class ClusterSpec(int replicasPerPrimary, bool appendOnly = false) : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private RedisClusterServers? _cluster;
    private TestKit? _kit;

    protected RedisClusterServers Cluster => _cluster ?? throw new InvalidOperationException("The cluster has not been started.");

    protected TestKit Kit => _kit ?? throw new InvalidOperationException("The actor system has not been started.");

    public async Task InitializeAsync() =>
        _cluster = await RedisClusterServers.StartAsync(new RedisClusterOptions
        {
            ReplicasPerPrimary = replicasPerPrimary,
            Server = new RedisServerOptions { AppendOnly = appendOnly },
        });

    public async Task DisposeAsync()
    {
        if (_kit is not null) await _kit.Sys.Terminate();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    /// <summary>Starts an actor system with a RedisActor that is told some of the nodes, all unless said otherwise.</summary>
    protected IActorRef Redis(string settings = "", IEnumerable<string>? endpoints = null)
    {
        var known = string.Join(", ", (endpoints ?? Cluster.Endpoints).Select(endpoint => $"\"{endpoint}\""));
        var config = ConfigurationFactory.ParseString(
            $"akka.loglevel = WARNING\nredis-actors.default {{\ntopology = cluster\nendpoints = [{known}]\ncommand-timeout = 60s\n{settings}\n}}");
        _kit = new TestKit(ActorSystem.Create("cluster", config));
        return RedisExtension.For(_kit.Sys).RedisActor;
    }

    protected TestProbe WatchStates(IActorRef redis)
    {
        var probe = Kit.CreateTestProbe();
        redis.Tell(new SubscribeToState(probe.Ref));
        return probe;
    }

    /// <summary>Waits for the next state of a kind; others before it are passed over.</summary>
    protected static async Task<T> NextAsync<T>(TestProbe watcher, Predicate<T>? matches = null)
        where T : RedisConnectionEvent =>
        (T)await watcher.FishForMessageAsync(message => message is T state && (matches?.Invoke(state) ?? true), Patience);

    protected static Task<RedisReply> AskAsync(IActorRef redis, string name, params StackExchange.Redis.RedisValue[] arguments) =>
        redis.Ask<RedisReply>(new RedisCommand(name, arguments), Patience);

    /// <summary>Holds a load against the lists of the nodes that have its keys.</summary>
    private protected ListCheck Check(ListLoad load) => new(load, key => Cluster.NodeOfSlotAsync(ClusterSlots.Of(key)));

    /// <summary>Keys of a node's slots: several, each of another slot.</summary>
    protected async Task<string[]> KeysOfAsync(RedisServer node, int count)
    {
        var first = ClusterSlots.Of(await Cluster.KeyOfNodeAsync(node));
        return [.. Enumerable.Range(first, count).Select(slot => ClusterSlots.KeyOf(slot, "list:"))];
    }
}
