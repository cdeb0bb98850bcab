using Akka.Actor;
using Akka.Cluster;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>A test with the nodes of a real Akka cluster, all in this process, and a real Redis server.</summary>
public abstract class AkkaClusterSpec : IAsyncLifetime
{
    /// <summary>The nodes of the role <c>redis</c> serve.</summary>
    private protected const string ByRole = "redis-actors.akka-cluster { served-by = role, role = redis, identify-interval = 100ms }";

    private readonly List<Node> _nodes = [];
    private RedisServer? _server;

    private protected RedisServer Server => _server!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.EndAsync()));
        await Server.DisposeAsync();
    }

    /// <summary>Starts a node, which joins the first one; use <see cref="WhenUpAsync"/>.</summary>
    private protected Node Start(string role, string settings)
    {
        var name = $"node-{_nodes.Count + 1}";
        var node = Node.Start(name, role, $$"""
            redis-actors.default { endpoint = "{{Server.Endpoint}}", client-name = {{name}} }
            {{settings}}
            """);
        _nodes.Add(node);
        node.Cluster.Join(_nodes[0].Address);
        return node;
    }

    /// <summary>Starts a node in a process of its own, which joins the first one.</summary>
    private protected NodeProcess StartProcess(string role, string settings) =>
        NodeProcess.Start(_nodes[0], role, $"redis-actors.default.endpoint = \"{Server.Endpoint}\"\n{settings}");

    private protected static Task WhenUpAsync(params Node[] nodes) => WhenUpAsync(nodes.Length, nodes);

    /// <summary>Returns when so many nodes are up, as these see it.</summary>
    private protected static Task WhenUpAsync(int count, params Node[] nodes) => Eventually.HoldsAsync(
        $"{count} nodes are up", () => nodes.All(node => node.Cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == count));

    /// <summary>Neither the node nor any other hears of the other any more; both live on.</summary>
    private protected Task CutOffAsync(Node node) => node.CutOffFromAsync(_nodes.Where(other => other != node));

    private protected static Task<RedisReply> AskAsync(Node node, RedisCommand command) =>
        node.Redis.Ask<RedisReply>(command, Eventually.Patience);

    /// <summary>The first of these nodes that has a connection to Redis.</summary>
    private protected async Task<Node> ServingAsync(params Node[] nodes)
    {
        Node? serving = null;
        await Eventually.HoldsAsync("a node serves", async () =>
        {
            var clients = await Server.ListClientsAsync();
            serving = nodes.FirstOrDefault(node => clients.Any(client => client.Name == node.Name));
            return serving is not null;
        });
        return serving!;
    }
}
