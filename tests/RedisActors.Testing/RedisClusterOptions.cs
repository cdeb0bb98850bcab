namespace RedisActors.Testing;

/// <summary>How <see cref="RedisClusterServers"/> are started.</summary>
public sealed record RedisClusterOptions
{
    /// <summary>The number of primaries, which share the slots evenly. Default 3, the minimum that can fail over.</summary>
    public int Primaries { get; init; } = 3;

    /// <summary>Replicas per primary. Default none.</summary>
    public int ReplicasPerPrimary { get; init; }

    /// <summary>How long a node must be silent before the others consider it down. Default 1 second.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether no slot is served any more once one of them has no node. Off by default, so that the other slots stay available.
    /// </summary>
    public bool RequireFullCoverage { get; init; }

    /// <summary>The options of each node; the fixture sets ports and <see cref="RedisServerOptions.ReplicaOf"/>.</summary>
    public RedisServerOptions Server { get; init; } = new();
}
