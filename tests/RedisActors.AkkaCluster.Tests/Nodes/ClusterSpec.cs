using Akka.Actor;
using Akka.Cluster;
using RedisActors.Testing;

namespace RedisActors.AkkaCluster.Tests.Nodes;

/// <summary>A test with nodes of a real cluster in this process, and a real Redis server.</summary>
public abstract class ClusterSpec : IAsyncLifetime
{
    private readonly Network _network = new();
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
        var node = Node.Start(_network, role, $$"""
            redis-actors.default.endpoint = "{{Server.Endpoint}}"
            {{settings}}
            """);
        _nodes.Add(node);
        node.Cluster.Join(_nodes[0].Address);
        return node;
    }

    private protected static Task WhenUpAsync(params Node[] nodes) => Eventually.HoldsAsync(
        "all nodes are up", () => nodes.All(node => node.Cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == nodes.Length));

    private protected static Task<RedisReply> AskAsync(Node node, RedisCommand command) =>
        node.Redis.Ask<RedisReply>(command, Eventually.Patience);

    /// <summary>Which of these nodes has commands under way; there is none without a connection.</summary>
    private protected async Task<Node> ServingAsync(params Node[] nodes)
    {
        Node? serving = null;
        await Eventually.HoldsAsync("a node serves", async () =>
        {
            var clients = await Server.ListClientsAsync();
            serving = nodes.FirstOrDefault(node => clients.Any(client => client.Name == ClientName(node)));
            return serving is not null;
        });
        return serving!;
    }

    private protected static string ClientName(Node node) => $"node-{node.Address.Port}";
}
