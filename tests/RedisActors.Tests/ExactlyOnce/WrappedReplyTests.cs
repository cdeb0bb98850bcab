using System.Text;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>The sender of an exactly-once command gets what the plain command would have replied, the second time too.</summary>
public sealed class WrappedReplyTests(ExactlyOnceServer fixture) : IClassFixture<ExactlyOnceServer>
{
    /// <summary>Keys of every type, for the commands below.</summary>
    private static readonly string[] Preparation =
    [
        "SET text hello", "SET number 41", "SET other world", "SET brief x EX 1000", "RPUSH list a b c a", "RPUSH list2 z",
        "SADD set a b c", "SADD set2 b c d", "ZADD sorted 1 a 2.5 b 3 c", "ZADD sorted2 10 b", "HSET hash f 1 g two h 3.5",
        "XADD stream 1-1 f v", "XADD stream 2-1 f w", "XGROUP CREATE stream readers 0", "GEOADD places 13.36 38.11 Palermo 15.08 37.5 Catania",
        "PFADD hll a b c", "PFADD hll2 c d", "SETBIT bits 7 1",
    ];

    /// <summary>A command; its key is the first argument, or its keys are listed behind the bar.</summary>
    public static TheoryData<string> Commands =>
    [
        // integers
        "INCR number", "INCR fresh", "DECR number", "DECR fresh", "INCRBY number 1000000", "DECRBY number 100000000000000",
        "INCRBY number 99999999999958", "INCRBY number 999999999999999", "APPEND text -more", "SETRANGE text 6 Redis", "SETNX text never",
        "SETNX fresh once", "DEL text", "DEL text other nothing | text other nothing", "UNLINK text", "EXPIRE text 100", "EXPIRE nothing 100",
        "PEXPIREAT text 32503680000000", "PERSIST brief", "LPUSH list x y", "RPUSH fresh a b", "LPUSHX nothing a", "LINSERT list BEFORE b q",
        "LREM list 0 a", "SADD set x y a", "SREM set a nothing", "SMOVE set set2 a | set set2", "SINTERSTORE into set set2 | into set set2",
        "SUNIONSTORE into set set2 | into set set2", "SDIFFSTORE into set set2 | into set set2", "ZADD sorted 4 d 5 e", "ZADD sorted CH 7 a",
        "ZREM sorted a", "ZREMRANGEBYSCORE sorted 1 2", "ZUNIONSTORE into 2 sorted sorted2 | into sorted sorted2",
        "ZRANGESTORE into sorted 0 1 | into sorted", "HSET hash f 2 new 3", "HINCRBY hash f 5", "HSETNX hash f 9", "HDEL hash f nothing",
        "XDEL stream 1-1", "XTRIM stream MAXLEN 1", "XACK stream readers 1-1", "GEOADD places 2.35 48.85 Paris", "PFADD hll d", "SETBIT bits 7 0",
        "BITOP NOT inverted bits | inverted bits", "COPY text copied | text copied", "RENAMENX text moved | text moved", "MOVE text 3",
        "MSETNX a 1 b 2 | a b", "SORT list ALPHA STORE into | list into", "GEOSEARCHSTORE into places FROMMEMBER Palermo BYRADIUS 500 km | into places",

        // statuses
        "SET text bye", "SET text bye EX 100", "MSET a 1 b 2 | a b", "SETEX text 100 value", "PSETEX text 100000 value", "HMSET hash f x",
        "LSET list 0 x", "LTRIM list 0 1", "RENAME text moved | text moved", "PFMERGE hll hll2 | hll hll2", "XGROUP CREATE stream more $ | stream",
        "XGROUP SETID stream readers 0 | stream", "XSETID stream 9-9",

        // strings and nil
        "GETSET text new", "GETSET fresh new", "GETDEL text", "GETDEL nothing", "GETEX text EX 100", "SET text new GET", "SET fresh new GET",
        "SET text never NX", "SET nothing never XX", "INCRBYFLOAT number 0.5", "HINCRBYFLOAT hash h 1.25", "LPOP list", "RPOP nothing",
        "RPOPLPUSH list list2 | list list2", "LMOVE list list2 LEFT RIGHT | list list2", "LMOVE nothing list2 LEFT RIGHT | nothing list2",
        "ZINCRBY sorted 1.1 a", "ZADD sorted INCR 0.1 a", "ZADD sorted NX INCR 1 a", "XADD stream 3-1 f v", "XADD fresh NOMKSTREAM * f v",

        // arrays, with nils and nested
        "LPOP list 2", "LPOP nothing 2", "RPOP list 9", "SPOP set 3", "SPOP nothing 3", "ZPOPMIN sorted", "ZPOPMAX sorted 2", "ZPOPMIN nothing",
        "LMPOP 1 list LEFT COUNT 2 | list", "LMPOP 1 nothing LEFT | nothing", "ZMPOP 2 nothing sorted MIN COUNT 2 | nothing sorted",
        "BITFIELD bits INCRBY u2 100 1 OVERFLOW FAIL INCRBY u2 102 9 GET u4 0 | bits", "BITFIELD fresh SET i53 0 -4503599627370496 GET i53 0",
        "BITFIELD fresh SET u53 0 9007199254740991 GET u53 0", "XREADGROUP GROUP readers me COUNT 9 STREAMS stream > | stream",
        "XREADGROUP GROUP readers me STREAMS stream 0 | stream", "XCLAIM stream readers me 0 1-1 JUSTID", "XAUTOCLAIM stream readers me 0 0",
        "GEORADIUS places 15 37 200 km WITHDIST WITHCOORD", "SORT list ALPHA", "HGETALL hash", "MGET text nothing number | text nothing number",
        "GEOPOS places Palermo nothing", "XPENDING stream readers", "XINFO STREAM stream | stream", "COMMAND DOCS nothing | x",

        // errors
        "INCR text", "LPUSH text x", "SADD list x", "HSET set f v", "INCRBY number nonsense", "SETEX text 0 x", "LSET list 99 x",
        "XADD stream 1-1 f v", "RENAME nothing x | nothing x", "SET text a NX XX", "XGROUP CREATE stream readers 0 | stream",
        "XGROUP CREATECONSUMER stream nobody c | stream", "ZADD sorted NX XX 1 a", "RESTORE text 0 nonsense",
        "GET | x", "SET text", "LPUSH list", "INCR a b", "XGROUP CREATE stream | stream", "XGROUP | x", "NoSuchCommand text a b",
        "NOSUCH | x", "XGROUP NoSuch stream | stream", "nosuch text 0123456789012345678901234567890123456789 "
            + "0123456789012345678901234567890123456789 0123456789012345678901234567890123456789 0123456789",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_gets_the_plain_commands_reply_and_a_second_request_gets_it_again_and_changes_nothing(string line)
    {
        var (command, keys) = Parse(line);
        using var wire = fixture.Connect();
        Prepare(wire);
        var plain = wire.Text(command.Name, [.. command.Arguments]);
        var plainState = Digests(wire);
        wire.Text("FLUSHALL");
        Prepare(wire);

        var first = wire.Wrapped(command, "token", keys);
        var state = Digests(wire);
        var second = wire.Wrapped(command, "token", keys);

        // RESP2 has two nils, which mean the same.
        Assert.Equal(plain.Replace("*-1\r\n", "$-1\r\n"), first);
        Assert.Equal(plainState, state);
        Assert.Equal(first, second);
        Assert.Equal(state, Digests(wire));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_in_a_group_gets_the_plain_commands_reply_and_a_second_request_gets_all_again_and_changes_nothing(string line)
    {
        using var wire = fixture.Connect();
        var (command, keys, plain, plainState) = RunPlainly(wire, line);

        RedisCommand[] group = [new("INCR", "before"), command, new("INCR", "behind")];
        var first = wire.Group(group, [.. keys, "before", "behind"]);
        var second = wire.Group(group, [.. keys, "before", "behind"]);

        Assert.Equal([new(RespValue.Integer(1), null), plain, new(RespValue.Integer(1), null)], first.Replies);
        Assert.Equal(first.Replies, second.Replies);
        Assert.NotNull(first.Took);
        Assert.Null(second.Took);
        Assert.Equal(plainState, Digests(wire));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_with_a_token_of_its_own_among_others_gets_the_plain_commands_reply_and_later_gets_it_again_alone(string line)
    {
        using var wire = fixture.Connect();
        var (command, keys, plain, plainState) = RunPlainly(wire, line);

        RedisCommand[] commands = [new("INCR", "before") { IdempotencyKey = "t0" }, command with { IdempotencyKey = "t1" }, new("INCR", "behind") { IdempotencyKey = "t2" }];
        var (replies, took) = wire.Each(commands, [.. keys, "before", "behind"]);

        Assert.Equal([new(RespValue.Integer(1), null), plain, new(RespValue.Integer(1), null)], replies);
        Assert.NotNull(took);
        Assert.Equal(plainState, Digests(wire));
        Assert.Equal(replies, commands.Select(each => wire.Alone(each, keys)));
        Assert.Equal(plainState, Digests(wire));
    }

    [Fact]
    public void Long_arguments_of_a_group_stand_apart_and_arrive_in_their_places()
    {
        using var wire = fixture.Connect();
        var (large, larger, key) = (new string('x', 1_001), new string('y', 70_000), new string('k', 2_000));
        RedisCommand?[] group =
        [
            new("SET", "short", new string('s', 1_000)),
            null,
            new("RPUSH", "list", large, "between", larger),
            new("SET", key, larger),
            new("INCR", "n"),
            new("APPEND", "short", large),
        ];

        var replies = wire.Group(group, ["short", "list", key, "n"]).Replies;

        Assert.Equal(["OK", null, "3", "OK", "1", "2001"], replies.Select(reply => reply.Value.AsString()));
        Assert.Equal([large, "between", larger], wire.Value("LRANGE", "list", 0, -1).AsArray().Select(item => item.AsString()));
        Assert.Equal(larger, wire.Value("GET", key).AsString());
        Assert.Equal(new string('s', 1_000) + large, wire.Value("GET", "short").AsString());
        Assert.Equal(replies, wire.Group(group, ["short", "list", key, "n"]).Replies);
    }

    [Fact]
    public void What_a_group_leaves_out_is_not_run_and_the_others_keep_their_places()
    {
        using var wire = fixture.Connect();

        var replies = wire.Group([null, new("INCR", "b"), null, new("INCR", "d")], ["b", "d"]).Replies;

        Assert.Equal(["SKIPPED", null, "SKIPPED", null], replies.Select(reply => reply.ServerError));
        Assert.Equal(replies, wire.Group([new("INCR", "a"), new("INCR", "b"), new("INCR", "c"), new("INCR", "d")], ["b", "d", "a", "c"]).Replies);
        Assert.Equal(2, wire.Value("EXISTS", "a", "b", "c", "d").AsInt64());
    }

    [Fact]
    public void A_server_that_is_out_of_memory_still_runs_those_of_a_group_that_need_none()
    {
        using var wire = fixture.Connect();
        wire.Text("SET", "full", "x");
        wire.Text("CONFIG", "SET", "maxmemory", 1);
        try
        {
            var replies = wire.Group([new("SET", "more", "x"), new("DEL", "full")], ["full", "more"]).Replies;

            Assert.StartsWith("OOM ", replies[0].ServerError);
            Assert.Equal(1, replies[1].Value.AsInt64());
        }
        finally
        {
            wire.Text("CONFIG", "SET", "maxmemory", 0);
        }
    }

    [Fact]
    public void A_group_for_which_the_server_has_no_replicas_is_answered_with_its_error_and_can_be_asked_for_again()
    {
        using var wire = fixture.Connect();
        RedisCommand[] group = [new("INCR", "a"), new("INCR", "b")];
        wire.Text("CONFIG", "SET", "min-replicas-to-write", 1);
        try
        {
            Assert.All(wire.Group(group, ["a", "b"]).Replies, reply => Assert.StartsWith("NOREPLICAS ", reply.ServerError));
        }
        finally
        {
            wire.Text("CONFIG", "SET", "min-replicas-to-write", 0);
        }

        Assert.All(wire.Group(group, ["a", "b"]).Replies, reply => Assert.Equal(1, reply.Value.AsInt64()));
    }

    [Theory]
    [InlineData("*2\r\n:1\r\n")]
    [InlineData("*2\r\n:1\r\n:2\r\n:3\r\n:4\r\n")]
    [InlineData("*3\r\n:1\r\n:2\r\n:3\r\n")]
    [InlineData("*x\r\n")]
    [InlineData(":1\r\n")]
    [InlineData("")]
    public void An_answer_to_a_group_that_is_not_the_scripts_is_noticed(string text) => Assert.Throws<FormatException>(() =>
    {
        var replies = Script.ReadGroup(RespValue.BulkString(text), 2);
        for (var i = 0; i < 2; i++) replies.Next();
        replies.ReadTook();
    });

    [Theory]
    [InlineData("9007199254740990", 1, "9007199254740991")]
    [InlineData("9007199254740991", 1, "9007199254740992")]
    [InlineData("9007199254740991", 2, "9007199254740993")]
    [InlineData("9007199254740993", 2, "9007199254740995")]
    [InlineData("9223372036854775806", 1, "9223372036854775807")]
    [InlineData("-9007199254740991", -2, "-9007199254740993")]
    [InlineData("-9223372036854775807", -1, "-9223372036854775808")]
    [InlineData("99999999999998", 1, "99999999999999")]
    [InlineData("99999999999999", 1, "100000000000000")]
    [InlineData("-99999999999999", -1, "-100000000000000")]
    [InlineData("999999999999999", 1, "1000000000000000")]
    public void A_counter_is_exact_up_to_the_ends_of_64_bits(string start, long step, string expected)
    {
        using var wire = fixture.Connect();
        foreach (var name in new[] { "INCRBY", "incrby" })
        {
            wire.Text("SET", "n", start);
            var command = new RedisCommand(name, "n", step);

            Assert.Equal($":{expected}\r\n", wire.Wrapped(command, name, "n"));
            Assert.Equal(long.Parse(expected), wire.Decoded(command, name, "n").Value.AsInt64());
        }

        if (step is 1 or -1)
        {
            wire.Text("SET", "n", start);
            Assert.Equal($":{expected}\r\n", wire.Wrapped(new RedisCommand(step > 0 ? "INCR" : "DECR", "n"), "one", "n"));
        }

        wire.Text("SET", "n", start);
        if (step != long.MinValue) Assert.Equal($":{expected}\r\n", wire.Wrapped(new RedisCommand("DECRBY", "n", -step), "minus", "n"));

        wire.Text("HSET", "h", "f", start);
        Assert.Equal($":{expected}\r\n", wire.Wrapped(new RedisCommand("HINCRBY", "h", "f", step), "field", "h"));
    }

    [Fact]
    public void A_counter_at_its_end_answers_with_the_servers_error_and_stays()
    {
        using var wire = fixture.Connect();
        wire.Text("SET", "n", long.MaxValue);

        Assert.Equal("ERR increment or decrement would overflow", wire.Decoded(new RedisCommand("INCR", "n"), "t", "n").ServerError);
        Assert.Equal(long.MaxValue, wire.Value("GET", "n").AsInt64());
    }

    /// <summary>The table refuses the only such command of Redis itself; a module's might get here.</summary>
    [Fact]
    public void An_integer_that_cannot_be_carried_exactly_never_looks_like_an_exact_one()
    {
        using var wire = fixture.Connect();

        var reply = wire.Decoded(new RedisCommand("BITFIELD", "bits", "SET", "i64", 0, long.MaxValue - 1, "GET", "i64", 0), "t", "bits").Value;

        Assert.Equal(RespKind.Integer, reply.AsArray()[0].Kind);
        Assert.Equal(RespKind.BulkString, reply.AsArray()[1].Kind);
        Assert.Throws<FormatException>(() => reply.AsArray()[1].AsInt64());
    }

    [Fact]
    public void Bytes_are_carried_as_they_are_in_keys_values_and_replies()
    {
        using var wire = fixture.Connect();
        var bytes = new byte[70_000];
        new Random(7).NextBytes(bytes);
        byte[] key = [0, 255, (byte)'{', 13, 10, (byte)'}', 128];

        Assert.Equal("+OK\r\n", wire.Wrapped(new RedisCommand("SET", key, bytes), "a", key));
        var reply = wire.Decoded(new RedisCommand("GETSET", key, "$-1\r\n"), "b", key);
        var again = wire.Decoded(new RedisCommand("GETSET", key, "$-1\r\n"), "b", key);

        Assert.Equal(bytes, (byte[]?)reply.Value.AsRedisValue());
        Assert.Equal(bytes, (byte[]?)again.Value.AsRedisValue());
        Assert.Equal("$-1\r\n", wire.Decoded(new RedisCommand("GETSET", key, ""), "c", key).Value.AsString());
        Assert.Equal(RespValue.BulkString(""), wire.Decoded(new RedisCommand("GETSET", key, "x"), "d", key).Value);
    }

    [Fact]
    public void A_reply_of_a_hundred_thousand_items_is_carried_whole()
    {
        using var wire = fixture.Connect();
        for (var i = 0; i < 100; i++) wire.Raw("RPUSH", ["list", .. Enumerable.Range(i * 1000, 1000).Select(n => (RedisValue)$"item-{n}")]);

        var reply = wire.Decoded(new RedisCommand("LPOP", "list", 100_000), "t", "list").Value.AsArray();

        Assert.True(Enumerable.Range(0, 100_000).Select(n => RespValue.BulkString($"item-{n}")).SequenceEqual(reply));
        Assert.True(reply.AsSpan().SequenceEqual(wire.Decoded(new RedisCommand("LPOP", "list", 100_000), "t", "list").Value.AsArray().AsSpan()));
        Assert.Equal(0, wire.Value("EXISTS", "list").AsInt64());
    }

    [Fact]
    public void A_command_may_have_as_many_words_as_the_rules_allow_and_one_more_would_not_run()
    {
        using var wire = fixture.Connect();
        RedisValue[] Words(int count) => ["set", .. Enumerable.Range(0, count - 2).Select(n => (RedisValue)n)];
        var longest = new RedisCommand("SADD", Words(Script.MaximumWords));
        var longer = new RedisCommand("SADD", Words(Script.MaximumWords + 1));
        var profile = CommandTable.Find(longest)!;

        Assert.Null(Script.WhyNotWrappable(longest, profile, ["set"], inCluster: false));
        Assert.Equal($":{Script.MaximumWords - 2}\r\n", wire.Wrapped(longest, "t", "set"));

        Assert.Contains("7997 arguments", Script.WhyNotWrappable(longer, profile, ["set"], inCluster: false));
        wire.Text("DEL", "set");
        Assert.Contains("too many results to unpack", wire.Wrapped(longer, "u", "set"));
        Assert.Equal(0, wire.Value("EXISTS", "set").AsInt64());
    }

    [Fact]
    public void Two_tokens_are_two_commands_and_one_token_is_one()
    {
        using var wire = fixture.Connect();
        var tokens = new TokenSource();
        var incr = new RedisCommand("INCR", "n");
        for (var i = 1; i <= 1000; i++)
        {
            var token = tokens.Next();
            Assert.Equal(i, wire.Decoded(incr, token, "n").Value.AsInt64());
            if (i % 3 == 0) Assert.Equal(i, wire.Decoded(incr, token, "n").Value.AsInt64());
        }

        Assert.Equal(1000, wire.Value("GET", "n").AsInt64());
    }

    internal static (RedisCommand Command, RedisValue[] Keys) Parse(string line)
    {
        var parts = line.Split(" | ");
        var words = parts[0].Split(' ');
        RedisValue[] arguments = [.. words.Skip(1).Select(word => (RedisValue)word)];
        return (
            new RedisCommand(words[0], arguments),
            parts.Length > 1 ? [.. parts[1].Split(' ').Select(word => (RedisValue)word)] : [arguments[0]]);
    }

    internal static void Prepare(Wire wire)
    {
        foreach (var line in Preparation)
        {
            var words = line.Split(' ');
            Assert.NotEqual('-', wire.Text(words[0], [.. words.Skip(1).Select(word => (RedisValue)word)])[0]);
        }
    }

    /// <summary>A command between two others, what it replies and what is there afterwards; then only what was there before is there.</summary>
    private static (RedisCommand Command, RedisValue[] Keys, ExactlyOnceReply Reply, string State) RunPlainly(Wire wire, string line)
    {
        var (command, keys) = Parse(line);
        Prepare(wire);
        var reply = Script.Decode(RespValue.BulkString(wire.Raw(command.Name, [.. command.Arguments])));
        wire.Text("INCR", "before");
        wire.Text("INCR", "behind");
        var state = Digests(wire);
        wire.Text("FLUSHALL");
        Prepare(wire);
        return (command, keys, reply, state);
    }

    /// <summary>All keys but tokens, with a digest of their content; no digest covers the expiry, so whether there is one follows.</summary>
    internal static string Digests(Wire wire)
    {
        var state = new StringBuilder();
        foreach (var key in wire.Value("KEYS", "*").AsArray().Select(key => key.AsString()!).Order(StringComparer.Ordinal))
        {
            if (key.StartsWith("redisactors:", StringComparison.Ordinal)) continue;

            state.Append(key).Append(' ').Append(wire.Text("DEBUG", "DIGEST-VALUE", key).Split("\r\n")[2])
                .Append(wire.Value("TTL", key).AsInt64() >= 0 ? " expires" : "").Append('\n');
        }

        return state.ToString();
    }
}
