namespace RedisActors.Gateway.Tests;

/// <summary>redis-cli works through the gateway unchanged.</summary>
public sealed class RedisCliTests
{
    /// <summary>What a server is asked, and answers in shapes of its own in RESP3; one after the other, with the same data each time.</summary>
    private const string Session = """
        PING
        PING "hello there"
        ECHO "a\x00b\r\n"
        SET k 'it\'s'
        GET k
        GET missing
        INCR n
        INCRBYFLOAT f 1.5
        LPUSH k x
        NOSUCH command
        MGET k missing n
        HSET h a 1 b 2
        HGETALL h
        HGETALL missing
        HMGET h a nothing
        HRANDFIELD h 2 WITHVALUES
        HSCAN h 0
        RPUSH l a b c
        LRANGE l 0 -1
        LPOP l 2
        LPOP missing 2
        BLPOP l 1
        BLPOP missing 0.01
        SADD s one
        SMEMBERS s
        SUNION s missing
        SPOP s 5
        SMISMEMBER s a b
        ZADD z 1.5 a 2 b inf c
        ZADD z INCR 1 a
        ZADD z NX INCR 1 a
        ZINCRBY z 1 b
        ZSCORE z a
        ZSCORE z c
        ZSCORE z missing
        ZMSCORE z a missing
        ZRANGE z 0 -1
        ZRANGE z 0 -1 WITHSCORES
        ZRANGEBYSCORE z 0 10 WITHSCORES LIMIT 0 1
        ZREVRANGE z 0 -1 WITHSCORES
        ZUNION 1 z WITHSCORES
        ZRANDMEMBER z 5 WITHSCORES
        ZSCAN z 0
        ZPOPMIN z
        ZPOPMAX z 1
        ZADD z 1 a 2 b 3 c 4 d
        ZMPOP 1 z MIN COUNT 2
        BZPOPMIN z 1
        BZMPOP 1 1 z MAX
        ZPOPMIN z 3
        XADD x 1-1 a 1 b 2
        XGROUP CREATE x g 0
        XREAD STREAMS x 0
        XREAD STREAMS missing 0
        XREADGROUP GROUP g c STREAMS x >
        XRANGE x - +
        XINFO STREAM x
        XINFO GROUPS x
        XPENDING x g
        GEOADD p 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
        GEOPOS p Palermo missing
        GEODIST p Palermo Catania km
        GEOSEARCH p FROMLONLAT 15 37 BYRADIUS 200 km ASC WITHCOORD WITHDIST
        GEORADIUS_RO p 15 37 200 km WITHCOORD WITHHASH ASC
        LCS k n IDX
        SETBIT b 7 1
        OBJECT ENCODING n
        TYPE h
        TTL k
        CONFIG GET maxmemory
        CONFIG GET save*
        ACL WHOAMI
        ACL GETUSER default
        ACL LOG
        MODULE LIST
        FUNCTION LIST
        COMMAND COUNT
        COMMAND INFO get xgroup|create
        COMMAND DOCS get set config|get
        COMMAND GETKEYS mset a b c d
        LATENCY HISTOGRAM nothing
        PUBSUB NUMSUB a b
        SLOWLOG GET
        SCAN 0 COUNT 100 TYPE hash
        EVAL "return {1,'a',false,{2}}" 0
        EVAL "return redis.call('HGETALL', KEYS[1])" 1 h
        EVAL "return redis.error_reply('MY error')" 0
        SCRIPT LOAD "return 5"
        MULTI
        HGETALL h
        ZSCORE z a
        INCR n
        EXEC
        MULTI
        DISCARD
        EXEC
        SELECT 3
        SET only-here 1
        SELECT 0
        EXISTS only-here
        SELECT x
        DBSIZE
        CLIENT SETNAME me
        CLIENT GETNAME
        TOUCH
        HELLO 9
        MEMORY DOCTOR
        OBJECT HELP
        """;

    [Theory]
    [InlineData("-2")]
    [InlineData("-3")]
    public async Task Redis_cli_reads_the_same_as_from_a_server(string protocol)
    {
        await using var stage = await GatewayStage.SetAsync();

        var straight = await CliAsync(stage.Server.Port, [protocol, "--no-raw"], Session);
        await stage.Server.ExecuteAsync("FLUSHALL");
        var through = await CliAsync(stage.Port, [protocol, "--no-raw"], Session);

        Assert.Equal(0, through.Code);
        Assert.Equal(straight.Said, through.Said);
    }

    [Fact]
    public async Task Redis_cli_scans_and_takes_much_at_once()
    {
        await using var stage = await GatewayStage.SetAsync();
        var much = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"SET key:{i} {i}\r\n"));

        var piped = await CliAsync(stage.Port, ["--pipe"], much);
        Assert.Contains("errors: 0, replies: 10000", piped.Said);
        var scanned = await CliAsync(stage.Port, ["--scan", "--pattern", "key:99*"]);
        Assert.Equal(111, scanned.Said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("Biggest string found", (await CliAsync(stage.Port, ["--bigkeys"])).Said);
        Assert.Contains("redis_version:7", (await CliAsync(stage.Port, ["INFO", "server"])).Said);
    }

    [Theory]
    [InlineData("MONITOR")]
    [InlineData("SYNC")]
    [InlineData("PSYNC ? -1")]
    [InlineData("CLIENT REPLY OFF")]
    [InlineData("CLIENT TRACKING on")]
    public async Task What_takes_a_whole_connection_is_refused_with_the_reason(string command)
    {
        await using var stage = await GatewayStage.SetAsync();
        await using var client = await stage.ConnectAsync();

        var refusal = await client.ExecuteAsync(command.Split(' '));

        Assert.True(refusal.IsError);
        Assert.StartsWith($"NOTSENT {command.Split(' ')[0]} was refused: ", refusal.Text);
        Assert.Equal("PONG", (await client.ExecuteAsync("PING")).Text);
    }

    private static Task<(int Code, string Said)> CliAsync(int port, IEnumerable<string> arguments, string input = "") =>
        ClientProgram.RunAsync("redis-cli", ["-p", $"{port}", .. arguments], input);
}
