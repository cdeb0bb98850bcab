namespace RedisActors.Testing;

/// <summary>How a <see cref="RedisServer"/> is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>The server program. Default: <c>redis-server</c> on the <c>PATH</c>.</summary>
    public string? Executable { get; init; }

    /// <summary>The address that it listens at. Default: the loopback address.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>What starts the server program and is followed by it, such as <c>ip netns exec NAMESPACE</c>. Default: nothing.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    /// <summary>The port at <see cref="Address"/>. Default: a free one.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Whether the server keeps an append-only file, so that a kill -9 loses nothing that it has answered. On by default.
    /// </summary>
    public bool AppendOnly { get; init; } = true;

    /// <summary>
    /// <c>always</c>, <c>everysec</c> or <c>no</c>. Only with <c>always</c> does everything answered survive a kill -9: with
    /// <c>everysec</c> the server postpones its writes for up to 2 s while a sync is running, and answers nevertheless.
    /// </summary>
    public string AppendFsync { get; init; } = "always";

    /// <summary>The default user's password (<c>requirepass</c>). Default none.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// ACL users, as written after <c>user</c>: <c>app on &gt;secret ~* +@all</c>, <c>default off</c>.
    /// </summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>TLS instead of the plain port, or in addition to it. Default: no TLS.</summary>
    public RedisServerTls? Tls { get; init; }

    /// <summary>The server that this one initially replicates. Default: none, so it is a primary.</summary>
    public RedisServer? ReplicaOf { get; init; }

    /// <summary>More arguments, as typed after <c>redis-server</c>: <c>--maxclients</c>, <c>5</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How long the server may take to answer a <c>PING</c>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The configuration lines that make the server a sentinel. Default: a data server.</summary>
    internal IReadOnlyList<string>? SentinelLines { get; init; }

    /// <summary>The configuration lines that make the server a node of a Redis Cluster. Default: none.</summary>
    internal IReadOnlyList<string>? ClusterLines { get; init; }
}
