using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>Scripts of a sender's that answer in the very words with which the server refuses a command, and scripts that it does refuse.</summary>
public sealed class ScriptsInServersWordsTests : ServerSpec
{
    private const string CountAndAnswer = "redis.call('INCR', KEYS[1]); return redis.error_reply(ARGV[1])";
    private const string Busy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";

    public static readonly TheoryData<string> Words =
    [
        "LOADING Redis is loading the dataset in memory",
        Busy,
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "CLUSTERDOWN Hash slot not served",
        "TRYAGAIN Multiple keys request during rehashing of slot",
        "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
        "NOREPLICAS Not enough good replicas to write.",
        "READONLY You can't write against a read only replica.",
        "NOAUTH Authentication required.",
        "ERR max number of clients reached",
        "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)",
        "NOSCRIPT No matching script. Please use EVAL.",
        "MOVED 1 127.0.0.1:1",
        "ASK 1 127.0.0.1:1",
    ];

    [Theory]
    [MemberData(nameof(Words))]
    public async Task It_runs_once_its_words_are_the_answer_and_nobody_else_is_held_up(string words)
    {
        var redis = Redis("command-timeout = 5s");
        var other = AskAsync(redis, "PING");

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "EVAL", CountAndAnswer, 1, "number", words));

        Assert.Equal(Outcome.Rejected, error.Outcome);
        Assert.Equal(words, error.ServerError);
        Assert.Equal("1", (await AskAsync(redis, "GET", "number")).Value.AsString());
        await other;
    }

    [Fact]
    public async Task A_script_that_a_busy_server_refuses_is_retried_and_runs_once()
    {
        await Server.ExecuteAsync("CONFIG", "SET", "busy-reply-threshold", "50");
        var redis = Redis("heartbeat.timeout = 10s");
        await AskAsync(redis, "PING");
        var busy = Server.ExecuteAsync("EVAL", "while redis.call('TIME')[1] * 1 < ARGV[1] * 1 do end", "0", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 4}");
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            while (true) await Server.ExecuteAsync("PING");
        });

        var reply = await AskAsync(redis, "EVAL", "return redis.call('INCR', KEYS[1])", 1, "number");

        Assert.Equal(1, reply.Value.AsInt64());
        await busy;
    }

    [Fact]
    public async Task A_script_that_cannot_write_for_lack_of_replicas_is_retried_and_runs_once()
    {
        var redis = Redis();
        await AskAsync(redis, "PING");
        await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "1");

        var reply = AskAsync(redis, "EVAL", "#!lua\nreturn redis.call('INCR', KEYS[1])", 1, "number");
        await Task.Delay(200);
        Assert.False(reply.IsCompleted);
        await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "0");

        Assert.Equal(1, (await reply).Value.AsInt64());
    }

    [Fact]
    public async Task A_script_whose_connection_is_lost_before_it_is_known_who_spoke_ends_as_unknown()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");

        proxy.LoseReplyTo("#!lua");
        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "EVAL", CountAndAnswer, 1, "number", Busy));

        Assert.Equal(Outcome.Unknown, error.Outcome);
        Assert.Equal("1", (await AskAsync(redis, "GET", "number")).Value.AsString());
    }
}
