namespace RedisActors.Testing;

/// <summary>How <see cref="RedisSentinels"/> are started.</summary>
public sealed record RedisSentinelsOptions
{
    /// <summary>The name under which the sentinels monitor the primary.</summary>
    public string ServiceName { get; init; } = "orders";

    /// <summary>The number of replicas. Default 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>The number of sentinels, a majority of which must agree. Default 3.</summary>
    public int Sentinels { get; init; } = 3;

    /// <summary>How long the primary must be silent before a sentinel considers it down. Default 1 second.</summary>
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a failover may take; a sentinel that voted for another's waits twice as long before it starts its own. Default 3 seconds.
    /// </summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The password of the sentinels themselves (<c>requirepass</c>). Default none.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>
    /// Whether the sentinels poll several times a second instead of every 10 s, so that a test need not wait that long until a primary that
    /// was away, or was demoted, is made a replica. On by default.
    /// </summary>
    public bool LookAroundOften { get; init; } = true;

    /// <summary>The options of primary and replicas; the fixture sets ports and <see cref="RedisServerOptions.ReplicaOf"/>.</summary>
    public RedisServerOptions Server { get; init; } = new();
}
