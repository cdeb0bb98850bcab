using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.Tests.RedisCluster;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.CommandMetadata;

/// <summary>What the table refuses, sent to a RedisActor with a real server: the sender is told why, and nobody else notices.</summary>
public sealed class RefusedCommandsTests : ServerSpec
{
    [Fact]
    public async Task What_does_not_fit_a_shared_connection_is_refused_and_leaves_the_connection_as_it_was()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "key", "value");
        var before = await OurConnectionAsync();
        string[] refused =
        [
            "SUBSCRIBE c", "PSUBSCRIBE c", "SSUBSCRIBE c", "UNSUBSCRIBE", "MONITOR", "SYNC", "PSYNC ? -1", "REPLCONF ACK 0",
            "MULTI", "EXEC", "WATCH key", "SELECT 1", "AUTH x", "HELLO 3", "RESET", "QUIT",
            "CLIENT SETNAME me", "CLIENT REPLY OFF", "CLIENT TRACKING on", "CLIENT NO-EVICT on", "CLIENT CACHING yes",
            "SCRIPT DEBUG YES", "READONLY", "READWRITE", "ASKING", "DEBUG SEGFAULT", "DEBUG RESTART",
        ];

        foreach (var line in refused)
        {
            var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.Ask<RedisReply>(Words.Command(line), Patience));

            Assert.Equal(Outcome.NotSent, failure.Outcome);
            Assert.StartsWith($"{Words.Of(line)[0]} was refused: ", failure.Message);
            Assert.Equal("value", (await AskAsync(redis, "GET", "key")).Value.AsString());
        }

        Assert.Equal(before, await OurConnectionAsync());
    }

    [Fact]
    public async Task A_group_or_consumer_may_have_the_name_of_an_option()
    {
        var redis = Redis();
        await AskAsync(redis, "XGROUP", "CREATE", "stream", "block", "$", "MKSTREAM");
        await AskAsync(redis, "XADD", "stream", "1-1", "f", "v");

        var read = await AskAsync(redis, "XREADGROUP", "GROUP", "block", "streams", "STREAMS", "stream", ">");

        Assert.Equal("stream", read.Value.AsArray()[0].AsArray()[0].AsString());
    }

    [Fact]
    public async Task A_server_that_is_shut_down_gives_no_reply_and_is_not_shut_down_again_when_it_is_back()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        var outcome = OutcomeAsync(redis.Ask<RedisReply>(
            new RedisCommand("SHUTDOWN", "NOSAVE") { Delivery = DeliveryMode.AtLeastOnce }, Patience));

        Assert.Equal(Outcome.Unknown, await outcome);
        await BecomesTrueAsync(() => Task.FromResult(!Server.IsRunning));
        await Server.StartAgainAsync();
        await NextAsync<RedisReady>(states);
        Assert.Equal("PONG", (await AskAsync(redis, "PING")).Value.AsString());
    }

    [Fact]
    public async Task A_script_of_the_senders_that_the_server_does_not_have_is_rejected_at_once_and_holds_up_nothing()
    {
        var redis = Redis("command-timeout = 60s");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => AskAsync(redis, "EVALSHA", new string('0', 40), 1, "key"));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.StartsWith("NOSCRIPT ", failure.ServerError);
        Assert.Equal(1, (await AskAsync(redis, "INCR", "key")).Value.AsInt64());
    }

    [Theory]
    [InlineData("SCRIPT KILL", false)]
    [InlineData("FUNCTION KILL", true)]
    public async Task What_ends_a_script_is_taken_by_the_server_that_the_script_keeps_busy(string kill, bool isFunction)
    {
        await using var caller = await Server.ConnectAsync();
        await using var probe = await Server.ConnectAsync();
        (await probe.ExecuteAsync("CONFIG", "SET", "busy-reply-threshold", "1")).OrThrow();
        var redis = Redis("heartbeat { interval = 1h, timeout = 1h }");
        Assert.Equal(1, (await AskAsync(redis, "INCR", "number")).Value.AsInt64());
        if (isFunction)
        {
            const string Loop = "#!lua name=lib\nredis.register_function('loop', function() while true do end end)";
            (await probe.ExecuteAsync("FUNCTION", "LOAD", Loop)).OrThrow();
            await caller.SendAsync("FCALL", "loop", "0");
        }
        else
        {
            await caller.SendAsync("EVAL", "while true do end", "0");
        }

        await BecomesTrueAsync(async () => (await probe.ExecuteAsync("PING")).IsError);
        var waiting = AskAsync(redis, "INCR", "number");
        await BecomesTrueAsync(async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed > 0);

        // The function's own word for a script, and the other way round, is answered by the busy server.
        var other = await OutcomeAsync(redis.Ask<RedisReply>(Words.Command(isFunction ? "SCRIPT KILL" : "FUNCTION KILL"), Patience));
        var killed = await redis.Ask<RedisReply>(Words.Command(kill), Patience);

        Assert.Equal(Outcome.Rejected, other);
        Assert.Equal("OK", killed.Value.AsString());
        Assert.Equal(2, (await waiting).Value.AsInt64());
    }

    [Fact]
    public async Task A_busy_server_can_be_shut_down()
    {
        await using var caller = await Server.ConnectAsync();
        await using var probe = await Server.ConnectAsync();
        (await probe.ExecuteAsync("CONFIG", "SET", "busy-reply-threshold", "1")).OrThrow();
        var redis = Redis("heartbeat { interval = 1h, timeout = 1h }");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        await caller.SendAsync("EVAL", "redis.call('SET', 'key', 'value') while true do end", "0");
        await BecomesTrueAsync(async () => (await probe.ExecuteAsync("PING")).IsError);
        var waiting = redis.Ask<RedisReply>(new RedisCommand("INCR", "number") { Delivery = DeliveryMode.ExactlyOnce }, Patience);
        await BecomesTrueAsync(async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).Stashed > 0);

        var shutdown = await OutcomeAsync(redis.Ask<RedisReply>(Words.Command("SHUTDOWN NOSAVE"), Patience));
        await NextAsync<RedisLost>(states);
        await BecomesTrueAsync(() => Task.FromResult(!Server.IsRunning));
        await Server.StartAgainAsync();

        Assert.Equal(Outcome.Unknown, shutdown);
        Assert.Equal(1, (await waiting).Value.AsInt64());
    }

    [Fact]
    public async Task A_server_that_is_busy_when_it_is_connected_to_is_waited_for()
    {
        await using var caller = await Server.ConnectAsync();
        await using var probe = await Server.ConnectAsync();
        (await probe.ExecuteAsync("CONFIG", "SET", "busy-reply-threshold", "1")).OrThrow();
        await caller.SendAsync("EVAL", "while true do end", "0");
        await BecomesTrueAsync(async () => (await probe.ExecuteAsync("PING")).IsError);

        var redis = Redis("misconfigured.commands = answer-not-sent");
        var states = WatchStates(redis);
        var waiting = AskAsync(redis, "INCR", "number");
        var backingOff = await NextAsync<RedisBackingOff>(states);
        (await probe.ExecuteAsync("SCRIPT", "KILL")).OrThrow();

        Assert.False(backingOff.Misconfigured);
        Assert.Contains("is busy with a script or function", backingOff.Cause);
        Assert.Equal(1, (await waiting).Value.AsInt64());
    }

    private async Task BecomesTrueAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) patience.Token.ThrowIfCancellationRequested();
    }

    /// <summary>All that the server tells of our connection but what changes with every command.</summary>
    private async Task<string> OurConnectionAsync()
    {
        var line = (await Server.ExecuteAsync("CLIENT", "LIST")).OrThrow().Text.Split('\n')
            .Single(client => client.Contains(" name=redis-actors-", StringComparison.Ordinal));
        string[] facts = ["id", "addr", "name", "flags", "db", "sub", "psub", "ssub", "multi", "user", "redir", "resp"];
        return string.Join(' ', line.Split(' ').Where(fact => facts.Contains(fact.Split('=')[0])));
    }
}

/// <summary>The same in a Redis Cluster.</summary>
public sealed class RefusedInClusterTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Fact]
    public async Task What_speaks_of_one_node_or_of_all_is_refused_and_what_is_the_same_on_each_is_answered()
    {
        var redis = Redis();
        foreach (var node in Cluster.Nodes) await AskAsync(redis, "SET", await Cluster.KeyOfNodeAsync(node), "value");
        string[] refused =
        [
            "FLUSHALL", "FLUSHDB", "DBSIZE", "KEYS *", "SCAN 0", "RANDOMKEY", "SCRIPT LOAD code", "SCRIPT FLUSH", "FUNCTION LIST",
            "CONFIG GET maxmemory", "CONFIG SET maxmemory 0", "INFO", "CLUSTER NODES", "CLIENT LIST", "SAVE", "BGSAVE", "LATENCY LATEST",
            "SLOWLOG GET", "MEMORY STATS", "MEMORY PURGE", "ACL SETUSER me", "MODULE LIST", "SWAPDB 0 1", "SHUTDOWN", "WAIT 0 0", "ROLE",
        ];
        string[] sent =
        [
            "PING", "ECHO hello", "TIME", "LOLWUT", "COMMAND COUNT", "ACL WHOAMI", "PUBLISH channel text", "CONFIG HELP",
            "EVAL \"return 1\" 0",
        ];

        foreach (var line in refused)
        {
            var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.Ask<RedisReply>(Words.Command(line), Patience));

            Assert.Equal(Outcome.NotSent, failure.Outcome);
            Assert.StartsWith($"{Words.Of(line)[0]} was refused: ", failure.Message);
        }

        foreach (var line in sent) await redis.Ask<RedisReply>(Words.Command(line), Patience);
        foreach (var node in Cluster.Nodes) Assert.Equal("1", (await node.ExecuteAsync("DBSIZE")).Text);
    }
}
