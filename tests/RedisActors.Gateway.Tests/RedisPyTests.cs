using System.Globalization;

namespace RedisActors.Gateway.Tests;

/// <summary>redis-py works through the gateway unchanged, and sees no outage.</summary>
public sealed class RedisPyTests
{
    [RedisPyFact]
    public async Task The_reconnecting_program_of_the_tutorial_fails_through_the_gateway_not_once()
    {
        await using var stage = await GatewayStage.SetAsync("delivery = exactly-once");

        var straight = await OutageAsync(stage, stage.Server.Port, seconds: 1);
        await stage.Server.ExecuteAsync("DEL", "reconnect:count");
        var through = await OutageAsync(stage, stage.Port, seconds: 3);

        Assert.True(straight.Failed > 100, $"{straight}");
        Assert.Equal(0, through.Failed);
        Assert.Equal(through.Counted, (await stage.Server.ExecuteAsync("GET", "reconnect:count")).AsInt64());
        Assert.True(through.Longest > 2, $"{through}");
    }

    [RedisPyFact]
    public async Task Redis_py_does_through_the_gateway_what_it_does()
    {
        await using var stage = await GatewayStage.SetAsync("password = secret");
        const string Program = """
            import sys, redis
            r = redis.Redis(port=int(sys.argv[1]), password="secret", decode_responses=True, client_name="tester")
            assert r.client_getname() == "tester"
            p = r.pipeline(transaction=True)
            p.set("a", 1).incr("a").hset("h", mapping={"x": 1}).hgetall("h")
            assert p.execute() == [True, 2, 1, {"x": "1"}]
            def add(pipe):
                value = int(pipe.get("a"))
                pipe.multi()
                pipe.set("a", value + 1)
            assert r.transaction(add, "a") == [True]
            assert r.get("a") == "3"
            assert r.register_script("return redis.call('INCRBY', KEYS[1], ARGV[1])")(keys=["a"], args=[5]) == 8
            r.zadd("z", {"m": 1.5})
            assert r.zrange("z", 0, -1, withscores=True) == [("m", 1.5)]
            r.xadd("s", {"f": "v"})
            assert r.xread({"s": 0})[0][1][0][1] == {"f": "v"}
            assert r.blpop("none", timeout=1) is None
            assert r.lock("l", timeout=5).acquire()
            s = r.pubsub()
            s.subscribe("news")
            s.psubscribe("n*")
            assert s.get_message(timeout=5)["type"] == "subscribe"
            assert s.get_message(timeout=5)["type"] == "psubscribe"
            assert r.publish("news", "hello") == 2
            assert sorted(s.get_message(timeout=5)["type"] for _ in range(2)) == ["message", "pmessage"]
            s.ping()
            assert s.get_message(timeout=5)["type"] == "pong"
            s.unsubscribe(); s.punsubscribe()
            assert s.get_message(timeout=5)["type"] == "unsubscribe"
            big = "x" * 3_000_000
            r.set("big", big)
            assert r.get("big") == big
            p = r.pipeline(transaction=False)
            for i in range(20000): p.set("k%d" % i, i)
            assert all(p.execute())
            assert len(list(r.scan_iter("k*", count=1000))) == 20000
            assert r.info()["redis_version"].startswith("7")
            try:
                r.lpush("a", 1)
                assert False
            except redis.ResponseError as error:
                assert "WRONGTYPE" in str(error)
            print("done")
            """;

        var (code, said) = await ClientProgram.RunAsync(ClientProgram.PythonWithRedis!, ["-c", Program, $"{stage.Port}"]);

        Assert.True(code == 0, said);
        Assert.Equal("done\n", said);
    }

    private static async Task<Account> OutageAsync(GatewayStage stage, int port, double seconds)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "reconnect.py");
        var running = ClientProgram.RunAsync(ClientProgram.PythonWithRedis!, [program, $"127.0.0.1:{port}", "--seconds", $"{seconds + 2}"]);
        await stage.KillWhenAsync(async () => (await stage.Server.ExecuteAsync("GET", "reconnect:count")).AsInt64() > 100, TimeSpan.FromSeconds(seconds));
        var (code, said) = await running;
        Assert.True(code == 0, said);
        var words = said.Split(' ');
        return new Account(long.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture), double.Parse(words[6], CultureInfo.InvariantCulture));
    }

    private sealed record Account(long Counted, long Failed, double Longest);
}
