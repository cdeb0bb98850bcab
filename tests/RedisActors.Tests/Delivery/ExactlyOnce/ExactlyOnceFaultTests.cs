using System.Net.Sockets;
using RedisActors.Delivery.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Tests.Delivery.ExactlyOnce;

using Script = RedisActors.Delivery.ExactlyOnce.ExactlyOnce;

/// <summary>What stays true of an exactly-once command when the server refuses, forgets, dies or is not the master.</summary>
public sealed class ExactlyOnceFaultTests : IAsyncLifetime
{
    private static readonly RedisCommand Incr = new("INCR", "n");

    private RedisServer? _server;

    private RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public void A_server_that_has_forgotten_the_script_says_so_and_has_run_nothing()
    {
        using var wire = new Wire(Server).WithScript();
        Assert.Equal(1, wire.Decoded(Incr, "a", "n").Value.AsInt64());
        wire.Text("SCRIPT", "FLUSH");

        var reply = wire.Decoded(Incr, "b", "n");

        Assert.True(ExactlyOnceScript.IsMissing(reply.ServerError!));
        Assert.Equal(1, wire.Value("GET", "n").AsInt64());
        wire.WithScript();
        Assert.Equal(2, wire.Decoded(Incr, "b", "n").Value.AsInt64());
        Assert.Equal(1, wire.Decoded(Incr, "a", "n").Value.AsInt64());
    }

    [Fact]
    public void A_token_expires_after_the_time_it_is_kept_and_not_later_however_often_it_is_asked_for()
    {
        using var wire = new Wire(Server).WithScript();
        var (name, arguments) = Script.Wrap(Incr, "t", TimeSpan.FromSeconds(100), ["n"]);
        wire.Text(name, arguments);
        wire.Text("PEXPIRE", Script.TokenKeyOf(arguments), 5000);

        wire.Text(name, arguments);

        Assert.InRange(wire.Value("PTTL", Script.TokenKeyOf(arguments)).AsInt64(), 1, 5000);
        var (_, another) = Script.Wrap(Incr, "u", TimeSpan.FromSeconds(100), ["n"]);
        wire.Text(name, another);
        Assert.InRange(wire.Value("PTTL", Script.TokenKeyOf(another)).AsInt64(), 90_000, 100_000);
        Assert.Equal(-1, wire.Value("TTL", "n").AsInt64());
    }

    [Fact]
    public void A_released_token_is_gone()
    {
        using var wire = new Wire(Server).WithScript();
        var releases = new TokenReleases(batch: 100, cluster: false);
        for (var i = 0; i < 250; i++)
        {
            var (name, arguments) = Script.Wrap(new RedisCommand("INCR", $"n{i}"), $"t{i}", TimeSpan.FromMinutes(5), [$"n{i}"]);
            wire.Text(name, arguments);
            releases.Add(Script.TokenKeyOf(arguments));
        }

        Assert.Equal(500, wire.Value("DBSIZE").AsInt64());
        while (releases.TryTake(partial: true, out var keys)) Assert.Equal(keys.Length, wire.Value("UNLINK", keys).AsInt64());
        Assert.Equal(250, wire.Value("DBSIZE").AsInt64());
    }

    [Fact]
    public async Task A_replica_runs_nothing_and_keeps_no_token_and_the_same_request_succeeds_once_it_is_the_master()
    {
        await using var replica = await RedisServer.StartAsync();
        await replica.ReplicateAsync(Server);
        using var wire = new Wire(replica).WithScript();

        Assert.StartsWith("READONLY ", wire.Decoded(Incr, "t", "n").ServerError);
        Assert.StartsWith("READONLY ", wire.Decoded(new RedisCommand("GET", "n"), "r", "n").ServerError);
        Assert.Equal(0, wire.Value("DBSIZE").AsInt64());

        await replica.PromoteAsync();
        Assert.Equal(1, wire.Decoded(Incr, "t", "n").Value.AsInt64());
        Assert.Equal(1, wire.Decoded(Incr, "t", "n").Value.AsInt64());
    }

    [Fact]
    public async Task A_promoted_replica_knows_the_tokens_that_reached_it_together_with_the_writes()
    {
        await using var replica = await RedisServer.StartAsync();
        await replica.ReplicateAsync(Server);
        using var wire = new Wire(Server).WithScript();
        Assert.Equal(1, wire.Decoded(Incr, "t", "n").Value.AsInt64());
        Assert.Equal(1, wire.Value("WAIT", 1, 10_000).AsInt64());

        Server.Kill();
        await replica.PromoteAsync();

        using var promoted = new Wire(replica).WithScript();
        Assert.Equal(1, promoted.Decoded(Incr, "t", "n").Value.AsInt64());
        Assert.Equal(2, promoted.Decoded(Incr, "u", "n").Value.AsInt64());
    }

    [Theory]
    [InlineData("maxmemory", "1", "0", "OOM ")]
    [InlineData("min-replicas-to-write", "1", "0", "NOREPLICAS ")]
    public void An_error_that_will_pass_is_told_in_the_plain_commands_words_and_does_not_use_up_the_token(
        string setting, string bad, string good, string code)
    {
        using var wire = new Wire(Server).WithScript();
        wire.Text("CONFIG", "SET", setting, bad);
        var plain = wire.Text("INCR", "n");

        Assert.StartsWith($"-{code}", plain);
        Assert.Equal(plain, wire.Wrapped(Incr, "t", "n"));
        Assert.Equal(0, wire.Value("DBSIZE").AsInt64());

        wire.Text("CONFIG", "SET", setting, good);
        Assert.Equal(":1\r\n", wire.Wrapped(Incr, "t", "n"));
        Assert.Equal(":1\r\n", wire.Wrapped(Incr, "t", "n"));
    }

    [Fact]
    public void A_command_that_frees_memory_runs_and_keeps_its_token_on_a_server_that_is_out_of_memory()
    {
        using var wire = new Wire(Server).WithScript();
        wire.Text("RPUSH", "list", "a", "b", "c");
        wire.Text("CONFIG", "SET", "maxmemory", 1);

        Assert.Equal("$1\r\na\r\n", wire.Wrapped(new RedisCommand("LPOP", "list"), "t", "list"));
        Assert.Equal("$1\r\na\r\n", wire.Wrapped(new RedisCommand("LPOP", "list"), "t", "list"));
        Assert.Equal("$-1\r\n", wire.Wrapped(new RedisCommand("LPOP", "missing"), "u", "missing"));
        Assert.Equal(2, wire.Value("LLEN", "list").AsInt64());
    }

    [Theory]
    [InlineData("-incr")]
    [InlineData("-xgroup|create")]
    [InlineData("resetkeys ~other ~redisactors:*")]
    public void A_command_that_the_ACL_forbids_is_refused_in_the_plain_commands_words(string rule)
    {
        using var wire = new Wire(Server).WithScript();
        wire.Text("ACL", [.. $"SETUSER bob on >p ~* +@all {rule}".Split(' ').Select(word => (RedisValue)word)]);
        wire.Text("AUTH", "bob", "p");
        var command = rule.StartsWith("-xgroup", StringComparison.Ordinal) ? new RedisCommand("XGROUP", "CREATE", "n", "g", "$", "MKSTREAM") : Incr;
        var plain = wire.Text(command.Name, [.. command.Arguments]);

        Assert.StartsWith("-NOPERM ", plain);
        Assert.Equal(plain, wire.Wrapped(command, "t", "n"));
    }

    [Theory]
    [InlineData("-set")]
    [InlineData("-get")]
    [InlineData("-evalsha")]
    [InlineData("resetkeys ~n")]
    public void A_user_who_may_not_keep_tokens_is_refused_before_anything_has_run(string rule)
    {
        using var wire = new Wire(Server).WithScript();
        using var user = new Wire(Server);
        wire.Text("ACL", [.. $"SETUSER eve on >p ~* +@all {rule}".Split(' ').Select(word => (RedisValue)word)]);
        user.Text("AUTH", "eve", "p");

        Assert.NotNull(user.Decoded(Incr, "t", "n").ServerError);
        Assert.Equal(0, wire.Value("DBSIZE").AsInt64());
    }

    /// <summary>
    /// 500 requests are under way when the server dies; afterwards all of them are asked again. Each counter must have been
    /// counted once, and a token that survived must have its write beside it: the answers of one key are 1, 2, 3 … without
    /// a gap or a repetition.
    /// </summary>
    [Fact]
    public async Task After_a_kill_under_load_every_request_can_be_asked_again_and_has_counted_once()
    {
        const int InFlight = 500;
        const int Keys = 7;
        var tokens = new TokenSource();
        var random = new Random(3);
        var counted = new int[Keys];
        var partly = 0;
        for (var round = 0; round < 8; round++)
        {
            var requests = Enumerable.Range(0, InFlight).Select(i => (Key: i % Keys, Token: tokens.Next())).ToArray();
            var answered = 0;
            var killAt = random.Next(InFlight);
            using (var wire = new Wire(Server).WithScript())
            {
                var killed = false;
                try
                {
                    foreach (var (key, token) in requests) SendIncr(wire, key, token);
                    for (; answered < InFlight; answered++)
                    {
                        if (answered == killAt) await Task.Run(Server.Kill);
                        killed |= answered == killAt;
                        wire.Receive();
                    }
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                }

                if (!killed) Server.Kill();
            }

            await Server.StartAgainAsync();
            using var again = new Wire(Server).WithScript();
            var before = Enumerable.Range(0, Keys).Sum(key => (int)(again.Value("GET", $"n{key}") is { IsNull: false } n ? n.AsInt64() : 0));
            var survivors = Survivors(again);
            Assert.Equal(before, survivors + counted.Sum());
            if (survivors is > 0 and < InFlight) partly++;

            foreach (var (key, token) in requests)
            {
                var reply = again.Decoded(new RedisCommand("INCR", $"n{key}"), token, $"n{key}");
                Assert.Equal(++counted[key], reply.Value.AsInt64());
                again.Text("UNLINK", TokenKey.For($"n{key}", token));
            }

            Assert.Equal(Enumerable.Range(0, Keys).Select(key => (long)counted[key]), Enumerable.Range(0, Keys).Select(key => again.Value("GET", $"n{key}").AsInt64()));
        }

        Assert.Equal(8 * InFlight, counted.Sum());

        static void SendIncr(Wire wire, int key, string token)
        {
            var (name, arguments) = Script.Wrap(new RedisCommand("INCR", $"n{key}"), token, TimeSpan.FromMinutes(5), [$"n{key}"]);
            wire.Send(name, arguments);
        }

        static int Survivors(Wire wire) => wire.Value("KEYS", "redisactors:*").AsArray().Length;
    }
}
