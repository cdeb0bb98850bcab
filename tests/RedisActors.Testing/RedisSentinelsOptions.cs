namespace RedisActors.Testing;

/// <summary>How <see cref="RedisSentinels"/> are started.</summary>
public sealed record RedisSentinelsOptions
{
    /// <summary>The name by which clients ask the sentinels for the primary.</summary>
    public string ServiceName { get; init; } = "orders";

    /// <summary>Replicas beside the primary; 1 unless set.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>Sentinels; 3 unless set, of which a majority has to agree.</summary>
    public int Sentinels { get; init; } = 3;

    /// <summary>How long the primary must be silent until a sentinel takes it for down; 1 second unless set.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a failover may take; a sentinel that voted for another's waits twice as long before its own. 3 seconds unless
    /// set.
    /// </summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The password of the sentinels themselves (<c>requirepass</c>); none unless given.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>
    /// Whether the sentinels look around several times a second rather than every 10 s, so that a test need not wait for that
    /// long until a primary that was away, or was told to hand over, is made a replica. On unless set.
    /// </summary>
    public bool LookAroundOften { get; init; } = true;

    /// <summary>Primary and replicas; ports and <see cref="RedisServerOptions.ReplicaOf"/> are the fixture's to set.</summary>
    public RedisServerOptions Server { get; init; } = new();
}
