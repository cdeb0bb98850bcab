using Akka.Actor;
using RedisActors.Tests.ExactlyOnce;
using RedisActors.Tests.Servers;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;
using Line = RedisActors.Tests.ExactlyOnce.Wire;

namespace RedisActors.Tests.Scripts;

/// <summary>The sender of a script gets what <c>EVAL</c> would have replied, byte by byte, also where a token is kept beside it.</summary>
public sealed class ScriptReplyTests(ExactlyOnceServer fixture) : IClassFixture<ExactlyOnceServer>
{
    public static TheoryData<string> Texts =>
    [
        // values
        "return 1", "return 3.99", "return -3.99", "return -0.5", "return 0.5", "return 2^53", "return 2^62", "return -2^62", "return 2^63", "return -2^63",
        "return 1e300", "return -1e300", "return 0/0", "return 1/0", "return true", "return false", "return nil", "return", "", "return 'text'", "return ''",
        "return 'a\\0b\\r\\nc'", "return {}", "return {1, 'a', true, false, 2.7}", "return {1, nil, 3}", "return {{1, {2, {3}}}, {}}", "return {a = 1, 5}",
        "return {ok = 'fine'}", "return {ok = 'two\\r\\nlines'}", "return {err = 'MY words'}", "return {err = 'two\\nlines'}", "return {{err = 'inner'}, {ok = 'inner'}}",
        "return redis.status_reply('DONE')", "return redis.error_reply('MINE said')", "return redis.error_reply('-MINE said')", "return redis.error_reply('single')",
        "return {double = 3.5}", "return {double = 1/3}", "return {double = 1e308}", "return {big_number = '12345678901234567890'}", "return {map = {a = 1}}",
        "return {set = {a = true}}", "return {verbatim_string = {format = 'txt', string = 'abc'}}", "return {1, {map = {a = {1, 2}}}}", "return function() end",

        // what commands reply
        "return redis.call('SET', KEYS[1], ARGV[1])", "return redis.call('GET', KEYS[1])", "return redis.call('INCR', KEYS[2])", "return redis.pcall('INCR', KEYS[1])",
        "return {redis.call('HGETALL', KEYS[3]), redis.call('LRANGE', KEYS[4], 0, -1)}", "return redis.pcall('nosuch')", "return redis.pcall('GET')",
        "return redis.call('MGET', KEYS[1], 'missing', KEYS[2])", "redis.setresp(3) return redis.call('HGETALL', KEYS[3])", "redis.setresp(3) return redis.call('ZSCORE', KEYS[5], 'a')",

        // keys and arguments
        "return KEYS", "return ARGV", "return #KEYS + #ARGV", "return {KEYS[1], KEYS[9], ARGV[1]}", "return {unpack(KEYS)}", "KEYS[1] = 'x' return KEYS", "table.remove(ARGV, 1) return ARGV",
        "local function f() return ARGV[2] end return f()", "return select('#', ...)", "local script = 1 return script", "return -- to the end", "return 1 -- to the end", "return [[\n]]",

        // errors, each with its line
        "\n\nreturn redis.call('INCR', KEYS[1])", "redis.call('SET', KEYS[1], 'written')\nredis.call('LPUSH', KEYS[1], 1)", "error('boo')", "\nerror('boo')", "error('boo', 0)", "error({err = 'MY table'})",
        "\n\n\nerror({err = 'MY table'})", "return nosuch", "\nlocal x\nreturn x.y", "local function f()\nerror('deep')\nend\nf()", "return f()", "redis.call('nosuch')", "redis.call('GET')",
        "\nx = 1", "error(nil)", "error(5)", "return redis.call()", "return redis.sha1hex(1, 2)", "\nstring.rep()", "return tonumber({}) + 1", "redis.call('SUBSCRIBE', 'x')", "return 1 + {}",
        "#!lua\nreturn redis.call('INCR', KEYS[1])", "#!lua flags=allow-stale\n\nreturn KEYS", "#!lua\nreturn redis.call('INCR', KEYS[2])",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_script_with_a_token_gets_the_reply_of_EVAL_and_gets_it_again_and_runs_once(string text)
    {
        RedisValue[] keys = ["text", "number", "hash", "list", "sorted"];
        RedisValue[] values = ["one", "", "three"];
        using var wire = fixture.Connect();
        Prepare(wire);
        var plain = wire.Text("EVAL", [text, keys.Length, .. keys, .. values]);
        var plainState = State(wire);
        wire.Text("FLUSHALL");
        Prepare(wire);
        var script = new RedisScript(text, keys, values);
        wire.Text("SCRIPT", "LOAD", text);
        Assert.Equal(script.Script.Once.Sha1, wire.Value("SCRIPT", "LOAD", script.Script.Once.Text).AsString());

        var first = wire.Wrapped(script, "token", keys);
        var state = State(wire);
        var second = wire.Wrapped(script, "token", keys);

        Assert.Equal("*1\r\n" + plain.Replace("*-1\r\n", "$-1\r\n"), first);
        Assert.Equal(plainState, state);
        Assert.Equal(first, second);
        Assert.Equal(state, State(wire));
    }

    [Fact]
    public void What_ends_its_function_and_goes_on_is_no_script()
    {
        using var wire = fixture.Connect();
        const string Text = "return 1 end redis.call('SET', 'x', 1) local f = function()";
        var script = new RedisScript(Text, ["x"]);

        Assert.StartsWith("-ERR Error compiling script", wire.Text("SCRIPT", "LOAD", script.Script.Once.Inner!.Text));
    }

    [Fact]
    public void An_error_without_words_does_not_end_the_server()
    {
        using var wire = fixture.Connect();
        var script = new RedisScript("redis.call('INCR', KEYS[1]) error({})", ["number"]);
        wire.Text("SCRIPT", "LOAD", script.Script.Once.Text);

        Assert.StartsWith("*1\r\n-ERR ", wire.Wrapped(script, "token", "number"));
        Assert.Equal(1, wire.Value("GET", "number").AsInt64());
    }

    [Fact]
    public void A_script_that_cannot_write_now_uses_up_no_token()
    {
        using var wire = fixture.Connect();
        var script = new RedisScript("return redis.call('INCR', KEYS[1])", ["number"]);
        wire.Text("SCRIPT", "LOAD", script.Script.Once.Text);
        wire.Text("CONFIG", "SET", "min-replicas-to-write", 1);
        try
        {
            var refused = Script.DecodeScript(wire.Value("EVALSHA", Script.Wrap(script, "token", TimeSpan.FromMinutes(1), ["number"]).Arguments), out var hasRun);

            Assert.False(hasRun);
            Assert.StartsWith("NOREPLICAS ", refused.ServerError);
        }
        finally
        {
            wire.Text("CONFIG", "SET", "min-replicas-to-write", 0);
        }

        Assert.Equal("*1\r\n:1\r\n", wire.Wrapped(script, "token", "number"));
        Assert.Equal("*1\r\n:1\r\n", wire.Wrapped(script, "token", "number"));
    }

    private static void Prepare(Line wire)
    {
        wire.Text("SET", "text", "hello");
        wire.Text("SET", "number", "41");
        wire.Text("HSET", "hash", "f", "v", "g", "w");
        wire.Text("RPUSH", "list", "a", "b");
        wire.Text("ZADD", "sorted", "1.5", "a");
    }

    private static string State(Line wire) =>
        string.Join(' ', new[] { "text", "number", "hash", "list", "sorted" }.Select(key => wire.Text("DEBUG", "DIGEST-VALUE", key)));
}
