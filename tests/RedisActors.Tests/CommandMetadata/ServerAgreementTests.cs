using RedisActors.CommandMetadata;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>The table against what a real server says about its commands.</summary>
public sealed class ServerAgreementTests(CommandServer redis) : IClassFixture<CommandServer>
{
    /// <summary>Commands that the server flags as writing and that only read with these arguments.</summary>
    private static readonly string[] WritingByFlagOnly = ["SORT key", "GEORADIUS key 0 0 1 km", "GEORADIUSBYMEMBER key m 1 km",
        "GETEX key", "BITFIELD key GET u8 0", "BITFIELD key"];

    [Fact]
    public async Task Every_command_that_the_server_has_is_in_the_table()
    {
        var unknown = (await DescribeAllAsync()).Where(command => command.Profile is null).Select(command => command.Name);

        Assert.Empty(unknown);
    }

    [Fact]
    public async Task Every_command_that_the_server_lists_by_name_is_in_the_table()
    {
        var names = (await redis.RunAsync("COMMAND LIST")).OrThrow().Items.Select(item => item.Text).ToArray();

        Assert.True(names.Length > 300);
        Assert.DoesNotContain(names, name => Find(name) is null);
    }

    [Fact]
    public async Task What_the_server_flags_as_reading_is_read_only()
    {
        var reading = (await DescribeAllAsync()).Where(command => command.Has("readonly")).ToArray();

        Assert.True(reading.Length > 80);
        Assert.DoesNotContain(reading, command => command.Class != ReplayClass.ReadOnly);
    }

    [Fact]
    public async Task What_the_server_flags_as_writing_is_not_read_only_unless_its_arguments_make_it_read()
    {
        var writing = (await DescribeAllAsync()).Where(command => command.Has("write")).ToArray();
        var exceptions = WritingByFlagOnly.Select(line => Words.Of(line)[0]).Distinct().ToArray();

        Assert.True(writing.Length > 100);
        Assert.Empty(writing.Where(command => command.Class == ReplayClass.ReadOnly).Select(command => command.Name)
            .Except(exceptions, StringComparer.OrdinalIgnoreCase));
        Assert.All(WritingByFlagOnly, line => Assert.Equal(ReplayClass.ReadOnly, Words.ClassOf(line)));
    }

    [Fact]
    public async Task What_the_server_flags_as_blocking_is_never_replayed_unless_it_can_be_told_not_to_block()
    {
        var blocking = (await DescribeAllAsync())
            .Where(command => command.Has("blocking") && command.Class != ReplayClass.Never);

        Assert.Equal(["xread", "xreadgroup"], blocking.Select(command => command.Name).Order());
        Assert.Equal(ReplayClass.Never, Words.ClassOf("XREAD COUNT 1 BLOCK 0 STREAMS key 0"));
        Assert.Equal(ReplayClass.Never, Words.ClassOf("XREADGROUP GROUP g c BLOCK 0 STREAMS key >"));
    }

    [Fact]
    public async Task What_the_server_keeps_from_scripts_or_lets_block_cannot_be_delivered_exactly_once()
    {
        var unfit = (await DescribeAllAsync())
            .Where(command => command.Has("noscript") || command.Has("admin") || command.Has("pubsub") || command.Has("blocking"))
            .Where(command => command.Name is not ("xread" or "xreadgroup"))
            .ToArray();

        Assert.True(unfit.Length > 100);
        Assert.Empty(unfit.Where(command => command.Profile!.WhyNotExactlyOnce([]) is null).Select(command => command.Name));
    }

    [Fact]
    public async Task What_the_server_takes_while_a_script_keeps_it_busy_passes_unless_it_is_refused_anyway()
    {
        var taken = (await DescribeAllAsync()).Where(command => command.Has("allow_busy")).Select(command => command.Name).ToArray();
        var passing = CommandTable.Rows.Where(row => row.PassesBusy(["NOSAVE"])).SelectMany(row => row.Names.ToLowerInvariant().Split(' '));

        Assert.Contains("script|kill", taken);
        Assert.Equal(taken.Where(name => Find(name)!.WhyRefused([], inCluster: false) is null).Order(), passing.Order());
    }

    /// <summary>The server's hint to clients: the command has to be sent to several nodes, since one knows or does a part.</summary>
    [Fact]
    public async Task What_the_server_wants_sent_to_all_nodes_of_a_Redis_Cluster_is_refused_there_but_for_PING()
    {
        var everywhere = (await DescribeAllAsync()).Where(command => command.RequestPolicy is "all_nodes" or "all_shards" or "special");

        Assert.Equal(
            ["ping"], everywhere.Where(command => command.Profile!.WhyRefused([], inCluster: true) is null).Select(command => command.Name));
    }

    [Fact]
    public async Task What_the_server_flags_as_administration_does_not_change_data_and_is_not_replayed_unless_it_only_tells()
    {
        var replayed = (await DescribeAllAsync())
            .Where(command => command.Has("admin"))
            .Where(command => command.Class is not (ReplayClass.Administration or ReplayClass.Never));

        // CLIENT LIST, CONFIG GET, ACL LIST, LATENCY HISTORY and the like: they are guarded, but they only tell.
        Assert.All(replayed, command => Assert.Equal(ReplayClass.ReadOnly, command.Class));
        Assert.All(replayed, command => Assert.DoesNotMatch("set|del|load|save|kill|flush|pause|forget|meet", command.Name));
    }

    [Fact]
    public async Task A_command_without_keys_is_one_that_the_server_says_has_none()
    {
        var commands = await DescribeAllAsync();

        Assert.DoesNotContain(commands, command => command.HasKeys == (command.Profile!.Keys == KeySpec.None) && command.Name != "debug");
    }

    [Theory]
    [MemberData(nameof(Invocations))]
    public async Task Keys_are_where_the_server_finds_them(string line)
    {
        var profile = Words.Find(line)!;
        var keys = new List<RedisValue>();
        var found = profile.TryGetKeys(Words.Arguments(line), keys);
        var reply = await redis.RunAsync($"COMMAND GETKEYS {line}");

        Assert.True(found);
        Assert.False(reply.IsError, reply.ToString());
        Assert.Equal(reply.Items.Select(item => item.Text).Order(), keys.Select(key => (string?)key).Order());
        Assert.True(profile.TryGetFirstKey(Words.Arguments(line), out var first));
        Assert.Equal(keys[0], first);
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("FLUSHALL")]
    [InlineData("EVAL code 0 a b")]
    [InlineData("FCALL f 0 a b")]
    [InlineData("CONFIG GET maxmemory")]
    [InlineData("PUBLISH channel text")]
    public async Task Where_the_server_finds_no_keys_there_are_none(string line)
    {
        var keys = new List<RedisValue>();

        Assert.True(Words.Find(line)!.TryGetKeys(Words.Arguments(line), keys));
        Assert.Empty(keys);
        Assert.False(Words.Find(line)!.TryGetFirstKey(Words.Arguments(line), out _));
        Assert.Empty((await redis.RunAsync($"COMMAND GETKEYS {line}")).Items);
    }

    /// <summary>
    /// To the server they are not keys, but they belong to a hash slot as keys do, and commands to one are kept in order.
    /// </summary>
    [Theory]
    [InlineData("SPUBLISH a text")]
    [InlineData("SSUBSCRIBE a")]
    public async Task Sharded_channels_count_as_keys(string line)
    {
        var keys = new List<RedisValue>();
        var described = (await redis.RunAsync($"COMMAND INFO {Words.Of(line)[0]}")).Items[0];

        Assert.True(Words.Find(line)!.TryGetKeys(Words.Arguments(line), keys));
        Assert.Equal(["a"], keys);
        Assert.Equal(1, described.Items[3].AsInt64());
        Assert.Contains("not_key", described.Items[8].Items[0].ToString());
    }

    public static TheoryData<string> Invocations =>
    [
        "GET a", "SET a v EX 5 NX", "GETEX a EX 5", "APPEND a v", "STRLEN a", "SETRANGE a 1 v", "LCS a b LEN",
        "MGET a b c", "MSET a 1 b 2 c 3", "MSETNX a 1 b 2", "INCRBY a 5", "BITFIELD a GET u8 0 SET u8 0 1",
        "BITOP AND d a b", "BITOP NOT d a", "DEL a b c", "UNLINK a", "EXISTS a a b", "TOUCH a b", "EXPIRE a 5 NX",
        "RENAME a b", "COPY a b REPLACE", "MOVE a 1", "RESTORE a 0 v REPLACE", "OBJECT ENCODING a", "MEMORY USAGE a SAMPLES 5",
        "SORT a", "SORT a BY w_* LIMIT 0 5 GET o_* ASC ALPHA STORE d", "SORT a STORE d STORE e", "SORT a GET STORE",
        "SORT a GET # BY STORE DESC STORE d", "SORT_RO a BY w_*",
        "LPUSH a v w", "LMOVE a b LEFT RIGHT", "RPOPLPUSH a b", "LMPOP 2 a b LEFT COUNT 5", "BLPOP a b 0", "BRPOP a 0",
        "BLMPOP 0 2 a b LEFT", "BLMOVE a b LEFT RIGHT 0", "BRPOPLPUSH a b 0", "LINSERT a BEFORE v w",
        "SADD a v", "SINTER a b c", "SINTERCARD 2 a b LIMIT 5", "SUNIONSTORE d a b", "SMOVE a b v",
        "HSET a f v g w", "HMGET a f g", "HRANDFIELD a 5",
        "ZADD a NX 1 v", "ZUNIONSTORE d 2 a b WEIGHTS 1 2", "ZINTERSTORE d 1 a", "ZDIFFSTORE d 3 a b c",
        "ZUNION 2 a b WITHSCORES", "ZINTERCARD 2 a b LIMIT 5", "ZRANGESTORE d a 0 -1",
        "ZMPOP 2 a b MIN", "BZMPOP 0 2 a b MAX", "BZPOPMIN a b 0",
        "GEOADD a 1 1 m", "GEOSEARCHSTORE d a FROMMEMBER m BYRADIUS 1 km", "GEORADIUS a 0 0 1 km", "GEORADIUS a 0 0 1 km STORE d",
        "GEORADIUS a 0 0 1 km COUNT 5 ASC STOREDIST d", "GEORADIUSBYMEMBER a m 1 km WITHCOORD STORE d",
        "GEORADIUSBYMEMBER a STORE 1 km", "PFADD a v", "PFCOUNT a b", "PFMERGE d a b",
        "XADD a * f v", "XREAD COUNT 5 STREAMS a b 0 0", "XREAD BLOCK 5 COUNT 5 STREAMS STREAMS 0",
        "XREADGROUP GROUP g c COUNT 5 NOACK STREAMS a b > >", "XREADGROUP GROUP streams c BLOCK 0 STREAMS a >",
        "XREADGROUP GROUP block c STREAMS a >", "XREADGROUP GROUP g streams NOACK STREAMS a b > >", "XREAD COUNT 5 STREAMS streams 0", "XGROUP CREATE a g $", "XINFO STREAM a FULL", "XACK a g 0-1",
        "XCLAIM a g c 0 0-1", "XPENDING a g",
        "EVAL code 2 a b c", "EVALSHA sha 1 a", "EVAL_RO code 1 a b", "FCALL f 2 a b", "FCALL_RO f 1 a",
        "MIGRATE host 6379 a 0 5", "MIGRATE host 6379 \"\" 0 5 COPY KEYS a b c", "MIGRATE host 6379 \"\" 0 5 AUTH secret KEYS a",
        "MIGRATE host 6379 \"\" 0 5 AUTH2 user KEYS KEYS a b", "WATCH a b",
    ];

    /// <summary>The row that names the command; one that stands for other subcommands of its container is none.</summary>
    private static CommandProfile? Find(string name)
    {
        var parts = name.Split('|');
        var profile = CommandTable.Find(parts[0], [.. parts.Skip(1).Select(part => (RedisValue)part)]);
        var isNamed = parts.Length == 1 || profile?.Names.Split(' ').Contains(name, StringComparer.OrdinalIgnoreCase) == true;
        return isNamed ? profile : null;
    }

    private async Task<IReadOnlyList<ServerDescription>> DescribeAllAsync()
    {
        var all = (await redis.RunAsync("COMMAND")).OrThrow().Items;
        return [.. all.SelectMany(item => item.Items[9].Items.Prepend(item)).Select(item => new ServerDescription(item))];
    }

    private sealed class ServerDescription(ProbeReply reply)
    {
        private const string PolicyTip = "request_policy:";

        public string Name { get; } = reply.Items[0].Text;

        public CommandProfile? Profile => Find(Name);

        public ReplayClass Class => Profile!.ClassOf([.. Name.Split('|').Skip(1).Select(part => (RedisValue)part)]);

        /// <summary>Key specifications, 7.0's own word for where keys are, also where they move.</summary>
        public bool HasKeys { get; } = reply.Items[8].Items.Count > 0;

        /// <summary>Where a client of a Redis Cluster should send it; null where its keys tell.</summary>
        public string? RequestPolicy { get; } = reply.Items[7].Items
            .Where(tip => tip.Text.StartsWith(PolicyTip, StringComparison.Ordinal)).Select(tip => tip.Text[PolicyTip.Length..]).FirstOrDefault();

        public bool Has(string flag) => reply.Items[2].Items.Any(item => item.Text == flag);

        public override string ToString() => $"{Name}: {Profile}";
    }
}
