using System.Collections.Frozen;
using StackExchange.Redis;
using static RedisActors.ReplayClass;
using static RedisActors.CommandMetadata.KeySpec;

namespace RedisActors.CommandMetadata;

/// <summary>
/// The commands of Redis 7.0 to 8, what a second run of each does, and where its keys are. A command that is not here (of a
/// module, or of a newer server) is for <see cref="ServerCommandTable"/>.
/// </summary>
/// <remarks>
/// From the command pages at https://redis.io/docs/latest/commands/. Where the arguments decide, a rule stands
/// in place of the class. Where a command is stricter than running it twice in a row would show, its comment says why.
/// </remarks>
internal static class CommandTable
{
    private static readonly KeySpec FirstTwo = Range(0, 1, 1);
    private static readonly KeySpec Second = Range(1, 1, 1);
    private static readonly KeySpec Pairs = Range(0, -1, 2);
    private static readonly KeySpec AllButLast = Range(0, -2, 1);
    private static readonly KeySpec AllButFirst = Range(1, -1, 1);
    private static readonly KeySpec CountedFirst = Counted(0);
    private static readonly KeySpec CountedSecond = Counted(1);
    private static readonly KeySpec CountedStore = Counted(1, destinationFirst: true);
    private static readonly KeySpec CountedPairs = Counted(0, step: 2);

    private static readonly FrozenDictionary<string, Entry> Entries = Build(
    [
        // Strings
        new("GET GETRANGE SUBSTR STRLEN DIGEST", ReadOnly, One),
        new("MGET", ReadOnly, All),
        new("LCS", ReadOnly, FirstTwo),
        new("STRALGO", ReadOnly, KeySpec.Unknown),
        new("SET", ReplayRules.Set, One),
        new("SETEX PSETEX SETRANGE", LastWins, One),
        new("MSET", LastWins, Pairs),
        new("MSETEX", ReplayRules.SetMany, CountedPairs),
        new("SETNX", Conditional, One),
        new("MSETNX", Conditional, Pairs),
        new("DELEX", Conditional, One),
        new("GETEX", ReplayRules.GetAndExpire, One),
        new("APPEND INCR INCRBY INCRBYFLOAT DECR DECRBY", Accumulating, One),
        new("GETSET GETDEL", Accumulating, One), // the value that the first run took is gone

        // Bits
        new("GETBIT BITCOUNT BITPOS BITFIELD_RO", ReadOnly, One),
        new("SETBIT", Conditional, One), // answers with the bit that was there before
        new("BITFIELD", ReplayRules.BitField, One),
        new("BITOP", ReplayRules.Store, AllButFirst),

        // Keys of any type
        new("TYPE TTL PTTL EXPIRETIME PEXPIRETIME DUMP SORT_RO", ReadOnly, One),
        new("EXISTS TOUCH", ReadOnly, All),
        new("OBJECT|ENCODING OBJECT|FREQ OBJECT|IDLETIME OBJECT|REFCOUNT", ReadOnly, Second),
        new("OBJECT|HELP", ReadOnly, None),
        new("DBSIZE KEYS RANDOMKEY SCAN", ReadOnly, None),
        new("DEL UNLINK", Conditional, All),
        new("EXPIRE PEXPIRE", ReplayRules.ExpireIn, One),
        new("EXPIREAT PEXPIREAT", Conditional, One), // past that moment it deletes the key, and then finds none
        new("PERSIST MOVE", Conditional, One),
        new("RENAME RENAMENX", Accumulating, FirstTwo), // would take what has come to the old name since
        new("COPY", ReplayRules.Copy, FirstTwo),
        new("RESTORE RESTORE-ASKING", ReplayRules.Restore, One),
        new("SORT", ReplayRules.ReadOrStore, SortStore),
        new("MIGRATE", Accumulating, KeySpec.Migrate), // would take what has come to the key since

        // Lists
        new("LLEN LINDEX LRANGE LPOS", ReadOnly, One),
        new("LPUSH LPUSHX RPUSH RPUSHX LINSERT LPOP RPOP", Accumulating, One),
        new("LSET", Accumulating, One), // once somebody has pushed or popped, the index is another element's
        new("LTRIM", ReplayRules.TrimList, One),
        new("LREM", ReplayRules.RemoveFromList, One),
        new("LMPOP", Accumulating, CountedFirst),
        new("LMOVE RPOPLPUSH", Accumulating, FirstTwo),
        new("BLPOP BRPOP", Never, AllButLast),
        new("BLMOVE BRPOPLPUSH", Never, FirstTwo),
        new("BLMPOP", Never, CountedSecond),

        // Sets
        new("SCARD SISMEMBER SMISMEMBER SMEMBERS SRANDMEMBER SSCAN", ReadOnly, One),
        new("SINTER SUNION SDIFF", ReadOnly, All),
        new("SINTERCARD", ReadOnly, CountedFirst),
        new("SADD SREM", Conditional, One),
        new("SMOVE", Conditional, FirstTwo),
        new("SPOP", Accumulating, One),
        new("SINTERSTORE SUNIONSTORE SDIFFSTORE", ReplayRules.Store, All),

        // Hashes
        new("HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HRANDFIELD HSCAN", ReadOnly, One),
        new("HTTL HPTTL HEXPIRETIME HPEXPIRETIME", ReadOnly, One),
        new("HMSET", LastWins, One),
        new("HSET HSETNX HDEL HPERSIST", Conditional, One),
        new("HEXPIRE HPEXPIRE", ReplayRules.ExpireIn, One),
        new("HEXPIREAT HPEXPIREAT", Conditional, One), // as EXPIREAT
        new("HGETEX", ReplayRules.GetAndExpire, One),
        new("HSETEX", ReplayRules.SetFields, One),
        new("HINCRBY HINCRBYFLOAT", Accumulating, One),
        new("HGETDEL", Accumulating, One), // as GETDEL

        // Sorted sets
        new("ZCARD ZCOUNT ZLEXCOUNT ZSCORE ZMSCORE ZRANK ZREVRANK ZRANDMEMBER ZSCAN", ReadOnly, One),
        new("ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX", ReadOnly, One),
        new("ZINTER ZUNION ZDIFF ZINTERCARD", ReadOnly, CountedFirst),
        new("ZADD", ReplayRules.AddToSortedSet, One),
        new("ZREM ZREMRANGEBYSCORE ZREMRANGEBYLEX", Conditional, One),
        new("ZREMRANGEBYRANK", ReplayRules.RemoveByRank, One),
        new("ZINCRBY ZPOPMIN ZPOPMAX", Accumulating, One),
        new("ZMPOP", Accumulating, CountedFirst),
        new("ZUNIONSTORE ZINTERSTORE ZDIFFSTORE", ReplayRules.Store, CountedStore),
        new("ZRANGESTORE", ReplayRules.Store, FirstTwo),
        new("BZPOPMIN BZPOPMAX", Never, AllButLast),
        new("BZMPOP", Never, CountedSecond),

        // Places
        new("GEODIST GEOHASH GEOPOS GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO", ReadOnly, One),
        new("GEOADD", Conditional, One),
        new("GEOSEARCHSTORE", ReplayRules.Store, FirstTwo),
        new("GEORADIUS GEORADIUSBYMEMBER", ReplayRules.ReadOrStore, RadiusStore),

        // HyperLogLogs
        new("PFCOUNT", ReadOnly, All),
        new("PFADD", Conditional, One),
        new("PFMERGE", LastWins, All),
        new("PFDEBUG", Administration, Second),
        new("PFSELFTEST", Administration, None),

        // Streams
        new("XLEN XRANGE XREVRANGE XPENDING", ReadOnly, One),
        new("XINFO|STREAM XINFO|GROUPS XINFO|CONSUMERS", ReadOnly, Second),
        new("XINFO|HELP XGROUP|HELP", ReadOnly, None),
        new("XREAD", ReplayRules.ReadStreams, Streams),
        new("XREADGROUP", ReplayRules.ReadGroup, Streams),
        new("XADD", ReplayRules.AddToStream, One),
        new("XTRIM", ReplayRules.TrimStream, One),
        new("XDEL XDELEX XACK XACKDEL", Conditional, One),
        new("XCLAIM XAUTOCLAIM", Accumulating, One), // counts a delivery, and begins the idle time anew
        new("XSETID XCFGSET", LastWins, One),
        new("XGROUP|SETID", LastWins, Second),
        new("XGROUP|CREATE XGROUP|DESTROY XGROUP|CREATECONSUMER XGROUP|DELCONSUMER", Conditional, Second),

        // Vector sets
        new("VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS VRANDMEMBER VRANGE VSIM", ReadOnly, One),
        new("VSETATTR", LastWins, One),
        new("VADD VREM", Conditional, One),

        // Publish and subscribe
        new("PUBLISH", Accumulating, None),
        new("SPUBLISH", Accumulating, One),
        new("PUBSUB|CHANNELS PUBSUB|NUMPAT PUBSUB|NUMSUB PUBSUB|SHARDCHANNELS PUBSUB|SHARDNUMSUB PUBSUB|HELP", ReadOnly, None),
        new("SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE", Never, None),
        new("SSUBSCRIBE SUNSUBSCRIBE", Never, All),

        // Scripts and functions
        new("EVAL EVALSHA FCALL", Accumulating, CountedSecond),
        new("EVAL_RO EVALSHA_RO FCALL_RO", ReadOnly, CountedSecond),
        new("SCRIPT|LOAD", LastWins, None),
        new("SCRIPT|EXISTS SCRIPT|HELP", ReadOnly, None),
        new("SCRIPT|FLUSH SCRIPT|KILL", Administration, None),
        new("SCRIPT|DEBUG", Never, None),
        new("FUNCTION|LIST FUNCTION|DUMP FUNCTION|STATS FUNCTION|HELP", ReadOnly, None),
        new("FUNCTION|LOAD", ReplayRules.LoadFunction, None),
        new("FUNCTION|DELETE", Conditional, None),
        new("FUNCTION|FLUSH FUNCTION|RESTORE FUNCTION|KILL", Administration, None),

        // Transactions, and waiting for what the same connection sent before
        new("MULTI EXEC DISCARD UNWATCH WAIT WAITAOF", Never, None),
        new("WATCH", Never, All),

        // The connection itself
        new("PING ECHO", ReadOnly, None),
        new("AUTH HELLO SELECT RESET QUIT READONLY READWRITE ASKING", Never, None),
        new("CLIENT|ID CLIENT|INFO CLIENT|LIST CLIENT|GETNAME CLIENT|GETREDIR CLIENT|TRACKINGINFO CLIENT|HELP", ReadOnly, None),
        new("CLIENT|KILL CLIENT|PAUSE CLIENT|UNPAUSE CLIENT|UNBLOCK", Administration, None),
        new("CLIENT|SETNAME CLIENT|SETINFO CLIENT|REPLY CLIENT|TRACKING CLIENT|CACHING", Never, None),
        new("CLIENT|NO-EVICT CLIENT|NO-TOUCH", Never, None),

        // The server
        new("INFO TIME ROLE LASTSAVE LOLWUT", ReadOnly, None),
        new("COMMAND COMMAND|COUNT COMMAND|DOCS COMMAND|GETKEYS COMMAND|GETKEYSANDFLAGS COMMAND|INFO", ReadOnly, None),
        new("COMMAND|LIST COMMAND|HELP", ReadOnly, None),
        new("CONFIG|GET CONFIG|HELP", ReadOnly, None),
        new("CONFIG|SET CONFIG|REWRITE CONFIG|RESETSTAT", Administration, None),
        new("MEMORY|USAGE", ReadOnly, Second),
        new("MEMORY|STATS MEMORY|DOCTOR MEMORY|MALLOC-STATS MEMORY|HELP", ReadOnly, None),
        new("MEMORY|PURGE", Administration, None),
        new("LATENCY|LATEST LATENCY|HISTORY LATENCY|HISTOGRAM LATENCY|GRAPH LATENCY|DOCTOR LATENCY|HELP", ReadOnly, None),
        new("LATENCY|RESET", Administration, None),
        new("SLOWLOG|GET SLOWLOG|LEN SLOWLOG|HELP", ReadOnly, None),
        new("SLOWLOG|RESET", Administration, None),
        new("MODULE|LIST MODULE|HELP", ReadOnly, None),
        new("MODULE|LOAD MODULE|LOADEX MODULE|UNLOAD", Administration, None),
        new("ACL|CAT ACL|DRYRUN ACL|GENPASS ACL|GETUSER ACL|LIST ACL|USERS ACL|WHOAMI ACL|HELP", ReadOnly, None),
        new("ACL|LOG", ReplayRules.AccessLog, None),
        new("ACL|SETUSER ACL|DELUSER ACL|LOAD ACL|SAVE", Administration, None),
        new("FLUSHALL FLUSHDB SWAPDB SFLUSH TRIMSLOTS", Administration, None),
        new("SAVE BGSAVE BGREWRITEAOF SHUTDOWN FAILOVER REPLICAOF SLAVEOF", Administration, None),
        new("DEBUG", Administration, KeySpec.Unknown), // some of its subcommands name a key, some make the server wait
        new("MONITOR SYNC PSYNC REPLCONF", Never, None),

        // The cluster
        new("CLUSTER|INFO CLUSTER|NODES CLUSTER|SLOTS CLUSTER|SHARDS CLUSTER|LINKS", ReadOnly, None),
        new("CLUSTER|MYID CLUSTER|MYSHARDID CLUSTER|KEYSLOT CLUSTER|COUNTKEYSINSLOT CLUSTER|GETKEYSINSLOT", ReadOnly, None),
        new("CLUSTER|REPLICAS CLUSTER|SLAVES CLUSTER|COUNT-FAILURE-REPORTS CLUSTER|SLOT-STATS CLUSTER|HELP", ReadOnly, None),
        new("CLUSTER|ADDSLOTS CLUSTER|ADDSLOTSRANGE CLUSTER|DELSLOTS CLUSTER|DELSLOTSRANGE", Administration, None),
        new("CLUSTER|SETSLOT CLUSTER|MEET CLUSTER|FORGET CLUSTER|REPLICATE CLUSTER|FAILOVER CLUSTER|RESET", Administration, None),
        new("CLUSTER|BUMPEPOCH CLUSTER|SET-CONFIG-EPOCH CLUSTER|SAVECONFIG CLUSTER|MIGRATION", Administration, None),
        new("CLUSTER|FLUSHSLOTS CLUSTER|SYNCSLOTS", Administration, None),

        // Of a module: flagged as reading by its server, but a second FT.CURSOR READ gives the next part
        new("FT.CURSOR", Accumulating, KeySpec.Unknown),
    ]);

    private delegate ReplayClass Rule(ReadOnlySpan<RedisValue> arguments, KeySpec keys);

    /// <summary>
    /// What is known of a command; null when the table does not have it. A subcommand (<c>CONFIG SET</c>) is the first argument.
    /// Case does not matter. Allocates nothing, unless the arguments have to be read and are no text.
    /// </summary>
    public static CommandProfile? Find(string name, ReadOnlySpan<RedisValue> arguments)
    {
        if (!Entries.TryGetValue(name, out var entry)) return null;
        if (entry.Subcommands is null || arguments.IsEmpty) return entry.Profile(arguments);

        return entry.Subcommands.TryGetValue((string?)arguments[0] ?? string.Empty, out var subcommand)
            ? subcommand.Profile(arguments)
            : null;
    }

    private static FrozenDictionary<string, Entry> Build(ReadOnlySpan<Row> rows)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
        var subcommands = new Dictionary<string, Dictionary<string, Entry>>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in rows)
        {
            foreach (var name in row.Names.Split(' '))
            {
                var entry = new Entry(row.Class, row.Rule, row.Keys);
                if (name.Split('|') is not [var container, var subcommand])
                {
                    entries.Add(name, entry);
                    continue;
                }

                if (!subcommands.TryGetValue(container, out var family))
                {
                    subcommands[container] = family = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
                }

                family.Add(subcommand, entry);
            }
        }

        // Without its subcommand, a command such as CONFIG is refused by the server (only COMMAND is not).
        foreach (var (container, family) in subcommands)
        {
            var alone = entries.GetValueOrDefault(container) ?? new Entry(Administration, null, None);
            entries[container] = alone with { Subcommands = family.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase) };
        }

        return entries.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>One line of the table: names, a container and its subcommand joined by a bar.</summary>
    private readonly struct Row
    {
        public Row(string names, ReplayClass replay, KeySpec keys) => (Names, Class, Keys) = (names, replay, keys);

        public Row(string names, Rule rule, KeySpec keys) => (Names, Rule, Keys) = (names, rule, keys);

        public string Names { get; }

        public ReplayClass Class { get; }

        public Rule? Rule { get; }

        public KeySpec Keys { get; }
    }

    private sealed record Entry(
        ReplayClass Class, Rule? Rule, KeySpec Keys, FrozenDictionary<string, Entry>? Subcommands = null)
    {
        public CommandProfile Profile(ReadOnlySpan<RedisValue> arguments) => Keys.Profile(Rule?.Invoke(arguments, Keys) ?? Class);
    }
}
