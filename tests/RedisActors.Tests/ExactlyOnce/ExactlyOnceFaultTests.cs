using System.Net.Sockets;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>What an exactly-once command can rely on when the server refuses, forgets, dies or is not the primary.</summary>
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
    public void A_token_expires_when_its_time_is_up_however_often_its_command_is_sent()
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
        var releases = new TokenReleases(batch: 100, inCluster: false);
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
    public async Task A_replica_runs_nothing_and_keeps_no_token_and_the_same_request_succeeds_once_it_is_the_primary()
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
    public async Task A_promoted_replica_has_the_tokens_that_reached_it_together_with_the_writes()
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

        // Redis 6.2 cannot forbid a single subcommand that is allowed with all others.
        if (plain == "+OK\r\n" && rule.Contains('|')) return;

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
    /// Redis 6.2 cannot be asked what an ACL permits, so the script tries it out. Here the question is taken out of the script, on
    /// whatever server there is.
    /// </summary>
    [Fact]
    public void Where_the_ACL_cannot_be_asked_the_outcome_is_the_same()
    {
        using var wire = new Wire(Server);
        using var user = new Wire(Server);
        var older = ExactlyOnceScript.Text.Replace("redis.acl_check_cmd", "nil");
        Assert.NotEqual(ExactlyOnceScript.Text, older);
        string Run(Wire by, RedisCommand command, string token, string key)
        {
            var (_, arguments) = Script.Wrap(command, token, TimeSpan.FromMinutes(5), [key]);
            arguments[0] = older;
            return by.Value("EVAL", arguments).AsString()!;
        }

        Assert.Equal(":1\r\n", Run(wire, Incr, "a", "n"));
        Assert.Equal(":1\r\n", Run(wire, Incr, "a", "n"));

        wire.Text("ACL", "SETUSER", "eve", "on", ">p", "~*", "+@all", "-set");
        user.Text("AUTH", "eve", "p");
        Assert.StartsWith("-NOPERM ", Run(user, Incr, "b", "n"));
        Assert.Equal(1, wire.Value("GET", "n").AsInt64());

        wire.Text("RPUSH", "list", "x", "y");
        wire.Text("CONFIG", "SET", "maxmemory", 1);
        Assert.Equal(wire.Text("INCR", "n"), Run(wire, Incr, "c", "n"));
        Assert.Equal("$1\r\nx\r\n", Run(wire, new RedisCommand("LPOP", "list"), "d", "list"));
        Assert.Equal("$1\r\nx\r\n", Run(wire, new RedisCommand("LPOP", "list"), "d", "list"));
        wire.Text("CONFIG", "SET", "maxmemory", 0);
        Assert.Equal(":2\r\n", Run(wire, Incr, "c", "n"));
    }

    /// <summary>
    /// Requests stream in while the server dies; then all of them are sent again, in the same order. Each must have counted once,
    /// so the answers for a key are 1, 2, 3 and so on, without a gap or a repetition.
    /// </summary>
    [Fact]
    public async Task After_a_kill_under_load_every_request_can_be_sent_again_and_has_counted_once()
    {
        const int Rounds = 8;
        const int PerRound = 3000;
        const int Keys = 7;
        var tokens = new TokenSource();
        var random = new Random(3);
        var counted = new int[Keys];
        var diedUnderLoad = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var requests = Enumerable.Range(0, PerRound).Select(i => (Key: $"n{i % Keys}", Token: tokens.Next())).ToArray();
            await KillAfterAsync(random.Next(PerRound / 2), requests);

            await Server.StartAgainAsync();
            using var wire = new Wire(Server).WithScript();
            var survivors = wire.Value("KEYS", "redisactors:*").AsArray().Length;
            var total = Enumerable.Range(0, Keys).Sum(key => long.Parse(wire.Value("INCRBY", $"n{key}", 0).AsString()!));
            Assert.Equal(total, survivors + counted.Sum());
            if (survivors is > 0 and < PerRound) diedUnderLoad++;

            for (var i = 0; i < PerRound; i++)
            {
                var (key, token) = requests[i];
                Assert.Equal(++counted[i % Keys], wire.Decoded(new RedisCommand("INCR", key), token, key).Value.AsInt64());
            }

            wire.Raw("UNLINK", [.. requests.Select(request => TokenKey.For(request.Key, request.Token))]);
            Assert.Equal(Keys, wire.Value("DBSIZE").AsInt64());
        }

        Assert.Equal(Rounds * PerRound, counted.Sum());
        Assert.True(diedUnderLoad > 0, "No kill came while requests were under way.");
    }

    /// <summary>A crash of the machine may cut the append-only file anywhere; the server drops an incomplete end.</summary>
    [Fact]
    public async Task Wherever_the_append_only_file_is_cut_a_write_and_its_token_are_lost_or_kept_together()
    {
        using (var wire = new Wire(Server).WithScript())
        {
            for (var i = 0; i < 20; i++) wire.Decoded(Incr, $"token{i}", "n");
        }

        await Server.StopAsync();
        var file = Directory.EnumerateFiles(Server.Folder, "*.aof", SearchOption.AllDirectories).MaxBy(name => new FileInfo(name).Length)!;
        var whole = await File.ReadAllBytesAsync(file);
        var random = new Random(17);
        var kept = new HashSet<long>();
        for (var cut = 0; cut < 25; cut++)
        {
            await File.WriteAllBytesAsync(file, whole[..random.Next(whole.Length / 10, whole.Length)]);
            await Server.StartAgainAsync();
            using (var wire = new Wire(Server))
            {
                var writes = wire.Value("GET", "n") is { IsNull: false } n ? n.AsInt64() : 0;
                Assert.Equal(writes, wire.Value("KEYS", "redisactors:*").AsArray().Length);
                kept.Add(writes);
            }

            Server.Kill();
        }

        Assert.True(kept.Count > 5, "The cuts were not spread over the file.");
    }

    /// <summary>Sends on one thread and reads on another, so that the server is killed in the middle of both.</summary>
    private async Task KillAfterAsync(int answers, (string Key, string Token)[] requests)
    {
        using var wire = new Wire(Server).WithScript();
        var sending = Task.Run(() =>
        {
            foreach (var (key, token) in requests)
            {
                var (name, arguments) = Script.Wrap(new RedisCommand("INCR", key), token, TimeSpan.FromMinutes(5), [key]);
                wire.Send(name, arguments);
            }
        });
        for (var i = 0; i < answers; i++) wire.Receive();
        Server.Kill();
        try
        {
            await sending;
        }
        catch (SocketException)
        {
            // The server died before all was sent, as it should.
        }
    }
}
