using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.RedisCluster;

/// <summary>Which node owns which hash slot, according to all nodes that were asked.</summary>
internal sealed class RedisClusterMap
{
    private readonly RedisClusterNode?[] _owners = new RedisClusterNode?[HashSlot.Count];

    private RedisClusterMap(IReadOnlyCollection<RedisClusterNode> nodes)
    {
        foreach (var node in nodes.Where(node => node.PrimaryId is null))
        {
            foreach (var (first, last) in node.Slots)
            {
                for (var slot = first; slot <= last; slot++)
                {
                    if (_owners[slot] is null || _owners[slot]!.Epoch < node.Epoch) _owners[slot] = node;
                }
            }
        }

        Shards = [.. _owners.OfType<RedisClusterNode>().GroupBy(owner => owner.Id).Select(owner => Shard(owner.First(), nodes))];
        Endpoints = [.. nodes.Select(node => node.Endpoint).Distinct()];
        Failed = nodes.Where(node => node.HasFailed).Select(node => node.Endpoint).ToHashSet();
    }

    /// <summary>The primaries that have slots, ordered by their first slot, with the nodes that can take over from them.</summary>
    public IReadOnlyList<ClusterShard> Shards { get; }

    /// <summary>The endpoints of all nodes, whatever their state.</summary>
    public IReadOnlyList<RedisEndpoint> Endpoints { get; }

    /// <summary>The endpoints of the nodes that a majority has marked as failed.</summary>
    public IReadOnlySet<RedisEndpoint> Failed { get; }

    /// <summary>Combines the views of several nodes. If two nodes claim a slot, the one with the greater configuration epoch owns it.</summary>
    public static RedisClusterMap Of(IEnumerable<IReadOnlyList<RedisClusterNode>> views) => new([.. views.SelectMany(view => view)]);

    /// <summary>The id of the node that owns a slot; null: no node does.</summary>
    public string? OwnerOf(int slot) => _owners[slot]?.Id;

    private static ClusterShard Shard(RedisClusterNode primary, IReadOnlyCollection<RedisClusterNode> nodes) => new(
        primary.Id,
        primary.Endpoint,
        nodes.Where(node => node.PrimaryId == primary.Id).Select(node => node.Id).Append(primary.Id).ToHashSet());
}

/// <summary>A primary and its replicas.</summary>
/// <param name="PrimaryId">The id of the primary.</param>
/// <param name="Endpoint">The primary's endpoint.</param>
/// <param name="Members">The ids of all of them, which identify the shard after a failover.</param>
internal sealed record ClusterShard(string PrimaryId, RedisEndpoint Endpoint, IReadOnlySet<string> Members);
