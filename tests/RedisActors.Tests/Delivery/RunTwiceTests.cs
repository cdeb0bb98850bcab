using System.Globalization;
using RedisActors.Testing;

namespace RedisActors.Tests.Delivery;

/// <summary>
/// The table against what really happens: each command is run twice on a server, and data and reply are compared. What is seen
/// is a class by itself: nothing changed (ReadOnly), the same data and reply (LastWins), the same data and another reply
/// (Conditional), other data (Accumulating). The table must say the same. Where it is stricter, the sample says why.
/// </summary>
public sealed class RunTwiceTests(DeliveryServer redis) : IClassFixture<DeliveryServer>
{
    /// <summary>Far from every expiry below, and longer than this test by far.</summary>
    private const double ExpiryTolerance = 30_000;

    private const string Code = "#!lua name=lib\\nredis.register_function('f', function(k) return redis.call('INCR', k[1]) end)";

    /// <summary>The digest of the script that a sample loads.</summary>
    private const string LoadedScript = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";

    private static readonly string[] Data =
    [
        "FLUSHALL", "FUNCTION FLUSH", "SCRIPT FLUSH",
        "SET text hello", "SET number 10", "SET half 1.5", "SET brief hello EX 1000", "SETBIT bits 7 1",
        "RPUSH list c a b c d e", "RPUSH numbers 3 1 2", "SADD set a b c", "SADD other b c d", "HSET hash f 1 g x", "HSET brief-hash f 1",
        "ZADD zset 1 a 2 b 3 c 4 d", "ZADD ztwo 10 a 20 e", "GEOADD places 13.36 38.11 palermo 15.08 37.50 catania 2.35 48.85 paris",
        "PFADD few a b c", "PFADD more c d e",
        "XADD stream 1-1 f v", "XADD stream 2-1 f v", "XADD stream 3-1 f v", "XADD stream 4-1 f v",
        "XGROUP CREATE stream group 0", "XGROUP CREATECONSUMER stream group idle", "XREADGROUP GROUP group me COUNT 2 STREAMS stream >",
    ];

    /// <summary>Commands that write but are not run here, and why.</summary>
    private static readonly Dictionary<string, string> NotRun = new(StringComparer.OrdinalIgnoreCase)
    {
        ["blpop"] = "blocks, never replayed",
        ["brpop"] = "blocks, never replayed",
        ["blmove"] = "blocks, never replayed",
        ["brpoplpush"] = "blocks, never replayed",
        ["blmpop"] = "blocks, never replayed",
        ["bzpopmin"] = "blocks, never replayed",
        ["bzpopmax"] = "blocks, never replayed",
        ["bzmpop"] = "blocks, never replayed",
        ["flushall"] = "administration, not replayed",
        ["flushdb"] = "administration, not replayed",
        ["swapdb"] = "administration, not replayed",
        ["pfdebug"] = "administration, not replayed",
        ["function|flush"] = "administration, not replayed",
        ["function|restore"] = "administration, not replayed",
        ["restore-asking"] = "the same as RESTORE, for the cluster's own use",
        ["migrate"] = "needs a second server; accumulating, so not replayed",
    };

    private static readonly Sample[] Samples =
    [
        // Strings
        new("SET text new", ReplayClass.LastWins),
        new("SET list new", ReplayClass.LastWins),
        new("SET missing new", ReplayClass.LastWins),
        new("SET text new EX 1000", ReplayClass.LastWins),
        new("SET text new PX 1000000", ReplayClass.LastWins),
        new("SET text new EXAT 9999999999", ReplayClass.LastWins),
        new("SET text new PXAT 1", ReplayClass.LastWins),
        new("set brief new keepttl", ReplayClass.LastWins),
        new("SET missing new NX", ReplayClass.Conditional),
        new("SET missing new EX 1000 NX", ReplayClass.Conditional),
        new("SET text new XX", ReplayClass.Conditional, Seen: ReplayClass.LastWins, Because: "others may delete the key in between"),
        new("SET text new GET", ReplayClass.Accumulating, Seen: ReplayClass.Conditional, Because: "the old value is gone"),
        new("SETEX text 1000 new", ReplayClass.LastWins),
        new("PSETEX text 1000000 new", ReplayClass.LastWins),
        new("SETNX missing new", ReplayClass.Conditional),
        new("MSET text new missing new", ReplayClass.LastWins),
        new("MSETNX missing new absent new", ReplayClass.Conditional),
        new("SETRANGE text 2 XX", ReplayClass.LastWins),
        new("SETRANGE missing 5 XX", ReplayClass.LastWins),
        new("GETSET text new", ReplayClass.Accumulating, Seen: ReplayClass.Conditional, Because: "the old value is gone"),
        new("GETDEL text", ReplayClass.Accumulating, Seen: ReplayClass.Conditional, Because: "the old value is gone"),
        new("GETEX text", ReplayClass.ReadOnly),
        new("GETEX text EX 1000", ReplayClass.LastWins),
        new("GETEX brief PERSIST", ReplayClass.LastWins),
        new("GETEX text EXAT 1", ReplayClass.Conditional),
        new("GETEX text PXAT 9999999999999", ReplayClass.Conditional, Seen: ReplayClass.LastWins, Because: "the moment may have passed"),
        new("APPEND text !", ReplayClass.Accumulating),
        new("INCR number", ReplayClass.Accumulating),
        new("INCRBY number 5", ReplayClass.Accumulating),
        new("INCRBYFLOAT half 0.5", ReplayClass.Accumulating),
        new("DECR number", ReplayClass.Accumulating),
        new("DECRBY number 5", ReplayClass.Accumulating),

        // Bits
        new("SETBIT bits 3 1", ReplayClass.Conditional),
        new("BITFIELD bits GET u8 0 GET u4 4", ReplayClass.ReadOnly),
        new("BITFIELD bits SET u8 0 200", ReplayClass.Conditional),
        new("BITFIELD bits GET u8 0 OVERFLOW SAT SET u4 4 7", ReplayClass.Conditional),
        new("BITFIELD bits INCRBY u8 0 1", ReplayClass.Accumulating),
        new("BITFIELD bits SET u8 0 1 OVERFLOW WRAP INCRBY u8 8 1", ReplayClass.Accumulating),
        new("BITOP AND result text bits", ReplayClass.LastWins),
        new("BITOP NOT result text", ReplayClass.LastWins),
        new("BITOP NOT text text", ReplayClass.Accumulating),
        new("BITOP XOR text text bits", ReplayClass.Accumulating),

        // Keys of any type
        new("DEL text list missing", ReplayClass.Conditional),
        new("UNLINK text", ReplayClass.Conditional),
        new("EXPIRE text 1000", ReplayClass.LastWins),
        new("PEXPIRE text 1000000", ReplayClass.LastWins),
        new("EXPIRE text 0", ReplayClass.Conditional),
        new("EXPIRE text -1", ReplayClass.Conditional),
        new("EXPIRE text 1000 NX", ReplayClass.Conditional),
        new("EXPIRE brief 100 LT", ReplayClass.Conditional, Seen: null, Because: "the reply depends on the milliseconds in between"),
        new("EXPIRE brief 2000 GT", ReplayClass.Conditional, Seen: null, Because: "the reply depends on the milliseconds in between"),
        new("EXPIRE brief 2000 XX", ReplayClass.Conditional, Seen: ReplayClass.LastWins, Because: "others may change the expiry"),
        new("EXPIREAT text 1", ReplayClass.Conditional),
        new("PEXPIREAT text 1", ReplayClass.Conditional),
        new("EXPIREAT text 9999999999", ReplayClass.Conditional, Seen: ReplayClass.LastWins, Because: "the moment may have passed"),
        new("EXPIREAT brief 9999999999 GT", ReplayClass.Conditional),
        new("PERSIST brief", ReplayClass.Conditional),
        new("MOVE text 1", ReplayClass.Conditional),
        new("RENAME text new", ReplayClass.Accumulating, Seen: ReplayClass.Conditional, Because: "would take what has come since"),
        new("RENAMENX text new", ReplayClass.Accumulating, Seen: ReplayClass.Conditional, Because: "would take what has come since"),
        new("COPY text new", ReplayClass.Conditional),
        new("COPY text list REPLACE", ReplayClass.LastWins),
        new("COPY text new DB 1 REPLACE", ReplayClass.LastWins),
        new("RESTORE new 0 $DUMP", ReplayClass.Conditional),
        new("RESTORE text 0 $DUMP REPLACE", ReplayClass.LastWins),
        new("RESTORE text 1000000 $DUMP REPLACE", ReplayClass.LastWins),
        new("SORT numbers DESC", ReplayClass.ReadOnly),
        new("SORT numbers STORE result", ReplayClass.LastWins),
        new("SORT numbers BY nosort GET # STORE result", ReplayClass.LastWins),
        new("SORT numbers LIMIT 1 5 STORE numbers", ReplayClass.Accumulating),

        // Lists
        new("LPUSH list x", ReplayClass.Accumulating),
        new("RPUSH list x", ReplayClass.Accumulating),
        new("LPUSHX list x", ReplayClass.Accumulating),
        new("RPUSHX list x", ReplayClass.Accumulating),
        new("LINSERT list BEFORE a x", ReplayClass.Accumulating),
        new("LPOP list", ReplayClass.Accumulating),
        new("RPOP list 2", ReplayClass.Accumulating),
        new("LMPOP 1 list LEFT", ReplayClass.Accumulating),
        new("LMOVE list numbers LEFT RIGHT", ReplayClass.Accumulating),
        new("RPOPLPUSH list list", ReplayClass.Accumulating),
        new("LSET list 1 x", ReplayClass.Accumulating, Seen: ReplayClass.LastWins, Because: "the index may be another element's"),
        new("LREM list 0 c", ReplayClass.Conditional),
        new("LREM list 1 c", ReplayClass.Accumulating),
        new("LREM list -1 c", ReplayClass.Accumulating),
        new("LTRIM list 0 2", ReplayClass.LastWins),
        new("LTRIM list 0 -1", ReplayClass.LastWins, Seen: ReplayClass.ReadOnly, Because: "it writes, only not here"),
        new("LTRIM list -3 -1", ReplayClass.LastWins),
        new("LTRIM list -3 4", ReplayClass.LastWins),
        new("LTRIM list 1 -1", ReplayClass.Accumulating),
        new("LTRIM list 0 -2", ReplayClass.Accumulating),
        new("LTRIM list -5 -2", ReplayClass.Accumulating),
        new("LTRIM list 1 3", ReplayClass.Accumulating),

        // Sets
        new("SADD set x", ReplayClass.Conditional),
        new("SREM set a", ReplayClass.Conditional),
        new("SMOVE set other a", ReplayClass.Conditional),
        new("SPOP set", ReplayClass.Accumulating),
        new("SINTERSTORE result set other", ReplayClass.LastWins),
        new("SUNIONSTORE result set other", ReplayClass.LastWins),
        new("SDIFFSTORE result set other", ReplayClass.LastWins),
        new("SDIFFSTORE set other set", ReplayClass.Accumulating),
        new("SUNIONSTORE set set other", ReplayClass.Accumulating, Seen: ReplayClass.LastWins, Because: "not told from SDIFFSTORE"),

        // Hashes
        new("HSET hash n 1", ReplayClass.Conditional),
        new("HSETNX hash n 1", ReplayClass.Conditional),
        new("HMSET hash n 1 f 2", ReplayClass.LastWins),
        new("HDEL hash f", ReplayClass.Conditional),
        new("HINCRBY hash f 1", ReplayClass.Accumulating),
        new("HINCRBYFLOAT hash f 0.5", ReplayClass.Accumulating),

        // Sorted sets
        new("ZADD zset 9 x", ReplayClass.Conditional),
        new("ZADD zset CH 9 a", ReplayClass.Conditional),
        new("ZADD zset NX 9 x", ReplayClass.Conditional),
        new("ZADD zset GT CH 9 a", ReplayClass.Conditional),
        new("ZADD zset XX LT CH 0 a", ReplayClass.Conditional),
        new("ZADD zset XX 9 a", ReplayClass.Conditional, Seen: ReplayClass.LastWins, Because: "others may remove the member"),
        new("ZADD zset XX INCR 9 a", ReplayClass.Accumulating),
        new("ZINCRBY zset 1 a", ReplayClass.Accumulating),
        new("ZREM zset a", ReplayClass.Conditional),
        new("ZREMRANGEBYSCORE zset 1 2", ReplayClass.Conditional),
        new("ZREMRANGEBYLEX zset - +", ReplayClass.Conditional),
        new("ZREMRANGEBYRANK zset 0 -3", ReplayClass.Conditional),
        new("ZREMRANGEBYRANK zset 2 -1", ReplayClass.Conditional),
        new("ZREMRANGEBYRANK zset 0 0", ReplayClass.Accumulating),
        new("ZREMRANGEBYRANK zset -1 -1", ReplayClass.Accumulating),
        new("ZREMRANGEBYRANK zset 1 -2", ReplayClass.Conditional),
        new("ZREMRANGEBYRANK zset 1 2", ReplayClass.Accumulating),
        new("ZREMRANGEBYRANK zset -3 1", ReplayClass.Accumulating),
        new("ZPOPMIN zset", ReplayClass.Accumulating),
        new("ZPOPMAX zset 2", ReplayClass.Accumulating),
        new("ZMPOP 1 zset MIN", ReplayClass.Accumulating),
        new("ZUNIONSTORE result 2 zset ztwo", ReplayClass.LastWins),
        new("ZINTERSTORE result 2 zset ztwo WEIGHTS 1 2", ReplayClass.LastWins),
        new("ZDIFFSTORE result 2 zset ztwo", ReplayClass.LastWins),
        new("ZUNIONSTORE zset 2 zset ztwo", ReplayClass.Accumulating),
        new("ZINTERSTORE zset 2 zset ztwo", ReplayClass.Accumulating),
        new("ZRANGESTORE result zset 1 2", ReplayClass.LastWins),
        new("ZRANGESTORE zset zset 1 -1", ReplayClass.Accumulating),

        // Places
        new("GEOADD places 9.19 45.46 milano", ReplayClass.Conditional),
        new("GEOADD places XX CH 9.19 45.46 paris", ReplayClass.Conditional),
        new("GEORADIUS places 15 37 300 km", ReplayClass.ReadOnly),
        new("GEORADIUS places 15 37 300 km STORE result", ReplayClass.LastWins),
        new("GEORADIUSBYMEMBER places paris 300 km", ReplayClass.ReadOnly),
        new("GEORADIUSBYMEMBER places paris 300 km STOREDIST result", ReplayClass.LastWins),
        new("GEOSEARCHSTORE result places FROMMEMBER paris BYRADIUS 300 km", ReplayClass.LastWins),
        new("GEOSEARCHSTORE places places FROMLONLAT 15 37 BYRADIUS 300 km STOREDIST", ReplayClass.Accumulating),

        // HyperLogLogs
        new("PFADD few x y z", ReplayClass.Conditional),
        new("PFMERGE few more", ReplayClass.LastWins),
        new("PFMERGE result few more", ReplayClass.LastWins),

        // Streams
        new("XADD stream * f v", ReplayClass.Accumulating),
        new("XADD stream MAXLEN ~ 100 LIMIT 10 * f v", ReplayClass.Accumulating),
        new("XADD stream 5-* f v", ReplayClass.Accumulating),
        new("XADD stream 5-1 f v", ReplayClass.Conditional),
        new("XADD stream 5 f v", ReplayClass.Conditional),
        new("XADD stream NOMKSTREAM MAXLEN = 2 5-1 f v", ReplayClass.Conditional),
        new("XADD stream NOMKSTREAM MINID 3-1 5-1 * v", ReplayClass.Conditional),
        new("XDEL stream 1-1", ReplayClass.Conditional),
        new("XTRIM stream MAXLEN 2", ReplayClass.Conditional),
        new("XTRIM stream MINID = 3-1", ReplayClass.Conditional),
        new("XTRIM stream MAXLEN ~ 0 LIMIT 1", ReplayClass.Accumulating, Seen: null, Because: "each run may remove so many more"),
        new("XSETID stream 9-1", ReplayClass.LastWins),
        new("XACK stream group 1-1", ReplayClass.Conditional),
        new("XREADGROUP GROUP group me COUNT 1 STREAMS stream >", ReplayClass.Accumulating),
        new("XREADGROUP GROUP group me STREAMS stream 0", ReplayClass.Accumulating),
        new("XREADGROUP GROUP group me NOACK COUNT 1 STREAMS stream >", ReplayClass.Accumulating),
        new("XCLAIM stream group other 0 1-1", ReplayClass.Accumulating),
        new("XCLAIM stream group other 0 1-1 JUSTID", ReplayClass.Accumulating, Seen: ReplayClass.LastWins, Because: "begins the idle time anew"),
        new("XAUTOCLAIM stream group other 0 0 COUNT 1", ReplayClass.Accumulating),
        new("XGROUP CREATE stream new $", ReplayClass.Conditional),
        new("XGROUP CREATE missing new $ MKSTREAM", ReplayClass.Conditional),
        new("XGROUP SETID stream group 3-1", ReplayClass.LastWins),
        new("XGROUP DESTROY stream group", ReplayClass.Conditional),
        new("XGROUP CREATECONSUMER stream group new", ReplayClass.Conditional),
        new("XGROUP DELCONSUMER stream group me", ReplayClass.Conditional),

        // Scripts and functions
        new("EVAL \"return redis.call('INCR', KEYS[1])\" 1 number", ReplayClass.Accumulating),
        new("EVAL \"return redis.call('SET', KEYS[1], 'x')\" 1 text", ReplayClass.Accumulating, Seen: ReplayClass.LastWins, Because: "nobody knows"),
        new("EVAL_RO \"return redis.call('GET', KEYS[1])\" 1 text", ReplayClass.ReadOnly),
        new("SCRIPT LOAD \"return 1\"", ReplayClass.LastWins),
        new($"FUNCTION LOAD \"{Code}\"", ReplayClass.Conditional),
        new($"FUNCTION LOAD REPLACE \"{Code}\"", ReplayClass.LastWins),
        new("FCALL f 1 number", ReplayClass.Accumulating, Before: $"FUNCTION LOAD \"{Code}\""),
        new("FUNCTION DELETE lib", ReplayClass.Conditional, Before: $"FUNCTION LOAD \"{Code}\""),
    ];

    public static TheoryData<string> Commands => [.. Samples.Select(sample => sample.Command)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_second_run_does_what_the_class_says(string command)
    {
        var sample = Samples.Single(sample => sample.Command == command);
        foreach (var reply in await redis.RunAllAsync(Data)) reply.OrThrow();
        if (sample.Before is not null) (await RunAsync(sample.Before)).OrThrow();
        var before = await ReadAllAsync();

        var firstReply = await RunAsync(sample.Command);
        var once = await ReadAllAsync();
        var secondReply = await RunAsync(sample.Command);
        var twice = await ReadAllAsync();

        Assert.False(firstReply.IsError, firstReply.Text);
        Assert.Equal(sample.Class, Words.Find(sample.Command)!.Class);
        if (sample.Because is null || sample.Seen is not null)
        {
            Assert.Equal(sample.Seen ?? sample.Class, See(before, once, twice, firstReply.ToString() == secondReply.ToString()));
        }
    }

    [Fact]
    public void Where_the_table_differs_from_what_is_seen_it_is_stricter_and_says_why()
    {
        var different = Samples.Where(sample => sample.Seen is not null || sample.Because is not null);

        Assert.All(different, sample => Assert.NotNull(sample.Because));
        Assert.All(different, sample => Assert.True(sample.Seen is null || sample.Class > sample.Seen, sample.ToString()));
    }

    [Fact]
    public async Task Every_command_that_the_server_flags_as_writing_is_run_twice_here_or_has_a_reason_not_to_be()
    {
        var writing = (await redis.RunAsync("COMMAND")).OrThrow().Items
            .SelectMany(item => item.Items[9].Items.Prepend(item))
            .Where(item => item.Items[2].Items.Any(flag => flag.Text == "write"))
            .Select(item => item.Items[0].Text);
        var run = Samples.Select(sample => Words.Of(sample.Command)).SelectMany(words => new[] { words[0], $"{words[0]}|{words[1]}" });

        Assert.True(Samples.Length >= 150);
        Assert.Empty(writing.Except(run, StringComparer.OrdinalIgnoreCase).Except(NotRun.Keys));
        Assert.All(NotRun.Keys, name => Assert.True(Words.Find(name.Replace('|', ' '))!.Class >= ReplayClass.Conditional));
    }

    private static ReplayClass See(
        SortedDictionary<string, string> before, SortedDictionary<string, string> once, SortedDictionary<string, string> twice, bool sameReply)
    {
        if (!Same(once, twice)) return ReplayClass.Accumulating;
        if (!sameReply) return ReplayClass.Conditional;

        return Same(before, once) && Same(before, twice) ? ReplayClass.ReadOnly : ReplayClass.LastWins;
    }

    /// <summary>Equal content; expiries may differ by the time that passes here between two runs.</summary>
    private static bool Same(SortedDictionary<string, string> left, SortedDictionary<string, string> right) =>
        left.Keys.SequenceEqual(right.Keys) && left.All(item =>
            item.Key.EndsWith(" expires", StringComparison.Ordinal)
                ? Math.Abs(Number(item.Value) - Number(right[item.Key])) < ExpiryTolerance
                : item.Value == right[item.Key]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Sends a line; <c>$DUMP</c> in it stands for a value that RESTORE takes, and a backslash and n for a new line.</summary>
    private async Task<ProbeReply> RunAsync(string line)
    {
        var words = Words.Of(line).Select(word => word.Replace("\\n", "\n", StringComparison.Ordinal)).ToArray();
        if (!words.Contains("$DUMP")) return await redis.Probe.ExecuteAsync(words);

        // The value is no text and a probe sends only text, so a script passes it on; the answer is RESTORE's own.
        return await redis.Probe.ExecuteAsync(
        [
            "EVAL",
            "ARGV[4] = redis.call('DUMP', KEYS[1]) return redis.pcall(unpack(ARGV))",
            "1", "number",
            .. words,
        ]);
    }

    /// <summary>All that the server keeps, as text by name: values in an order of their own, expiries, groups, functions, scripts.</summary>
    private async Task<SortedDictionary<string, string>> ReadAllAsync()
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var database in new[] { "0", "1" })
        {
            await redis.RunAsync($"SELECT {database}");
            var keys = (await redis.RunAsync("KEYS *")).Items.Select(item => item.Text).ToArray();
            var types = (await redis.RunAllAsync(keys.Select(key => $"TYPE {key}"))).Select(reply => reply.Text).ToArray();
            var values = await redis.RunAllAsync(keys.Select((key, index) => Read(key, types[index])));
            var expiries = await redis.RunAllAsync(keys.Select(key => $"PEXPIRETIME {key}"));
            for (var index = 0; index < keys.Length; index++)
            {
                var name = $"{database} {keys[index]}";
                all[name] = Show(values[index], types[index]);
                if (types[index] == "stream") all[$"{name} groups"] = await ReadGroupsAsync(keys[index]);
                if (expiries[index].AsInt64() >= 0) all[$"{name} expires"] = expiries[index].Text;
            }
        }

        await redis.RunAsync("SELECT 0");
        all["functions"] = (await redis.RunAsync("FUNCTION LIST WITHCODE")).ToString();
        all["scripts"] = (await redis.RunAsync($"SCRIPT EXISTS {LoadedScript}")).ToString();
        return all;
    }

    private static string Read(string key, string type) => type switch
    {
        "string" => $"GET {key}",
        "list" => $"LRANGE {key} 0 -1",
        "set" => $"SMEMBERS {key}",
        "hash" => $"HGETALL {key}",
        "zset" => $"ZRANGE {key} 0 -1 WITHSCORES",
        "stream" => $"XRANGE {key} - +",
        _ => throw new InvalidOperationException($"{key} is of type {type}."),
    };

    private static string Show(ProbeReply value, string type) => type switch
    {
        "string" => Convert.ToHexString(value.Bytes.Span),
        "set" => string.Join(' ', value.Items.Select(item => item.Text).Order()),
        "hash" => string.Join(' ', value.Items.Select(item => item.Text).Chunk(2).Select(pair => string.Join('=', pair)).Order()),
        _ => value.ToString(),
    };

    private async Task<string> ReadGroupsAsync(string key)
    {
        var parts = new List<ProbeReply>();
        var facts = (await redis.RunAsync($"XINFO STREAM {key}")).Items;
        parts.AddRange(facts.Where((_, index) => facts[index & ~1].Text is "length" or "last-generated-id"));
        foreach (var group in (await redis.RunAsync($"XINFO GROUPS {key}")).Items)
        {
            var name = group.Items[1].Text;
            parts.Add(group);
            parts.AddRange((await redis.RunAsync($"XINFO CONSUMERS {key} {name}")).Items.Select(consumer => consumer.Items[1]));

            // Id, consumer, deliveries; between the last two is the idle time, which passes by itself.
            parts.AddRange((await redis.RunAsync($"XPENDING {key} {name} - + 100")).Items.SelectMany(item => item.Items.Where((_, index) => index != 2)));
        }

        return string.Join(' ', parts);
    }

    /// <param name="Command">The command as one types it.</param>
    /// <param name="Class">What the table says.</param>
    /// <param name="Seen">What is seen, where it is not the same.</param>
    /// <param name="Because">Why the table is stricter; without <paramref name="Seen"/>, why what is seen is left open.</param>
    /// <param name="Before">What is run before, once.</param>
    private sealed record Sample(string Command, ReplayClass Class, ReplayClass? Seen = null, string? Because = null, string? Before = null)
    {
        public override string ToString() => Command;
    }
}
