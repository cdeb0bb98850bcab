using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.RedisCluster;

/// <summary>Which node has which hash slot, by the latest word of all nodes that were asked.</summary>
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

    /// <summary>The primaries that have slots, in the order of their first ones, with those that may take their place.</summary>
    public IReadOnlyList<ClusterShard> Shards { get; }

    /// <summary>Where to find the nodes, whatever their state.</summary>
    public IReadOnlyList<RedisEndpoint> Endpoints { get; }

    /// <summary>Where the nodes are that a majority holds for failed.</summary>
    public IReadOnlySet<RedisEndpoint> Failed { get; }

    /// <summary>Makes a map of what several nodes say. Of two that claim a slot, the one with the greater configuration epoch has it.</summary>
    public static RedisClusterMap Of(IEnumerable<IReadOnlyList<RedisClusterNode>> views) => new([.. views.SelectMany(view => view)]);

    /// <summary>The id of the node that has a slot; null: nobody has it.</summary>
    public string? OwnerOf(int slot) => _owners[slot]?.Id;

    private static ClusterShard Shard(RedisClusterNode primary, IReadOnlyCollection<RedisClusterNode> nodes) => new(
        primary.Id,
        primary.Endpoint,
        nodes.Where(node => node.PrimaryId == primary.Id).Select(node => node.Id).Append(primary.Id).ToHashSet());
}

/// <summary>A primary and its replicas.</summary>
/// <param name="PrimaryId">The id of the primary.</param>
/// <param name="Endpoint">Where the primary is.</param>
/// <param name="Members">The ids of all of them: by these a shard is known again after one has taken the place of another.</param>
internal sealed record ClusterShard(string PrimaryId, RedisEndpoint Endpoint, IReadOnlySet<string> Members);
