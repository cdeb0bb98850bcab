using System.Collections.Frozen;
using StackExchange.Redis;
using static RedisActors.CommandMetadata.ClusterScope;
using static RedisActors.CommandMetadata.CommandLimits;
using static RedisActors.CommandMetadata.KeySpec;
using static RedisActors.ReplayClass;

namespace RedisActors.CommandMetadata;

/// <summary>
/// The commands of Redis 7.0 to 8 and everything that is known of each. A command that is not here (a module's, a newer server's)
/// is a matter for <see cref="CommandFacts"/>.
/// </summary>
/// <remarks>
/// <para>A row of <see cref="Rows"/> reads, from left to right:</para>
/// <list type="number">
/// <item>the commands; <c>CONFIG|SET</c> is a subcommand, <c>CONFIG|*</c> is every other one of its container;</item>
/// <item>what a second run does: a <see cref="ReplayClass"/>, or one of the <see cref="ReplayRules"/> where arguments decide;</item>
/// <item>where its keys are (<see cref="KeySpec"/>), so that the node of a Redis Cluster that has them runs it; or, of a command
/// without keys, which nodes it concerns (<see cref="ClusterScope"/>): where those are one or all, it is refused in a Redis
/// Cluster;</item>
/// <item>what it cannot be used for, and why (<see cref="CommandLimits"/>); without an entry it is sent, and can be delivered
/// exactly-once if it has a key.</item>
/// </list>
/// <para>The facts come from the command pages at https://redis.io/docs/latest/commands/; the tests hold them against a server.
/// Where a row is stricter than running the command twice in a row would show, its comment says why.</para>
/// </remarks>
internal static class CommandTable
{
    private const string OtherSubcommands = "*";
    private const string UseEval = "use EVAL, which takes its script along to the node of its keys";

    private static readonly KeySpec FirstTwo = Range(0, 1, 1);
    private static readonly KeySpec Second = Range(1, 1, 1);
    private static readonly KeySpec Pairs = Range(0, -1, 2);
    private static readonly KeySpec AllButLast = Range(0, -2, 1);
    private static readonly KeySpec AllButFirst = Range(1, -1, 1);
    private static readonly KeySpec CountedFirst = Counted(0);
    private static readonly KeySpec CountedSecond = Counted(1);
    private static readonly KeySpec CountedStore = Counted(1, destinationFirst: true);
    private static readonly KeySpec CountedPairs = Counted(0, step: 2);

    private static readonly ArgumentTest Always = static _ => true;
    private static readonly ArgumentTest HasNoGetOption = static arguments => !ArgumentSyntax.Contains(arguments, 2, "GET");
    private static readonly ArgumentTest HasBlockOption = static arguments => StreamRead.Parse(arguments).Blocks;

    /// <summary>What is known of a <see cref="RedisTransaction"/>, which is no command of the server's.</summary>
    public static readonly CommandProfile Transaction = new("transaction", ReplayRules.Transaction, CountedSecond);

    /// <summary>The table. The order of its rows means nothing.</summary>
    public static readonly IReadOnlyList<CommandProfile> Rows =
    [
        // Strings
        new("GET GETRANGE SUBSTR STRLEN DIGEST", ReadOnly, One),
        new("MGET", ReadOnly, All),
        new("LCS", ReadOnly, FirstTwo),
        new("STRALGO", ReadOnly, KeySpec.Unknown),
        new("SET", ReplayRules.Set, One) { ShortReply = HasNoGetOption },
        new("SETEX PSETEX SETRANGE", LastWins, One) { ShortReply = Always },
        new("MSET", LastWins, Pairs) { ShortReply = Always },
        new("MSETEX", ReplayRules.SetMany, CountedPairs),
        new("SETNX", Conditional, One) { ShortReply = Always },
        new("MSETNX", Conditional, Pairs) { ShortReply = Always },
        new("DELEX", Conditional, One),
        new("GETEX", ReplayRules.GetAndExpire, One),
        new("APPEND INCR INCRBY INCRBYFLOAT DECR DECRBY", Accumulating, One) { ShortReply = Always },
        new("GETSET GETDEL", Accumulating, One), // the value that the first run took is gone

        // Bits
        new("GETBIT BITCOUNT BITPOS BITFIELD_RO", ReadOnly, One),
        new("SETBIT", Conditional, One) { ShortReply = Always }, // answers with the bit that was there before
        new("BITFIELD", ReplayRules.BitField, One, WideIntegers) { LimitedWhen = ArgumentSyntax.HasWideBitFieldType },
        new("BITOP", ReplayRules.Store, AllButFirst),

        // Keys of any type
        new("TYPE TTL PTTL EXPIRETIME PEXPIRETIME DUMP SORT_RO", ReadOnly, One),
        new("EXISTS TOUCH", ReadOnly, All),
        new("OBJECT|ENCODING OBJECT|FREQ OBJECT|IDLETIME OBJECT|REFCOUNT", ReadOnly, Second),
        new("OBJECT|HELP", ReadOnly, AnyNode),
        new("DBSIZE KEYS SCAN", ReadOnly, AllNodes),
        new("RANDOMKEY", ReadOnly, OneNode),
        new("DEL UNLINK", Conditional, All) { ShortReply = Always },
        new("EXPIRE PEXPIRE", ReplayRules.ExpireIn, One) { ShortReply = Always },
        new("EXPIREAT PEXPIREAT", Conditional, One) { ShortReply = Always }, // past that moment it deletes the key, and then finds none
        new("PERSIST MOVE", Conditional, One) { ShortReply = Always },
        new("RENAME RENAMENX", Accumulating, FirstTwo), // a replay would take what has come to the old name since
        new("COPY", ReplayRules.Copy, FirstTwo),
        new("RESTORE", ReplayRules.Restore, One),
        new("RESTORE-ASKING", ReplayRules.Restore, One, Administers),
        new("SORT", ReplayRules.ReadOrStore, SortStore),
        new("MIGRATE", Accumulating, KeySpec.Migrate, OtherServer), // a replay would take what has come to the key since

        // Lists
        new("LLEN LINDEX LRANGE LPOS", ReadOnly, One),
        new("LPUSH LPUSHX RPUSH RPUSHX LINSERT", Accumulating, One) { ShortReply = Always },
        new("LPOP RPOP", Accumulating, One),
        new("LSET", Accumulating, One) { ShortReply = Always }, // once somebody has pushed or popped, the index is another element's
        new("LTRIM", ReplayRules.TrimList, One) { ShortReply = Always },
        new("LREM", ReplayRules.RemoveFromList, One) { ShortReply = Always },
        new("LMPOP", Accumulating, CountedFirst),
        new("LMOVE RPOPLPUSH", Accumulating, FirstTwo),
        new("BLPOP BRPOP", Never, AllButLast, Blocks),
        new("BLMOVE BRPOPLPUSH", Never, FirstTwo, Blocks),
        new("BLMPOP", Never, CountedSecond, Blocks),

        // Sets
        new("SCARD SISMEMBER SMISMEMBER SMEMBERS SRANDMEMBER SSCAN", ReadOnly, One),
        new("SINTER SUNION SDIFF", ReadOnly, All),
        new("SINTERCARD", ReadOnly, CountedFirst),
        new("SADD SREM", Conditional, One) { ShortReply = Always },
        new("SMOVE", Conditional, FirstTwo) { ShortReply = Always },
        new("SPOP", Accumulating, One),
        new("SINTERSTORE SUNIONSTORE SDIFFSTORE", ReplayRules.Store, All),

        // Hashes
        new("HGET HMGET HGETALL HKEYS HVALS HLEN HEXISTS HSTRLEN HRANDFIELD HSCAN", ReadOnly, One),
        new("HTTL HPTTL HEXPIRETIME HPEXPIRETIME", ReadOnly, One),
        new("HMSET", LastWins, One) { ShortReply = Always },
        new("HSET HSETNX HDEL HPERSIST", Conditional, One) { ShortReply = Always },
        new("HEXPIRE HPEXPIRE", ReplayRules.ExpireIn, One),
        new("HEXPIREAT HPEXPIREAT", Conditional, One), // as EXPIREAT
        new("HGETEX", ReplayRules.GetAndExpire, One),
        new("HSETEX", ReplayRules.SetFields, One) { ShortReply = Always },
        new("HINCRBY HINCRBYFLOAT", Accumulating, One) { ShortReply = Always },
        new("HGETDEL", Accumulating, One), // as GETDEL

        // Sorted sets
        new("ZCARD ZCOUNT ZLEXCOUNT ZSCORE ZMSCORE ZRANK ZREVRANK ZRANDMEMBER ZSCAN", ReadOnly, One),
        new("ZRANGE ZREVRANGE ZRANGEBYSCORE ZREVRANGEBYSCORE ZRANGEBYLEX ZREVRANGEBYLEX", ReadOnly, One),
        new("ZINTER ZUNION ZDIFF ZINTERCARD", ReadOnly, CountedFirst),
        new("ZADD", ReplayRules.AddToSortedSet, One) { ShortReply = Always },
        new("ZREM ZREMRANGEBYSCORE ZREMRANGEBYLEX", Conditional, One) { ShortReply = Always },
        new("ZREMRANGEBYRANK", ReplayRules.RemoveByRank, One) { ShortReply = Always },
        new("ZINCRBY", Accumulating, One) { ShortReply = Always },
        new("ZPOPMIN ZPOPMAX", Accumulating, One),
        new("ZMPOP", Accumulating, CountedFirst),
        new("ZUNIONSTORE ZINTERSTORE ZDIFFSTORE", ReplayRules.Store, CountedStore),
        new("ZRANGESTORE", ReplayRules.Store, FirstTwo),
        new("BZPOPMIN BZPOPMAX", Never, AllButLast, Blocks),
        new("BZMPOP", Never, CountedSecond, Blocks),

        // Geospatial indexes
        new("GEODIST GEOHASH GEOPOS GEOSEARCH GEORADIUS_RO GEORADIUSBYMEMBER_RO", ReadOnly, One),
        new("GEOADD", Conditional, One) { ShortReply = Always },
        new("GEOSEARCHSTORE", ReplayRules.Store, FirstTwo),
        new("GEORADIUS GEORADIUSBYMEMBER", ReplayRules.ReadOrStore, RadiusStore),

        // HyperLogLogs
        new("PFCOUNT", ReadOnly, All),
        new("PFADD", Conditional, One) { ShortReply = Always },
        new("PFMERGE", LastWins, All),
        new("PFDEBUG", Administration, Second, Administers),
        new("PFSELFTEST", Administration, OneNode, Administers),

        // Streams
        new("XLEN XRANGE XREVRANGE XPENDING", ReadOnly, One),
        new("XINFO|STREAM XINFO|GROUPS XINFO|CONSUMERS", ReadOnly, Second),
        new("XINFO|HELP XGROUP|HELP", ReadOnly, AnyNode),
        new("XREAD", ReplayRules.ReadStreams, Streams, Blocks) { LimitedWhen = HasBlockOption },
        new("XREADGROUP", ReplayRules.ReadGroup, Streams, Blocks) { LimitedWhen = HasBlockOption },
        new("XADD", ReplayRules.AddToStream, One) { ShortReply = Always },
        new("XTRIM", ReplayRules.TrimStream, One) { ShortReply = Always },
        new("XDEL XDELEX XACK XACKDEL", Conditional, One) { ShortReply = Always },
        new("XCLAIM XAUTOCLAIM", Accumulating, One), // counts a delivery, and restarts the idle time
        new("XSETID XCFGSET", LastWins, One),
        new("XGROUP|SETID", LastWins, Second),
        new("XGROUP|CREATE XGROUP|DESTROY XGROUP|CREATECONSUMER XGROUP|DELCONSUMER", Conditional, Second),

        // Vector sets
        new("VCARD VDIM VEMB VGETATTR VINFO VISMEMBER VLINKS VRANDMEMBER VRANGE VSIM", ReadOnly, One),
        new("VSETATTR", LastWins, One),
        new("VADD VREM", Conditional, One),

        // Publish and subscribe
        new("PUBLISH", Accumulating, AnyNode, Publishes), // a node passes it on to all others
        new("SPUBLISH", Accumulating, One, Publishes),
        new("PUBSUB|CHANNELS PUBSUB|NUMPAT PUBSUB|NUMSUB PUBSUB|SHARDCHANNELS PUBSUB|SHARDNUMSUB", ReadOnly, AllNodes, Publishes),
        new("SUBSCRIBE UNSUBSCRIBE PSUBSCRIBE PUNSUBSCRIBE", Never, AnyNode, Subscribes),
        new("SSUBSCRIBE SUNSUBSCRIBE", Never, All, Subscribes),

        // Scripts and functions
        new("EVAL EVALSHA", Accumulating, CountedSecond, IsScript) { RunsScript = true },
        new("EVAL_RO EVALSHA_RO", ReadOnly, CountedSecond, IsScript) { RunsScript = true },
        new("FCALL", Accumulating, CountedSecond, IsFunction) { RunsScript = true },
        new("FCALL_RO", ReadOnly, CountedSecond, IsFunction) { RunsScript = true },
        new("SCRIPT|LOAD", LastWins, AllNodes, Administers) { Instead = UseEval },
        new("SCRIPT|EXISTS", ReadOnly, AllNodes, Administers) { Instead = UseEval },
        new("SCRIPT|FLUSH", Administration, AllNodes, Administers),
        new("SCRIPT|KILL FUNCTION|KILL", Administration, OneNode, Administers) { PassesBusyWhen = Always },
        new("SCRIPT|DEBUG", Never, OneNode, Debugs),
        new("FUNCTION|LIST FUNCTION|DUMP", ReadOnly, AllNodes, Administers),
        new("FUNCTION|STATS", ReadOnly, OneNode, Administers) { PassesBusyWhen = Always }, // tells what keeps the server busy
        new("FUNCTION|LOAD", ReplayRules.LoadFunction, AllNodes, Administers),
        new("FUNCTION|DELETE", Conditional, AllNodes, Administers),
        new("FUNCTION|FLUSH FUNCTION|RESTORE", Administration, AllNodes, Administers),

        // Transactions, and waiting for what the same connection sent before
        new("MULTI EXEC DISCARD UNWATCH", Never, OneNode, Transacts),
        new("WATCH", Never, All, Transacts),
        new("WAIT WAITAOF", Never, OneNode, Blocks),

        // The connection itself
        new("PING ECHO", ReadOnly, AnyNode),
        new("AUTH HELLO SELECT RESET QUIT READONLY READWRITE ASKING", Never, OneNode, ChangesConnection),
        new("CLIENT|ID CLIENT|INFO CLIENT|LIST CLIENT|GETNAME", ReadOnly, OneNode, Administers),
        new("CLIENT|GETREDIR CLIENT|TRACKINGINFO", ReadOnly, OneNode, Administers),
        new("CLIENT|KILL CLIENT|PAUSE CLIENT|UNPAUSE CLIENT|UNBLOCK", Administration, OneNode, Administers),
        new("CLIENT|SETNAME CLIENT|SETINFO CLIENT|REPLY CLIENT|TRACKING CLIENT|CACHING", Never, OneNode, ChangesConnection),
        new("CLIENT|NO-EVICT CLIENT|NO-TOUCH CLIENT|*", Never, OneNode, ChangesConnection), // as the newer ones mostly do

        // The server
        new("TIME LOLWUT", ReadOnly, AnyNode),
        new("COMMAND COMMAND|COUNT COMMAND|DOCS COMMAND|INFO COMMAND|LIST", ReadOnly, AnyNode),
        new("COMMAND|GETKEYS COMMAND|GETKEYSANDFLAGS COMMAND|HELP", ReadOnly, AnyNode),
        new("ACL|HELP CLIENT|HELP CLUSTER|HELP CONFIG|HELP DEBUG|HELP FUNCTION|HELP", ReadOnly, AnyNode),
        new("LATENCY|HELP MEMORY|HELP MODULE|HELP PUBSUB|HELP SCRIPT|HELP SLOWLOG|HELP", ReadOnly, AnyNode),
        new("INFO ROLE LASTSAVE", ReadOnly, OneNode, Administers),
        new("CONFIG|GET", ReadOnly, OneNode, Administers),
        new("CONFIG|SET CONFIG|REWRITE CONFIG|RESETSTAT", Administration, AllNodes, Administers),
        new("MEMORY|USAGE", ReadOnly, Second),
        new("MEMORY|STATS MEMORY|DOCTOR MEMORY|MALLOC-STATS", ReadOnly, OneNode, Administers),
        new("MEMORY|PURGE", Administration, OneNode, Administers),
        new("LATENCY|LATEST LATENCY|HISTORY LATENCY|HISTOGRAM", ReadOnly, OneNode, Administers),
        new("LATENCY|GRAPH LATENCY|DOCTOR", ReadOnly, OneNode, Administers),
        new("SLOWLOG|GET SLOWLOG|LEN", ReadOnly, OneNode, Administers),
        new("LATENCY|RESET SLOWLOG|RESET", Administration, OneNode, Administers),
        new("MODULE|LIST", ReadOnly, OneNode, Administers),
        new("MODULE|LOAD MODULE|LOADEX MODULE|UNLOAD", Administration, AllNodes, Administers),
        new("ACL|CAT ACL|GENPASS ACL|WHOAMI", ReadOnly, AnyNode, Administers),
        new("ACL|DRYRUN ACL|GETUSER ACL|LIST ACL|USERS", ReadOnly, OneNode, Administers),
        new("ACL|LOG", ReplayRules.AccessLog, OneNode, Administers),
        new("ACL|SETUSER ACL|DELUSER ACL|LOAD ACL|SAVE", Administration, AllNodes, Administers),
        new("FLUSHALL FLUSHDB", Administration, AllNodes, WholeDatabase),
        new("SWAPDB", Administration, OneNode, WholeDatabase) { Instead = "it has database 0 and no other" },
        new("SFLUSH TRIMSLOTS", Administration, OneNode, WholeDatabase),
        new("SAVE BGSAVE BGREWRITEAOF FAILOVER REPLICAOF SLAVEOF", Administration, OneNode, Administers),
        new("SHUTDOWN", Never, OneNode, Administers) { PassesBusyWhen = HasNoSave }, // a replay would stop the restarted server
        new("MONITOR SYNC PSYNC REPLCONF", Never, OneNode, TakesOver),

        // Debugging: some of its subcommands name a key, some make everybody wait
        new("DEBUG|OBJECT DEBUG|SDSLEN DEBUG|HTSTATS-KEY", Administration, Second, Administers),
        new("DEBUG|LISTPACK DEBUG|ZIPLIST DEBUG|QUICKLIST", Administration, Second, Administers),
        new("DEBUG|DIGEST-VALUE", Administration, AllButFirst, Administers),
        new("DEBUG|SEGFAULT DEBUG|PANIC DEBUG|OOM DEBUG|ASSERT", Never, OneNode, Crashes),
        new("DEBUG|RESTART DEBUG|CRASH-AND-RECOVER", Never, OneNode, Crashes),
        new("DEBUG|CLIENT-ENFORCE-REPLY-LIST", Never, OneNode, ChangesConnection),
        new("DEBUG|*", Administration, KeySpec.Unknown, Administers) { Scope = OneNode },

        // The Redis Cluster
        new("CLUSTER|INFO CLUSTER|NODES CLUSTER|SLOTS CLUSTER|SHARDS CLUSTER|LINKS", ReadOnly, OneNode, Administers),
        new("CLUSTER|MYID CLUSTER|MYSHARDID CLUSTER|KEYSLOT CLUSTER|COUNTKEYSINSLOT", ReadOnly, OneNode, Administers),
        new("CLUSTER|GETKEYSINSLOT CLUSTER|REPLICAS CLUSTER|SLAVES", ReadOnly, OneNode, Administers),
        new("CLUSTER|COUNT-FAILURE-REPORTS CLUSTER|SLOT-STATS", ReadOnly, OneNode, Administers),
        new("CLUSTER|ADDSLOTS CLUSTER|ADDSLOTSRANGE CLUSTER|DELSLOTS", Administration, OneNode, Administers),
        new("CLUSTER|SETSLOT CLUSTER|MEET CLUSTER|FORGET CLUSTER|REPLICATE", Administration, OneNode, Administers),
        new("CLUSTER|DELSLOTSRANGE CLUSTER|FAILOVER CLUSTER|RESET", Administration, OneNode, Administers),
        new("CLUSTER|BUMPEPOCH CLUSTER|SET-CONFIG-EPOCH CLUSTER|SAVECONFIG", Administration, OneNode, Administers),
        new("CLUSTER|FLUSHSLOTS CLUSTER|MIGRATION CLUSTER|SYNCSLOTS", Administration, OneNode, Administers),

        // Subcommands of newer servers: nobody knows what they do, only that they are about a server
        new("ACL|* CLUSTER|* CONFIG|* FUNCTION|* LATENCY|*", Administration, KeySpec.Unknown, Administers) { Scope = OneNode },
        new("MEMORY|* MODULE|* PUBSUB|* SCRIPT|* SLOWLOG|*", Administration, KeySpec.Unknown, Administers) { Scope = OneNode },

        // A module's: flagged as reading by its server, but a second FT.CURSOR READ gives the next part
        new("FT.CURSOR", Accumulating, KeySpec.Unknown),
    ];

    private static readonly FrozenDictionary<string, Entry> Entries = Build(Rows);

    /// <summary>
    /// What is known of a command; null when the table does not have it. A subcommand (<c>CONFIG SET</c>) is the first argument.
    /// Case does not matter. Allocates nothing, unless a subcommand is given as bytes.
    /// </summary>
    public static CommandProfile? Find(string name, ReadOnlySpan<RedisValue> arguments)
    {
        if (!Entries.TryGetValue(name, out var entry)) return null;
        if (entry.Subcommands is null || arguments.IsEmpty) return entry.Alone;

        return entry.Subcommands.GetValueOrDefault((string?)arguments[0] ?? string.Empty, entry.Others);
    }

    /// <inheritdoc cref="Find(string, ReadOnlySpan{RedisValue})"/>
    public static CommandProfile? Find(RedisCommand command) =>
        command is RedisTransaction ? Transaction : Find(command.Name, command.ArgumentArray);

    private static bool HasNoSave(ReadOnlySpan<RedisValue> arguments) => ArgumentSyntax.Contains(arguments, 0, "NOSAVE");

    private static FrozenDictionary<string, Entry> Build(IEnumerable<CommandProfile> rows)
    {
        var commands = NewDictionary();
        var containers = new Dictionary<string, Dictionary<string, CommandProfile?>>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in rows)
        {
            foreach (var name in row.Names.Split(' '))
            {
                if (name.Split('|') is not [var container, var subcommand])
                {
                    commands.Add(name, row);
                    continue;
                }

                if (!containers.TryGetValue(container, out var subcommands))
                {
                    containers[container] = subcommands = NewDictionary();
                }

                subcommands.Add(subcommand, row);
            }
        }

        var entries = commands.ToDictionary(
            command => command.Key, command => new Entry(command.Value!, null, null), StringComparer.OrdinalIgnoreCase);
        foreach (var (container, subcommands) in containers)
        {
            subcommands.Remove(OtherSubcommands, out var others);

            // Without its subcommand, the server refuses every container but COMMAND.
            var alone = commands.GetValueOrDefault(container)
                ?? new CommandProfile(container, Administration, OneNode, Administers);
            entries[container] = new Entry(alone, subcommands.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase), others);
        }

        return entries.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

        static Dictionary<string, CommandProfile?> NewDictionary() => new(StringComparer.OrdinalIgnoreCase);
    }

    /// <param name="Alone">What is known of the command without a subcommand.</param>
    /// <param name="Subcommands">Its subcommands by name; null where it has none.</param>
    /// <param name="Others">What is known of a subcommand that is not among these; null where nothing is.</param>
    private sealed record Entry(
        CommandProfile Alone, FrozenDictionary<string, CommandProfile?>? Subcommands, CommandProfile? Others);
}
