namespace RedisActors.Testing;

/// <summary>How <see cref="RedisClusterServers"/> are started.</summary>
public sealed record RedisClusterOptions
{
    /// <summary>Primaries, which share the slots evenly; 3 unless set, the least of which one can fail over.</summary>
    public int Primaries { get; init; } = 3;

    /// <summary>Replicas of each primary; none unless set.</summary>
    public int ReplicasPerPrimary { get; init; }

    /// <summary>How long a node must be silent until the others take it for down; 1 second unless set.</summary>
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Whether all slots stop being served when one of them has no node. Off unless set, so that the other slots go on.
    /// </summary>
    public bool RequireFullCoverage { get; init; }

    /// <summary>Each node; ports and <see cref="RedisServerOptions.ReplicaOf"/> are the fixture's to set.</summary>
    public RedisServerOptions Server { get; init; } = new();
}
