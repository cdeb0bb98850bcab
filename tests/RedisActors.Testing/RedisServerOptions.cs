namespace RedisActors.Testing;

/// <summary>How a <see cref="RedisServer"/> is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>The server program; <c>redis-server</c> of the <c>PATH</c> unless given.</summary>
    public string? Executable { get; init; }

    /// <summary>The port on 127.0.0.1; a free one unless given.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Whether the server keeps an append-only file, so that a kill -9 loses nothing that it had answered. On unless set.
    /// </summary>
    public bool AppendOnly { get; init; } = true;

    /// <summary>
    /// <c>always</c>, <c>everysec</c> or <c>no</c>. Only <c>always</c> keeps all that was answered through a kill -9: with
    /// <c>everysec</c> the server puts off its writes while a sync is under way, for up to 2 s, and answers all the same.
    /// </summary>
    public string AppendFsync { get; init; } = "always";

    /// <summary>The default user's password (<c>requirepass</c>); none unless given.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// ACL users as one would write them after <c>user</c>: <c>app on &gt;secret ~* +@all</c>, <c>default off</c>.
    /// </summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>TLS in place of, or beside, the plain port; no TLS unless given.</summary>
    public RedisServerTls? Tls { get; init; }

    /// <summary>The server of which this one begins as a replica; a primary unless given.</summary>
    public RedisServer? ReplicaOf { get; init; }

    /// <summary>Further arguments as one would type them after <c>redis-server</c>: <c>--maxclients</c>, <c>5</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How long the server may take until it answers a <c>PING</c>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>What makes the server a sentinel: lines of its configuration; a server of data unless given.</summary>
    internal IReadOnlyList<string>? SentinelLines { get; init; }

    /// <summary>What makes the server a node of a cluster: lines of its configuration; none unless given.</summary>
    internal IReadOnlyList<string>? ClusterLines { get; init; }
}
