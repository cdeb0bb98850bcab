using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>Commands that share a request, each with a token of its own: what befalls one is nobody else's.</summary>
public sealed class OwnTokensTests(ExactlyOnceServer fixture) : IClassFixture<ExactlyOnceServer>
{
    private static readonly RedisCommand A = Increment("a");
    private static readonly RedisCommand B = Increment("b");
    private static readonly RedisCommand C = Increment("c");

    [Fact]
    public void What_has_run_alone_is_not_run_again_among_others()
    {
        using var wire = fixture.Connect();
        wire.Alone(B, "a", "b");

        var replies = wire.Each([A, B, C], ["a", "b", "c"]).Replies;

        Assert.All(replies, reply => Assert.Equal(1, reply.Value.AsInt64()));
        Assert.Equal(["1", "1", "1"], wire.Value("MGET", "a", "b", "c").AsArray().Select(value => value.AsString()));
        Assert.Equal(replies, wire.Each([C, B, A], ["a", "b", "c"]).Replies);
        Assert.Equal(["1", "1", "1"], wire.Value("MGET", "a", "b", "c").AsArray().Select(value => value.AsString()));
    }

    [Fact]
    public void A_token_that_comes_twice_runs_once_and_another_command_with_it_does_not_run()
    {
        using var wire = fixture.Connect();

        var replies = wire.Each([A, A, B with { IdempotencyKey = "a" }, C], ["a", "b", "c"]).Replies;

        Assert.Equal([1L, 1L, 1L], replies.Where(reply => reply.ServerError is null).Select(reply => reply.Value.AsInt64()));
        Assert.StartsWith("TOKENMISMATCH ", replies[2].ServerError);
        Assert.Equal(["1", null, "1"], wire.Value("MGET", "a", "b", "c").AsArray().Select(value => value.AsString()));
    }

    [Fact]
    public void One_whose_time_is_over_does_not_run_and_the_others_do()
    {
        using var wire = fixture.Connect();
        var now = long.Parse(wire.Value("TIME").AsArray()[0].AsString()!) * 1000;

        var replies = wire.Each([A, B, C], ["a", "b", "c"], now + 60_000, now, null).Replies;

        Assert.Equal([null, "TOKENLATE", null], replies.Select(reply => reply.ServerError?.Split(' ')[0]));
        Assert.Equal(["1", null, "1"], wire.Value("MGET", "a", "b", "c").AsArray().Select(value => value.AsString()));
    }

    [Fact]
    public void A_server_that_may_not_tell_the_time_runs_those_that_have_none()
    {
        using var wire = fixture.Connect();
        Without(wire, "time", () =>
        {
            var (replies, took) = wire.Each([A, B], ["a", "b"], long.MaxValue);

            Assert.Equal(["TOKENLATE", null], replies.Select(reply => reply.ServerError?.Split(' ')[0]));
            Assert.Null(took);
            Assert.Empty(wire.Value("ACL", "LOG").AsArray());
        });
    }

    [Fact]
    public void Tokens_are_found_where_the_user_may_not_ask_for_several_keys_at_once()
    {
        using var wire = fixture.Connect();
        Without(wire, "mget", () =>
        {
            var first = wire.Each([A, B], ["a", "b"]).Replies;

            Assert.Equal(first, wire.Each([B, A], ["a", "b"]).Replies);
            Assert.Equal(["1", "1"], new[] { "a", "b" }.Select(key => wire.Value("GET", key).AsString()));
            Assert.Empty(wire.Value("ACL", "LOG").AsArray());
        });
    }

    [Fact]
    public void Where_a_token_could_not_be_kept_none_is_run()
    {
        using var wire = fixture.Connect();
        Without(wire, "set", () =>
        {
            Assert.All(wire.Each([A, B], ["a", "b"]).Replies, reply => Assert.StartsWith("NOPERM ", reply.ServerError));
            Assert.Equal(0, wire.Value("DBSIZE").AsInt64());
        });
    }

    [Fact]
    public void A_server_that_is_out_of_memory_runs_those_that_need_none_and_the_others_when_it_has_some()
    {
        using var wire = fixture.Connect();
        wire.Text("SET", "full", "x");
        RedisCommand[] commands = [A, new("DEL", "full") { IdempotencyKey = "del" }];
        wire.Text("CONFIG", "SET", "maxmemory", 1);
        try
        {
            var replies = wire.Each(commands, ["a", "full"]).Replies;

            Assert.StartsWith("OOM ", replies[0].ServerError);
            Assert.Equal(1, replies[1].Value.AsInt64());
        }
        finally
        {
            wire.Text("CONFIG", "SET", "maxmemory", 0);
        }

        Assert.Equal([1L, 1L], wire.Each(commands, ["a", "full"]).Replies.Select(reply => reply.Value.AsInt64()));
    }

    [Fact]
    public void Behind_one_that_the_server_refuses_for_the_time_being_those_that_have_run_are_answered_and_the_others_are_refused()
    {
        using var wire = fixture.Connect();
        wire.Alone(B, "a", "b");
        wire.Text("CONFIG", "SET", "min-replicas-to-write", 1);
        try
        {
            Assert.Equal(["NOREPLICAS", null, "NOREPLICAS"], wire.Each([A, B, C], ["a", "b", "c"]).Replies.Select(reply => reply.ServerError?.Split(' ')[0]));
        }
        finally
        {
            wire.Text("CONFIG", "SET", "min-replicas-to-write", 0);
        }

        Assert.All(wire.Each([A, B, C], ["a", "b", "c"]).Replies, reply => Assert.Equal(1, reply.Value.AsInt64()));
    }

    [Fact]
    public void Long_arguments_arrive_in_their_places_and_each_token_is_kept_for_its_time()
    {
        using var wire = fixture.Connect();
        var (large, larger) = (new string('x', 1_001), new string('y', 70_000));
        RedisCommand[] commands =
        [
            new("RPUSH", "list", large, "between", larger) { IdempotencyKey = "one" },
            A,
            new("SET", new string('k', 2_000), larger) { IdempotencyKey = "two" },
        ];

        Assert.Equal(["3", "1", "OK"], wire.Each(commands, ["list", "a", new string('k', 2_000)]).Replies.Select(reply => reply.Value.AsString()));

        Assert.Equal([large, "between", larger], wire.Value("LRANGE", "list", 0, -1).AsArray().Select(item => item.AsString()));
        Assert.Equal(larger, wire.Value("GET", new string('k', 2_000)).AsString());
        foreach (var token in (string[])["one", "a", "two"])
        {
            Assert.InRange(wire.Value("PTTL", TokenKey.For("list", token)).AsInt64(), 1, (long)TimeSpan.FromMinutes(5).TotalMilliseconds);
        }
    }

    /// <summary>Does something while the user may not use this command.</summary>
    private static void Without(Wire wire, string command, Action act)
    {
        wire.Text("ACL", "SETUSER", "default", $"-{command}");
        try
        {
            act();
        }
        finally
        {
            wire.Text("ACL", "SETUSER", "default", $"+{command}");
        }
    }

    private static RedisCommand Increment(string key) => new("INCR", key) { IdempotencyKey = key };
}
