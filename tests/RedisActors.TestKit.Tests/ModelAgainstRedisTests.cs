using System.Globalization;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.TestKit.Tests;

/// <summary>Random sequences of every modelled command, by a seed, on a redis-server and on the model: the replies are the same.</summary>
public sealed class ModelAgainstRedisTests : IAsyncLifetime
{
    private const int Steps = 2_500;

    /// <summary>What has nothing to compare: <c>INFO</c> is about the server itself.</summary>
    private static readonly string[] NotCompared = ["INFO"];

    /// <summary>Their items come in any order.</summary>
    private static readonly string[] Unordered = ["KEYS", "SMEMBERS", "SINTER", "SUNION", "SDIFF", "HKEYS", "HVALS"];

    private RedisServer _server = null!;

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_model_answers_as_Redis_does(int seed)
    {
        await using var client = await ConnectionMultiplexer.ConnectAsync($"{_server.Endpoint},allowAdmin=true,protocol=resp2");
        var redis = client.GetDatabase();
        var model = new MemoryServer();
        var commands = new RandomCommands(seed, [.. model.Modelled.Except(NotCompared)]);
        var (ran, failed) = (new HashSet<string>(), 0);
        for (var i = 0; i < Steps; i++)
        {
            var (name, arguments) = commands.Next();
            var expected = await AskAsync(redis, name, arguments);
            var actual = Text(name, model.Execute(name, [.. arguments.Select(argument => (RedisValue)argument)], 0));
            Assert.True(expected == actual, $"seed {seed}, step {i}: {name} {string.Join(' ', arguments)}\nRedis: {expected}\nmodel: {actual}");
            if (expected.StartsWith("(error)", StringComparison.Ordinal)) failed++;
            else ran.Add(name);
        }

        // Each has run, and not only failed; errors were compared too.
        Assert.Equal(model.Modelled.Except(NotCompared).Order(), ran.Order());
        Assert.InRange(failed, Steps / 20, Steps / 2);
    }

    private static async Task<string> AskAsync(IDatabase redis, string name, string[] arguments)
    {
        try
        {
            return Text(name, Connection.StackExchangeReply.ToRespValue(await redis.ExecuteAsync(name, [.. arguments])));
        }
        catch (RedisServerException error)
        {
            return $"(error) {error.Message}";
        }
    }

    private static string Text(string name, RespValue value)
    {
        // Both clocks go on, and not from the same moment.
        if (name is "TTL" or "PTTL" && value.TryGetInt64(out var left) && left > 0) return $"about {Math.Round(left / (name == "TTL" ? 10.0 : 10_000.0))}";
        if (value.Kind != RespKind.Array) return value.ToString();
        var items = value.AsArray();
        if (name == "HGETALL") return string.Join(", ", items.Chunk(2).Select(pair => $"{pair[0]}: {pair[1]}").Order(StringComparer.Ordinal));
        return Unordered.Contains(name)
            ? string.Join(", ", items.Select(item => item.ToString()).Order(StringComparer.Ordinal))
            : value.ToString();
    }

    /// <summary>Commands with few keys and few values, so that they meet; mostly of the right shape.</summary>
    private sealed class RandomCommands(int seed, string[] names)
    {
        private readonly Random _random = new(seed);

        public (string Name, string[] Arguments) Next()
        {
            var name = names[_random.Next(names.Length)];
            if (name is "FLUSHDB" && _random.Next(8) > 0) name = "SET";
            var arguments = Arguments(name).ToList();
            if (_random.Next(25) == 0 && arguments.Count > 0) arguments.RemoveAt(arguments.Count - 1);
            else if (_random.Next(40) == 0) arguments.Add(Value());
            return (name, [.. arguments]);
        }

        private IEnumerable<string> Arguments(string name) => name switch
        {
            "PING" or "DBSIZE" or "FLUSHDB" => [],
            "ECHO" => [Value()],
            "KEYS" => [One("*", "s*", "?1", "[sh]1", "h[^1]", "nothing")],
            "DEL" or "UNLINK" or "EXISTS" or "TOUCH" or "MGET" => Some(AnyKey),
            "SINTER" or "SUNION" or "SDIFF" => Some(() => Key("e")),
            "SINTERSTORE" or "SUNIONSTORE" or "SDIFFSTORE" => [Key("e"), .. Some(() => Key("e"))],
            "TYPE" or "TTL" or "PERSIST" => [AnyKey()],
            "PTTL" => [One("s1", "h1", "missing")],
            "EXPIRE" => [One("l3", "e3"), One("1000", "5000", "-1", "x"), .. Maybe("NX", "XX", "GT", "LT", "NO")],
            "PEXPIRE" => [One("l3", "e3"), One("900000", "5000000", "0"), .. Maybe("NX", "XX", "GT", "LT")],
            "EXPIREAT" => [One("l3", "e3"), One("1", "99999999999"), .. Maybe("NX", "XX", "GT", "LT")],
            "PEXPIREAT" => [One("l3", "e3"), One("1", "99999999999999")],
            "RENAME" or "RENAMENX" => [AnyKey(), AnyKey()],
            "GET" or "GETDEL" or "STRLEN" or "INCR" or "DECR" => [Key("s")],
            "SETNX" or "GETSET" or "APPEND" => [Key("s"), Value()],
            "SET" => [Key("s"), Value(), .. Options(["NX", "XX", "GET", "KEEPTTL", "EX 1000", "PX 1000000", "EX 0", "PX", "BAD", "PXAT 99999999999999"])],
            "SETEX" => [One("l3", "e3"), One("1000", "0", "x"), Value()],
            "PSETEX" => [One("l3", "e3"), One("1000000", "-1"), Value()],
            "MSET" or "MSETNX" => Some(() => Key("s")).SelectMany(key => new[] { key, Value() }),
            "GETRANGE" => [Key("s"), Index(), Index()],
            "INCRBY" or "DECRBY" => [Key("s"), Number()],
            "INCRBYFLOAT" => [Key("s"), Float()],
            "HSET" or "HMSET" => [Key("h"), .. Some(Field).SelectMany(field => new[] { field, Value() })],
            "HSETNX" => [Key("h"), Field(), Value()],
            "HGET" or "HEXISTS" or "HSTRLEN" => [Key("h"), Field()],
            "HMGET" or "HDEL" => [Key("h"), .. Some(Field)],
            "HGETALL" or "HKEYS" or "HVALS" or "HLEN" => [Key("h")],
            "HINCRBY" => [Key("h"), Field(), Number()],
            "HINCRBYFLOAT" => [Key("h"), Field(), Float()],
            "LPUSH" or "RPUSH" or "LPUSHX" or "RPUSHX" => [Key("l"), .. Some(Value)],
            "LPOP" or "RPOP" => [Key("l"), .. Maybe("1", "2", "0", "-1", "x")],
            "LLEN" => [Key("l")],
            "LRANGE" or "LTRIM" => [Key("l"), Index(), Index()],
            "LINDEX" => [Key("l"), Index()],
            "LSET" => [Key("l"), Index(), Value()],
            "LREM" => [Key("l"), Index(), Value()],
            "LINSERT" => [Key("l"), One("BEFORE", "after", "BAD"), Value(), Value()],
            "RPOPLPUSH" => [Key("l"), Key("l")],
            "LMOVE" => [Key("l"), Key("l"), One("LEFT", "RIGHT", "BAD"), One("left", "right")],
            "SADD" or "SREM" or "SMISMEMBER" => [Key("e"), .. Some(Value)],
            "SISMEMBER" => [Key("e"), Value()],
            "SMEMBERS" or "SCARD" => [Key("e")],
            "SMOVE" => [Key("e"), Key("e"), Value()],
            "ZADD" => [Key("z"), .. Options(["NX", "XX", "GT", "LT", "CH", "INCR"]), .. Some(Field).SelectMany(field => new[] { Float(), field })],
            "ZINCRBY" => [Key("z"), Float(), Field()],
            "ZREM" or "ZMSCORE" => [Key("z"), .. Some(Field)],
            "ZSCORE" or "ZRANK" or "ZREVRANK" => [Key("z"), Field()],
            "ZCARD" => [Key("z")],
            "ZCOUNT" or "ZREMRANGEBYSCORE" => [Key("z"), Bound(), Bound()],
            "ZRANGE" => _random.Next(2) == 0
                ? [Key("z"), Index(), Index(), .. Options(["REV", "WITHSCORES", "LIMIT 0 1"])]
                : [Key("z"), Bound(), Bound(), "BYSCORE", .. Options(["REV", "WITHSCORES", "LIMIT 1 2", "LIMIT 0 -1"])],
            "ZREVRANGE" => [Key("z"), Index(), Index(), .. Options(["WITHSCORES"])],
            "ZRANGEBYSCORE" or "ZREVRANGEBYSCORE" => [Key("z"), Bound(), Bound(), .. Options(["WITHSCORES", "LIMIT 0 2", "LIMIT 1 1"])],
            "ZPOPMIN" or "ZPOPMAX" => [Key("z"), .. Maybe("1", "2", "0", "-1")],
            "ZREMRANGEBYRANK" => [Key("z"), Index(), Index()],
            _ => throw new NotSupportedException($"{name} is modelled, and has no random arguments to be compared with."),
        };

        /// <summary>Mostly a key of its own type.</summary>
        private string Key(string type) => (_random.Next(15) == 0 ? AnyKey()[..1] : type) + _random.Next(1, 3).ToString(CultureInfo.InvariantCulture);

        private string AnyKey() => One("s", "h", "l", "e", "z") + _random.Next(1, 4).ToString(CultureInfo.InvariantCulture);

        private string Field() => One("a", "b", "c", "d", "äö");

        private string Value() => _random.Next(3) == 0 ? Number() : One("a", "b", "c", "text with spaces", "", "ünïcode", "3.5", "007");

        private string Number() => One("0", "1", "2", "-3", "10", "9223372036854775807", "-9223372036854775808", "x", "1.5", " 1");

        private string Float() => One("0", "1", "0.5", "-2.25", "3", "1e2", "x", "+inf", "100.125");

        private string Bound() => One("-inf", "+inf", "0", "1", "(1", "(0.5", "3", "x");

        private string Index() => One("0", "1", "-1", "-2", "2", "5", "-100", "x");

        private string One(params string[] choices) => choices[_random.Next(choices.Length)];

        private IEnumerable<string> Maybe(params string[] choices) => _random.Next(2) == 0 ? [] : [One(choices)];

        private IEnumerable<string> Some(Func<string> make) => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => make())];

        private IEnumerable<string> Options(string[] choices) =>
            _random.Next(2) == 0 ? [] : [.. Enumerable.Range(0, _random.Next(1, 3)).SelectMany(_ => One(choices).Split(' '))];
    }
}
