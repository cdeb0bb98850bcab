using static RedisActors.ReplayClass;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>A command, what the table says of it, and what is seen when it is run twice.</summary>
/// <param name="Command">The command as one types it.</param>
/// <param name="Class">What the table says.</param>
/// <param name="Seen">What is seen, where it is not the same.</param>
/// <param name="Because">Why the table is stricter; without <paramref name="Seen"/>, why what is seen is left open.</param>
/// <param name="Before">What is run before, once.</param>
internal sealed record ReplaySample(
    string Command, ReplayClass Class, ReplayClass? Seen = null, string? Because = null, string? Before = null)
{
    public override string ToString() => Command;
}

/// <summary>Commands for <see cref="RunTwiceTests"/>, over the data that it lays out before each of them.</summary>
internal static class ReplaySamples
{
    private const string Code = "#!lua name=lib\\nredis.register_function('f', function(k) return redis.call('INCR', k[1]) end)";

    public static IReadOnlyList<ReplaySample> All { get; } =
    [
        // Strings
        new("SET text new", LastWins),
        new("SET list new", LastWins),
        new("SET missing new", LastWins),
        new("SET text new EX 1000", LastWins),
        new("SET text new PX 1000000", LastWins),
        new("SET text new EXAT 9999999999", LastWins),
        new("SET text new PXAT 1", LastWins),
        new("set brief new keepttl", LastWins),
        new("SET missing new NX", Conditional),
        new("SET missing new EX 1000 NX", Conditional),
        new("SET text new XX", Conditional, Seen: LastWins, Because: "others may delete the key in between"),
        new("SET text new GET", Accumulating, Seen: Conditional, Because: "the old value is gone"),
        new("SETEX text 1000 new", LastWins),
        new("PSETEX text 1000000 new", LastWins),
        new("SETNX missing new", Conditional),
        new("MSET text new missing new", LastWins),
        new("MSETNX missing new absent new", Conditional),
        new("SETRANGE text 2 XX", LastWins),
        new("SETRANGE missing 5 XX", LastWins),
        new("GETSET text new", Accumulating, Seen: Conditional, Because: "the old value is gone"),
        new("GETDEL text", Accumulating, Seen: Conditional, Because: "the old value is gone"),
        new("GETEX text", ReadOnly),
        new("GETEX text EX 1000", LastWins),
        new("GETEX brief PERSIST", LastWins),
        new("GETEX text EXAT 1", Conditional),
        new("GETEX text PXAT 9999999999999", Conditional, Seen: LastWins, Because: "the moment may have passed"),
        new("APPEND text !", Accumulating),
        new("INCR number", Accumulating),
        new("INCRBY number 5", Accumulating),
        new("INCRBYFLOAT half 0.5", Accumulating),
        new("DECR number", Accumulating),
        new("DECRBY number 5", Accumulating),

        // Bits
        new("SETBIT bits 3 1", Conditional),
        new("BITFIELD bits GET u8 0 GET u4 4", ReadOnly),
        new("BITFIELD bits SET u8 0 200", Conditional),
        new("BITFIELD bits GET u8 0 OVERFLOW SAT SET u4 4 7", Conditional),
        new("BITFIELD bits INCRBY u8 0 1", Accumulating),
        new("BITFIELD bits SET u8 0 1 OVERFLOW WRAP INCRBY u8 8 1", Accumulating),
        new("BITOP AND result text bits", LastWins),
        new("BITOP NOT result text", LastWins),
        new("BITOP NOT text text", Accumulating),
        new("BITOP XOR text text bits", Accumulating),

        // Keys of any type
        new("DEL text list missing", Conditional),
        new("UNLINK text", Conditional),
        new("EXPIRE text 1000", LastWins),
        new("PEXPIRE text 1000000", LastWins),
        new("EXPIRE text 0", Conditional),
        new("EXPIRE text -1", Conditional),
        new("EXPIRE text 1000 NX", Conditional),
        new("EXPIRE brief 100 LT", Conditional, Seen: null, Because: "the reply depends on the milliseconds in between"),
        new("EXPIRE brief 2000 GT", Conditional, Seen: null, Because: "the reply depends on the milliseconds in between"),
        new("EXPIRE brief 2000 XX", Conditional, Seen: LastWins, Because: "others may change the expiry"),
        new("EXPIREAT text 1", Conditional),
        new("PEXPIREAT text 1", Conditional),
        new("EXPIREAT text 9999999999", Conditional, Seen: LastWins, Because: "the moment may have passed"),
        new("EXPIREAT brief 9999999999 GT", Conditional),
        new("PERSIST brief", Conditional),
        new("MOVE text 1", Conditional),
        new("RENAME text new", Accumulating, Seen: Conditional, Because: "would take what has come since"),
        new("RENAMENX text new", Accumulating, Seen: Conditional, Because: "would take what has come since"),
        new("COPY text new", Conditional),
        new("COPY text list REPLACE", LastWins),
        new("COPY text new DB 1 REPLACE", LastWins),
        new("RESTORE new 0 $DUMP", Conditional),
        new("RESTORE text 0 $DUMP REPLACE", LastWins),
        new("RESTORE text 1000000 $DUMP REPLACE", LastWins),
        new("SORT numbers DESC", ReadOnly),
        new("SORT numbers STORE result", LastWins),
        new("SORT numbers BY nosort GET # STORE result", LastWins),
        new("SORT numbers LIMIT 1 5 STORE numbers", Accumulating),

        // Lists
        new("LPUSH list x", Accumulating),
        new("RPUSH list x", Accumulating),
        new("LPUSHX list x", Accumulating),
        new("RPUSHX list x", Accumulating),
        new("LINSERT list BEFORE a x", Accumulating),
        new("LPOP list", Accumulating),
        new("RPOP list 2", Accumulating),
        new("LMPOP 1 list LEFT", Accumulating),
        new("LMOVE list numbers LEFT RIGHT", Accumulating),
        new("RPOPLPUSH list list", Accumulating),
        new("LSET list 1 x", Accumulating, Seen: LastWins, Because: "the index may be another element's"),
        new("LREM list 0 c", Conditional),
        new("LREM list 1 c", Accumulating),
        new("LREM list -1 c", Accumulating),
        new("LTRIM list 0 2", LastWins),
        new("LTRIM list 0 -1", LastWins, Seen: ReadOnly, Because: "it writes, only not here"),
        new("LTRIM list -3 -1", LastWins),
        new("LTRIM list -3 4", LastWins),
        new("LTRIM list 1 -1", Accumulating),
        new("LTRIM list 0 -2", Accumulating),
        new("LTRIM list -5 -2", Accumulating),
        new("LTRIM list 1 3", Accumulating),

        // Sets
        new("SADD set x", Conditional),
        new("SREM set a", Conditional),
        new("SMOVE set other a", Conditional),
        new("SPOP set", Accumulating),
        new("SINTERSTORE result set other", LastWins),
        new("SUNIONSTORE result set other", LastWins),
        new("SDIFFSTORE result set other", LastWins),
        new("SDIFFSTORE set other set", Accumulating),
        new("SUNIONSTORE set set other", Accumulating, Seen: LastWins, Because: "not told from SDIFFSTORE"),

        // Hashes
        new("HSET hash n 1", Conditional),
        new("HSETNX hash n 1", Conditional),
        new("HMSET hash n 1 f 2", LastWins),
        new("HDEL hash f", Conditional),
        new("HINCRBY hash f 1", Accumulating),
        new("HINCRBYFLOAT hash f 0.5", Accumulating),

        // Sorted sets
        new("ZADD zset 9 x", Conditional),
        new("ZADD zset CH 9 a", Conditional),
        new("ZADD zset NX 9 x", Conditional),
        new("ZADD zset GT CH 9 a", Conditional),
        new("ZADD zset XX LT CH 0 a", Conditional),
        new("ZADD zset XX 9 a", Conditional, Seen: LastWins, Because: "others may remove the member"),
        new("ZADD zset XX INCR 9 a", Accumulating),
        new("ZINCRBY zset 1 a", Accumulating),
        new("ZREM zset a", Conditional),
        new("ZREMRANGEBYSCORE zset 1 2", Conditional),
        new("ZREMRANGEBYLEX zset - +", Conditional),
        new("ZREMRANGEBYRANK zset 0 -3", Conditional),
        new("ZREMRANGEBYRANK zset 2 -1", Conditional),
        new("ZREMRANGEBYRANK zset 0 0", Accumulating),
        new("ZREMRANGEBYRANK zset -1 -1", Accumulating),
        new("ZREMRANGEBYRANK zset 1 -2", Conditional),
        new("ZREMRANGEBYRANK zset 1 2", Accumulating),
        new("ZREMRANGEBYRANK zset -3 1", Accumulating),
        new("ZPOPMIN zset", Accumulating),
        new("ZPOPMAX zset 2", Accumulating),
        new("ZMPOP 1 zset MIN", Accumulating),
        new("ZUNIONSTORE result 2 zset ztwo", LastWins),
        new("ZINTERSTORE result 2 zset ztwo WEIGHTS 1 2", LastWins),
        new("ZDIFFSTORE result 2 zset ztwo", LastWins),
        new("ZUNIONSTORE zset 2 zset ztwo", Accumulating),
        new("ZINTERSTORE zset 2 zset ztwo", Accumulating),
        new("ZRANGESTORE result zset 1 2", LastWins),
        new("ZRANGESTORE zset zset 1 -1", Accumulating),

        // Places
        new("GEOADD places 9.19 45.46 milano", Conditional),
        new("GEOADD places XX CH 9.19 45.46 paris", Conditional),
        new("GEORADIUS places 15 37 300 km", ReadOnly),
        new("GEORADIUS places 15 37 300 km STORE result", LastWins),
        new("GEORADIUSBYMEMBER places paris 300 km", ReadOnly),
        new("GEORADIUSBYMEMBER places paris 300 km STOREDIST result", LastWins),
        new("GEOSEARCHSTORE result places FROMMEMBER paris BYRADIUS 300 km", LastWins),
        new("GEOSEARCHSTORE places places FROMLONLAT 15 37 BYRADIUS 300 km STOREDIST", Accumulating),

        // HyperLogLogs
        new("PFADD few x y z", Conditional),
        new("PFMERGE few more", LastWins),
        new("PFMERGE result few more", LastWins),

        // Streams
        new("XADD stream * f v", Accumulating),
        new("XADD stream MAXLEN ~ 100 LIMIT 10 * f v", Accumulating),
        new("XADD stream 5-* f v", Accumulating),
        new("XADD stream 5-1 f v", Conditional),
        new("XADD stream 5 f v", Conditional),
        new("XADD stream NOMKSTREAM MAXLEN = 2 5-1 f v", Conditional),
        new("XADD stream NOMKSTREAM MINID 3-1 5-1 * v", Conditional),
        new("XDEL stream 1-1", Conditional),
        new("XTRIM stream MAXLEN 2", Conditional),
        new("XTRIM stream MINID = 3-1", Conditional),
        new("XTRIM stream MAXLEN ~ 0 LIMIT 1", Accumulating, Seen: null, Because: "each run may remove so many more"),
        new("XSETID stream 9-1", LastWins),
        new("XACK stream group 1-1", Conditional),
        new("XREADGROUP GROUP group me COUNT 1 STREAMS stream >", Accumulating),
        new("XREADGROUP GROUP group me STREAMS stream 0", Accumulating),
        new("XREADGROUP GROUP group me NOACK COUNT 1 STREAMS stream >", Accumulating),
        new("XCLAIM stream group other 0 1-1", Accumulating),
        new("XCLAIM stream group other 0 1-1 JUSTID", Accumulating, Seen: LastWins, Because: "restarts the idle time"),
        new("XAUTOCLAIM stream group other 0 0 COUNT 1", Accumulating),
        new("XGROUP CREATE stream new $", Conditional),
        new("XGROUP CREATE missing new $ MKSTREAM", Conditional),
        new("XGROUP SETID stream group 3-1", LastWins),
        new("XGROUP DESTROY stream group", Conditional),
        new("XGROUP CREATECONSUMER stream group new", Conditional),
        new("XGROUP DELCONSUMER stream group me", Conditional),

        // Scripts and functions
        new("EVAL \"return redis.call('INCR', KEYS[1])\" 1 number", Accumulating),
        new("EVAL \"return redis.call('SET', KEYS[1], 'x')\" 1 text", Accumulating, Seen: LastWins, Because: "nobody knows"),
        new("EVAL_RO \"return redis.call('GET', KEYS[1])\" 1 text", ReadOnly),
        new("SCRIPT LOAD \"return 1\"", LastWins),
        new($"FUNCTION LOAD \"{Code}\"", Conditional),
        new($"FUNCTION LOAD REPLACE \"{Code}\"", LastWins),
        new("FCALL f 1 number", Accumulating, Before: $"FUNCTION LOAD \"{Code}\""),
        new("FUNCTION DELETE lib", Conditional, Before: $"FUNCTION LOAD \"{Code}\""),
    ];
}
