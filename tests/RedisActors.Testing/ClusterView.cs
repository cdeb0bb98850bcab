namespace RedisActors.Testing;

/// <summary>A Redis Cluster as one of its nodes sees it.</summary>
internal sealed class ClusterView
{
    private readonly IReadOnlyList<ClusterNodeLine> _lines;

    private ClusterView(IReadOnlyList<ClusterNodeLine> lines, bool isOk)
    {
        _lines = lines;
        IsOk = isOk;
    }

    /// <summary><c>cluster_state:ok</c>: the node serves its slots.</summary>
    public bool IsOk { get; }

    public ClusterNodeLine Myself => _lines.Single(line => line.IsMyself);

    /// <summary>Slot owners and replicas, in a form that allows comparing two views.</summary>
    public string Shape => string.Join('\n', _lines
        .Select(line => $"{line.Id} {line.PrimaryId} {string.Join(' ', line.Slots)}")
        .Order(StringComparer.Ordinal));

    public static async Task<ClusterView> OfAsync(RedisServer node)
    {
        await using var probe = await node.ConnectAsync().ConfigureAwait(false);
        var info = (await probe.ExecuteAsync("CLUSTER", "INFO").ConfigureAwait(false)).OrThrow().Text;
        var nodes = (await probe.ExecuteAsync("CLUSTER", "NODES").ConfigureAwait(false)).OrThrow().Text;
        return new ClusterView(
            ClusterNodeLine.ParseAll(nodes),
            info.Contains("cluster_state:ok", StringComparison.Ordinal));
    }

    /// <summary>The node's line in this view; null until they have met.</summary>
    public ClusterNodeLine? Of(RedisServer node) => _lines.FirstOrDefault(line => line.Port == node.ReplicationPort);

    public ClusterNodeLine? OwnerOf(int slot) => _lines.FirstOrDefault(line => line.Owns(slot));

    public IEnumerable<ClusterNodeLine> ReplicasOf(string primaryId) => _lines.Where(line => line.PrimaryId == primaryId);
}
