namespace RedisActors.Configuration;

/// <summary>Who answers the commands of a connection.</summary>
internal enum RedisTopology
{
    /// <summary>One server, or the first of several that may be written to.</summary>
    Standalone,

    /// <summary>The primary that Redis Sentinel names.</summary>
    Sentinel,

    /// <summary>The nodes of a Redis Cluster, each for its slots.</summary>
    Cluster,
}

/// <summary>Which role a server must have in its replication.</summary>
internal enum RequiredRole
{
    /// <summary>One that may be written to.</summary>
    Primary,

    /// <summary>A replica will do.</summary>
    Any,
}
