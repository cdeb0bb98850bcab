namespace RedisActors.Connection;

/// <summary>
/// What a server says, at one moment, of the keys that it evicts when its memory is full. The tokens of exactly-once commands are such
/// keys. https://redis.io/docs/latest/develop/reference/eviction/
/// </summary>
internal sealed record ServerEviction
{
    /// <summary>In place of a count: a server that has started anew, or has become the primary since, has not counted what was evicted before.</summary>
    public const string NoCount = "unknown";

    private const string NoPolicy = "noeviction";

    /// <summary>It does not say, since the ACL does not permit <c>INFO</c>: it may evict.</summary>
    public static readonly ServerEviction Unknown = new() { MayEvict = true };

    /// <summary>It evicts nothing.</summary>
    public static readonly ServerEviction None = new();

    /// <summary>Whether it may evict tokens.</summary>
    public bool MayEvict { get; init; }

    /// <summary>How it chooses what to evict (<c>maxmemory-policy</c>); null where it evicts nothing, or nobody knows.</summary>
    public string? Policy { get; init; }

    /// <summary>How many keys it has evicted since it started, or since <c>CONFIG RESETSTAT</c>; null: unknown.</summary>
    public string? EvictedKeys { get; init; }

    /// <summary>
    /// Which run of which server has counted them, and since when it is the primary: what a replica loses because its primary evicts,
    /// it does not count. Null: unknown.
    /// </summary>
    public string? Term { get; init; }

    /// <summary>
    /// Reads four sections of <c>INFO</c>, each empty where it is refused. A server that shows its memory and names no policy (Garnet)
    /// has none.
    /// </summary>
    public static ServerEviction Parse(string server, string memory, string stats, string replication)
    {
        var policy = ServerInfo.Field(memory, "maxmemory_policy");
        var evicts = policy is not (null or NoPolicy) && ServerInfo.Field(memory, "maxmemory") != "0";
        return new ServerEviction
        {
            MayEvict = evicts || memory.Length == 0,
            Policy = evicts ? policy : null,
            EvictedKeys = ServerInfo.Field(stats, "evicted_keys"),
            Term = ServerInfo.Field(server, "run_id") is { } run && ServerInfo.Field(replication, "master_replid") is { } term
                ? $"{run} {term}"
                : null,
        };
    }

    /// <summary>
    /// For a token that was perhaps stored after this was said, and is looked for on a server that says <paramref name="now"/>: how
    /// many evicted keys that server must still count when the token is not there, for it to have never been there. Null: tokens are
    /// not evicted, so it never was. <see cref="NoCount"/>: nothing would show that.
    /// </summary>
    public string? CountThatShowsNone(ServerEviction now)
    {
        var isSameTerm = Term is not null && Term == now.Term;
        var hasEvicted = isSameTerm && EvictedKeys != now.EvictedKeys;
        if (!MayEvict && !now.MayEvict && !hasEvicted) return null;
        return isSameTerm && EvictedKeys is not null ? EvictedKeys : NoCount;
    }

    /// <summary>The same moment, for a token that may have been stored on that server too since.</summary>
    public ServerEviction FollowedBy(ServerEviction now) => now.MayEvict && !MayEvict ? this with { MayEvict = true } : this;
}
