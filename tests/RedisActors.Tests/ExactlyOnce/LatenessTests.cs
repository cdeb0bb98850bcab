using System.Diagnostics;
using RedisActors.CommandMetadata;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.ExactlyOnce;
using RedisActors.Testing;
using StackExchange.Redis;
using Script = RedisActors.ExactlyOnce.ExactlyOnceRequest;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>A command with a time by the server's clock does not run when that is over, whenever it comes.</summary>
public sealed class LatenessTests : IAsyncLifetime
{
    private RedisServer? _server;

    private RedisServer Server => _server ?? throw new InvalidOperationException("The server has not been started.");

    public static TheoryData<string, string?> Forms => new()
    {
        { "command", null }, { "command", "0" }, { "script", null }, { "script", "0" }, { "transaction", null }, { "transaction", "0" },
    };

    public async Task InitializeAsync() => _server = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void It_runs_before_its_time_and_not_afterwards(string form, string? evictedKeys)
    {
        using var wire = new Wire(Server);
        var command = CommandOf(form);
        var script = Script.ScriptFor(command);
        if (script.Inner is { } inner) wire.Text("SCRIPT", "LOAD", inner.Text);
        wire.Text("SCRIPT", "LOAD", script.Text);

        var late = Send("late", latest: TimeOf(wire));
        Assert.Equal(ServerErrorKind.Reconnect, RetryableErrors.Classify(late.ServerError!));
        Assert.Equal(0, wire.Value("DBSIZE").AsInt64());

        Assert.Null(Send("in time", TimeOf(wire) + 60_000).ServerError);
        Assert.Equal(1, wire.Value("GET", "n").AsInt64());

        // What has run is answered at any time.
        Assert.Null(Send("in time", latest: 1).ServerError);
        Assert.Equal(1, wire.Value("GET", "n").AsInt64());

        ExactlyOnceReply Send(string token, long latest)
        {
            var (name, arguments) = Script.Wrap(command, token, TimeSpan.FromMinutes(5), ["n"], evictedKeys, latest);
            return Script.Decode(wire.Value(name, arguments));
        }
    }

    [Fact]
    public void A_server_that_does_not_tell_the_time_runs_nothing_that_has_one()
    {
        using var wire = new Wire(Server).WithScript();
        wire.Text("ACL", "SETUSER", "default", "-time");

        var (name, arguments) = Script.Wrap(new RedisCommand("INCR", "n"), "t", TimeSpan.FromMinutes(5), ["n"], evictedKeys: null, latest: long.MaxValue);

        Assert.StartsWith("TOKENLATE ", Script.Decode(wire.Value(name, arguments)).ServerError, StringComparison.Ordinal);
        Assert.Equal(0, wire.Value("DBSIZE").AsInt64());
    }

    [Fact]
    public void The_time_of_one_with_a_token_of_its_senders_is_its_deadline_by_the_clock_of_the_server()
    {
        var tokens = new TokenContext(TimeSpan.FromMinutes(10));
        var command = new RedisCommand("INCR", "n") { IdempotencyKey = "t" };
        var profile = CommandTable.Find(command)!;
        Assert.Equal(8, Wrapped(command).Length);

        tokens.LearnTime(new ServerClock(DateTimeOffset.FromUnixTimeMilliseconds(1_000_000), askedAt: 0, answeredAt: Seconds(2)), Seconds(3), now: 5_000);

        // At 5,000 the server's clock showed 1,001,000 or more, so at 7,000 it shows 1,003,000 or more.
        Assert.Equal(1_002_999, (long)Wrapped(command)[8]);
        Assert.Equal(8, Wrapped(command, long.MaxValue).Length);
        Assert.Equal(8, Wrapped(new RedisCommand("INCR", "n")).Length);

        RedisValue[] Wrapped(RedisCommand each, long deadline = 7_000) => tokens.Wrap(each, profile, "t", evictedKeys: null, deadline);
    }

    [Fact]
    public void The_time_is_asked_again_once_a_minute_while_it_is_needed()
    {
        var tokens = new TokenContext(TimeSpan.FromMinutes(10));
        var clock = new ServerClock(DateTimeOffset.UnixEpoch, 0, 0);
        var command = new RedisCommand("INCR", "n") { IdempotencyKey = "t" };
        tokens.LearnTime(clock, 0, now: 0);
        Assert.False(tokens.WantsTime(100_000));

        tokens.Wrap(command, CommandTable.Find(command)!, "t", evictedKeys: null, deadline: 1);
        Assert.False(tokens.WantsTime(59_000));
        Assert.True(tokens.WantsTime(60_000));
        Assert.False(tokens.WantsTime(60_050));

        tokens.LearnTime(clock, 0, now: 61_000);
        tokens.Wrap(command, CommandTable.Find(command)!, "t", evictedKeys: null, deadline: 1);
        Assert.False(tokens.WantsTime(120_000));
        Assert.True(tokens.WantsTime(121_000));
    }

    private static long Seconds(int seconds) => seconds * Stopwatch.Frequency;

    private static long TimeOf(Wire wire) => ServerClock.Parse(wire.Value("TIME"), 0, 0)!.AtEarliest(0).ToUnixTimeMilliseconds();

    private static RedisCommand CommandOf(string form) => form switch
    {
        "command" => new RedisCommand("INCR", "n"),
        "script" => new RedisScript("return redis.call('INCR', KEYS[1])", ["n"]),
        _ => new RedisTransaction(new RedisCommand("INCR", "n")),
    };
}
