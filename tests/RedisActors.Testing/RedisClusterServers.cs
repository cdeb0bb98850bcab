using System.Globalization;

namespace RedisActors.Testing;

/// <summary>
/// A Redis Cluster on the loopback address. Each node is a <see cref="RedisServer"/> that can be killed, suspended and restarted
/// individually; none outlives the owner.
/// </summary>
public sealed class RedisClusterServers : IAsyncDisposable
{
    /// <summary>A server abandons a manual failover after 5 s and reports that only in its log.</summary>
    private static readonly TimeSpan FailOverAttempt = TimeSpan.FromSeconds(7);

    private RedisClusterServers(IReadOnlyList<RedisServer> nodes)
    {
        Nodes = nodes;
    }

    /// <summary>
    /// The nodes: the first primaries in the order of their slots, then their replicas (those of the first, those of the
    /// second...). <see cref="RedisServer.Kill"/>, <see cref="RedisServer.Suspend"/> and <see cref="RedisServer.Resume"/> are
    /// the faults of a single node; see also <see cref="RestartAsync"/>.
    /// </summary>
    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>The nodes' addresses, as a client is configured with them.</summary>
    public IReadOnlyList<string> Endpoints => [.. Nodes.Select(node => node.Endpoint)];

    /// <summary>Starts the nodes. Returns when all have met, all slots are served and all replicas have synchronized.</summary>
    public static async Task<RedisClusterServers> StartAsync(RedisClusterOptions? options = null)
    {
        options ??= new RedisClusterOptions();
        var nodes = await ServerGroup.StartAsync(Enumerable.Repeat(
            NodeOptions(options), options.Primaries * (1 + options.ReplicasPerPrimary))).ConfigureAwait(false);
        var cluster = new RedisClusterServers(nodes);
        try
        {
            await cluster.FormAsync(options).ConfigureAwait(false);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The node that owns the slot, according to the latest views of the reachable nodes.</summary>
    public async Task<RedisServer> NodeOfSlotAsync(int slot) =>
        OwnerOf(slot, await ViewsAsync().ConfigureAwait(false))
            ?? throw new InvalidOperationException($"Slot {slot} has no node.");

    /// <summary>A key in a slot that the node owns; other prefixes give other keys of the same slot.</summary>
    public async Task<string> KeyOfNodeAsync(RedisServer node, string prefix = "")
    {
        var views = await ViewsAsync().ConfigureAwait(false);
        for (var slot = 0; slot < ClusterSlots.Count; slot++)
        {
            if (OwnerOf(slot, views) == node) return ClusterSlots.KeyOf(slot, prefix);
        }

        throw new InvalidOperationException($"{node.Endpoint} owns no slot.");
    }

    /// <summary>The replicas of a primary, according to a reachable node.</summary>
    public async Task<IReadOnlyList<RedisServer>> ReplicasOfAsync(RedisServer primary)
    {
        var view = (await ViewsAsync().ConfigureAwait(false))[0];
        var id = view.Of(primary)?.Id ?? throw new InvalidOperationException($"{primary.Endpoint} is not in the Redis Cluster.");
        return [.. view.ReplicasOf(id).Select(NodeAt)];
    }

    /// <summary>Restarts a killed node and returns when the others see it again.</summary>
    public async Task RestartAsync(RedisServer node)
    {
        await node.StartAgainAsync().ConfigureAwait(false);
        await WaitUntilHealthyAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Returns when the reachable nodes serve their slots, agree on slot owners and replicas, see each other as healthy and the rest as
    /// failed, and the replicas among them have synchronized.
    /// </summary>
    public Task WaitUntilHealthyAsync(TimeSpan? timeout = null) =>
        Until.HoldsAsync("the nodes agree that the cluster is healthy", IsHealthyAsync, timeout);

    /// <summary>Returns when the reachable nodes have declared this one failed.</summary>
    public Task WaitUntilFailedAsync(RedisServer node, TimeSpan? timeout = null) => Until.HoldsAsync(
        $"the nodes declare {node.Endpoint} failed",
        async () => (await ViewsAsync().ConfigureAwait(false)).All(view => view.Of(node) is { HasFailed: true }),
        timeout);

    /// <summary>Returns the slot's new node when all reachable nodes agree on it.</summary>
    public Task<RedisServer> WaitForOwnerOtherThanAsync(RedisServer former, int slot, TimeSpan? timeout = null) =>
        WaitForOwnerAsync(slot, owner => owner != former, timeout);

    /// <summary>
    /// <c>CLUSTER FAILOVER</c>: a replica takes over from a healthy primary without losing anything. Returns the new
    /// primary when all agree and the former one is its replica.
    /// </summary>
    public async Task<RedisServer> FailOverAsync(RedisServer primary)
    {
        var replica = ServerGroup.Reachable(await ReplicasOfAsync(primary).ConfigureAwait(false)).FirstOrDefault()
            ?? throw new InvalidOperationException($"{primary.Endpoint} has no replica that runs.");
        for (var attempt = 1; ; attempt++)
        {
            (await replica.ExecuteAsync("CLUSTER", "FAILOVER").ConfigureAwait(false)).OrThrow();
            try
            {
                await Until.HoldsAsync(
                    $"{replica.Endpoint} takes the place of {primary.Endpoint}",
                    async () => (await ClusterView.OfAsync(replica).ConfigureAwait(false)).Myself.IsPrimary,
                    FailOverAttempt).ConfigureAwait(false);
                break;
            }
            catch (TimeoutException) when (attempt < 3)
            {
                // Its log says why; on a busy machine a node may have voted too late.
            }
        }

        await WaitUntilHealthyAsync().ConfigureAwait(false);
        return replica;
    }

    /// <summary>
    /// Starts a slot's migration without finishing it: from now on the source node answers <c>ASK</c> for missing keys.
    /// </summary>
    public Task<SlotMove> BeginMoveAsync(int slot, RedisServer to) => SlotMove.BeginAsync(this, slot, to);

    /// <summary>Moves a slot with its keys, as <c>redis-cli --cluster reshard</c> does.</summary>
    /// <param name="betweenBatches">Called after each batch of keys, for instance to check what clients do in the meantime.</param>
    public async Task MoveSlotAsync(int slot, RedisServer to, Func<SlotMove, Task>? betweenBatches = null, int batch = 10)
    {
        var move = await BeginMoveAsync(slot, to).ConfigureAwait(false);
        while (await move.MoveKeysAsync(batch).ConfigureAwait(false) > 0)
        {
            if (betweenBatches is not null) await betweenBatches(move).ConfigureAwait(false);
        }

        await move.CompleteAsync().ConfigureAwait(false);
    }

    /// <summary>Ends all nodes and removes their folders.</summary>
    public async ValueTask DisposeAsync() => await ServerGroup.DisposeAsync(Nodes).ConfigureAwait(false);

    internal static async Task<string> IdOfAsync(RedisServer node) =>
        (await node.ExecuteAsync("CLUSTER", "MYID").ConfigureAwait(false)).OrThrow().Text;

    internal async Task<RedisServer> WaitForOwnerAsync(int slot, Func<RedisServer, bool> isAwaited, TimeSpan? timeout = null)
    {
        RedisServer? owner = null;
        await Until.HoldsAsync(
            $"the nodes agree on the owner of slot {slot}",
            async () =>
            {
                var owners = (await ViewsAsync().ConfigureAwait(false)).Select(view => view.OwnerOf(slot)).ToArray();
                owner = owners[0] is { } first && owners.All(line => line?.Id == first.Id) ? NodeAt(first) : null;
                return owner is not null && isAwaited(owner);
            },
            timeout).ConfigureAwait(false);
        return owner!;
    }

    private static RedisServerOptions NodeOptions(RedisClusterOptions options) => options.Server with
    {
        Port = null,
        ReplicaOf = null,
        ClusterLines =
        [
            "cluster-enabled yes",
            "cluster-announce-ip 127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"cluster-node-timeout {options.NodeTimeout.TotalMilliseconds:0}"),
            $"cluster-require-full-coverage {(options.RequireFullCoverage ? "yes" : "no")}",
        ],
    };

    private static async Task TellAsync(RedisServer node, params IEnumerable<object> words)
    {
        var texts = words.Select(word => Convert.ToString(word, CultureInfo.InvariantCulture)!);
        (await node.ExecuteAsync(["CLUSTER", .. texts]).ConfigureAwait(false)).OrThrow();
    }

    private async Task FormAsync(RedisClusterOptions options)
    {
        var primaries = options.Primaries;
        for (var i = 0; i < Nodes.Count; i++)
        {
            // Distinct epochs from the start: otherwise the nodes detect that theirs are equal and resolve the conflicts one by one.
            await TellAsync(Nodes[i], "SET-CONFIG-EPOCH", i + 1).ConfigureAwait(false);
            if (i >= primaries) continue;

            var (first, next) = (i * ClusterSlots.Count / primaries, (i + 1) * ClusterSlots.Count / primaries);
            await TellAsync(Nodes[i], "ADDSLOTSRANGE", first, next - 1).ConfigureAwait(false);
        }

        foreach (var (one, other) in Nodes.SelectMany((one, i) => Nodes.Skip(i + 1).Select(other => (one, other))))
        {
            await TellAsync(one, "MEET", other.Host, other.ReplicationPort, other.BusPort!).ConfigureAwait(false);
        }

        for (var i = primaries; i < Nodes.Count; i++)
        {
            var replica = Nodes[i];
            var id = await IdOfAsync(Nodes[(i - primaries) / options.ReplicasPerPrimary]).ConfigureAwait(false);
            await Until.HoldsAsync(
                $"{replica.Endpoint} knows its primary",
                async () =>
                {
                    await TellAsync(replica, "REPLICATE", id).ConfigureAwait(false);
                    return true;
                }).ConfigureAwait(false);
        }

        await WaitUntilHealthyAsync().ConfigureAwait(false);
    }

    private Task<ClusterView[]> ViewsAsync() => ServerGroup.AskAllAsync(Nodes, ClusterView.OfAsync);

    private RedisServer NodeAt(ClusterNodeLine line) => Nodes.Single(node => node.ReplicationPort == line.Port);

    private RedisServer? OwnerOf(int slot, IEnumerable<ClusterView> views)
    {
        var claims = views.Select(view => view.OwnerOf(slot)).OfType<ClusterNodeLine>();
        return claims.MaxBy(line => line.Epoch) is { } owner ? NodeAt(owner) : null;
    }

    private async Task<bool> IsHealthyAsync()
    {
        var reachable = ServerGroup.Reachable(Nodes);
        var views = await ViewsAsync().ConfigureAwait(false);
        if (views.Any(view => !view.IsOk) || views.Select(view => view.Shape).Distinct().Count() != 1) return false;

        foreach (var node in Nodes)
        {
            var isReachable = reachable.Contains(node);
            if (!views.All(view => view.Of(node) is { } line && (isReachable ? line.IsWell : line.HasFailed))) return false;
        }

        foreach (var node in reachable)
        {
            var info = await node.InfoAsync("replication").ConfigureAwait(false);
            if (info["role"] == "slave" && info["master_link_status"] != "up") return false;
        }

        return true;
    }
}
