using Akka.Actor;
using Akka.Event;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>Exactly-once on a server that evicts keys when its memory is full: what ran is not run again because its token is gone.</summary>
public sealed class EvictionTests : ServerSpec
{
    private static readonly string Filler = new('x', 10_000);

    [Theory]
    [InlineData("volatile-ttl")]
    [InlineData("volatile-lru")]
    [InlineData("volatile-random")]
    public async Task A_command_whose_token_was_evicted_before_it_is_sent_again_ends_as_unknown_and_ran_once(string policy)
    {
        await EvictAsync(policy);
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);

        var reply = await LoseReplyAsync(redis, proxy);
        await FillUntilTokenIsGoneAsync();
        proxy.Accept();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => reply);
        Assert.Equal(Outcome.Unknown, failure.Outcome);
        Assert.Contains("evicted", failure.Message);
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task A_token_that_outlived_the_eviction_of_other_keys_brings_the_reply()
    {
        await EvictAsync("volatile-ttl");
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);

        var reply = await LoseReplyAsync(redis, proxy);
        await FillUntilAsync(async () => (await Server.InfoAsync("stats"))["evicted_keys"] != "0", seconds: "100");
        proxy.Accept();

        Assert.Equal(1, (await reply).Value.AsInt64());
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Theory]
    [InlineData("volatile-ttl", "64mb")]
    [InlineData("noeviction", "64mb")]
    public async Task A_command_that_did_not_reach_the_server_is_executed_when_nothing_was_evicted(string policy, string memory)
    {
        await EvictAsync(policy, memory);
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");

        proxy.CutAfter(FaultDirection.ToServer, 0);
        var reply = await ExactlyOnceAsync(redis, "number");

        Assert.Equal(1, reply.Value.AsInt64());
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task Where_nothing_is_evicted_a_restarted_server_still_executes_what_did_not_reach_it()
    {
        await EvictAsync("noeviction", "64mb");
        await using var proxy = FaultProxy.Start(Server);
        var reply = await LoseRequestAndRestartAsync(proxy, "noeviction");

        Assert.Equal(1, (await reply).Value.AsInt64());
    }

    [Fact]
    public async Task A_restarted_server_has_counted_anew_and_so_cannot_show_that_it_evicted_nothing()
    {
        await EvictAsync("volatile-ttl", "64mb");
        await using var proxy = FaultProxy.Start(Server);
        var reply = await LoseRequestAndRestartAsync(proxy, "volatile-ttl");

        Assert.Equal(Outcome.Unknown, await OutcomeAsync(reply));
        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "number")).Text);
    }

    [Fact]
    public async Task A_token_that_a_restart_has_kept_brings_the_reply()
    {
        await EvictAsync("volatile-ttl", "64mb");
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);

        var reply = await LoseReplyAsync(redis, proxy);
        Server.Kill();
        await Server.StartAgainAsync(["--maxmemory", "64mb", "--maxmemory-policy", "volatile-ttl"]);
        proxy.Accept();

        Assert.Equal(1, (await reply).Value.AsInt64());
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task A_primary_that_was_a_replica_meanwhile_cannot_show_that_nothing_was_evicted()
    {
        await EvictAsync("volatile-ttl");
        await using var other = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ["--maxmemory", "8mb", "--maxmemory-policy", "volatile-ttl"] });
        await other.ReplicateAsync(Server);
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);

        var reply = await LoseReplyAsync(redis, proxy);
        Assert.Equal("1", (await Server.ExecuteAsync("WAIT", "1", "20000")).Text);
        await other.PromoteAsync();
        await FillUntilTokenIsGoneAsync(other);
        await Server.ReplicateAsync(other);
        await Server.PromoteAsync();
        Assert.Equal("0", (await Server.InfoAsync("stats"))["evicted_keys"]);
        proxy.Accept();

        Assert.Equal(Outcome.Unknown, await OutcomeAsync(reply));
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task A_server_that_does_not_permit_INFO_is_taken_for_one_that_evicts()
    {
        await EvictAsync("volatile-ttl");
        (await Server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-info")).OrThrow();
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "user = app, password = secret");

        Assert.Equal(1, (await ExactlyOnceAsync(redis, "other")).Value.AsInt64());
        proxy.LoseReplyTo("INCR");
        Assert.Equal(2, (await ExactlyOnceAsync(redis, "other")).Value.AsInt64());
        var reply = await LoseReplyAsync(redis, proxy);
        await FillUntilTokenIsGoneAsync();
        proxy.Accept();

        Assert.Equal(Outcome.Unknown, await OutcomeAsync(reply));
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Theory]
    [InlineData("volatile-ttl", Outcome.Unknown)]
    [InlineData("noeviction", Outcome.Applied)]
    public async Task What_a_lost_node_may_have_had_executed_is_not_executed_for_another_one_where_its_token_may_be_gone(
        string policy, Outcome outcome)
    {
        await EvictAsync(policy);
        var redis = Redis();
        var command = new RedisCommand("INCR", "number") { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "order-1" };

        Assert.Equal(outcome, await OutcomeAsync(redis.Ask<RedisReply>(command with { WasSentBefore = true }, Patience)));
        Assert.Equal(outcome == Outcome.Applied ? "1" : "0", (await Server.ExecuteAsync("EXISTS", "number")).Text);

        Assert.Equal(Outcome.Applied, await OutcomeAsync(redis.Ask<RedisReply>(command, Patience)));
        Assert.Equal(Outcome.Applied, await OutcomeAsync(redis.Ask<RedisReply>(command with { WasSentBefore = true }, Patience)));
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task What_a_lost_node_may_have_had_executed_is_not_told_as_rejected()
    {
        var redis = Redis();
        (await Server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1")).OrThrow();
        var command = new RedisCommand("INCR", "number") { Delivery = DeliveryMode.AtLeastOnce };

        Assert.Equal(Outcome.Rejected, await OutcomeAsync(redis.Ask<RedisReply>(command, Patience)));
        Assert.Equal(Outcome.Unknown, await OutcomeAsync(redis.Ask<RedisReply>(command with { WasSentBefore = true }, Patience)));
    }

    [Theory]
    [InlineData("volatile-lru", "64mb", "maxmemory-policy volatile-lru")]
    [InlineData("allkeys-lfu", "64mb", "maxmemory-policy allkeys-lfu")]
    [InlineData("allkeys-lru", "0", null)]
    [InlineData("noeviction", "64mb", null)]
    public async Task The_first_exactly_once_command_brings_one_warning_where_tokens_may_be_evicted(string policy, string memory, string? words)
    {
        await EvictAsync(policy, memory);
        var redis = Redis();
        var warnings = Kit.CreateTestProbe();
        Kit.Sys.EventStream.Subscribe(warnings.Ref, typeof(Warning));

        for (var i = 0; i < 3; i++) await ExactlyOnceAsync(redis, "number");
        await Server.KillClientsAsync();
        await ExactlyOnceAsync(redis, "number");

        Kit.Sys.EventStream.Publish(new Warning("test", typeof(EvictionTests), "the end"));
        var lines = new List<string>();
        for (var line = string.Empty; line != "the end"; lines.Add(line)) line = $"{(await warnings.ExpectMsgAsync<Warning>(Patience)).Message}";
        var told = lines.Where(line => line.Contains("maxmemory-policy")).ToArray();
        if (words is null) Assert.Empty(told);
        else Assert.Contains(words, Assert.Single(told));
    }

    private async Task EvictAsync(string policy, string memory = "8mb")
    {
        (await Server.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", policy, "maxmemory", memory)).OrThrow();
    }

    private Task<RedisReply> ExactlyOnceAsync(IActorRef redis, string key) =>
        redis.Ask<RedisReply>(new RedisCommand("INCR", key) { Delivery = DeliveryMode.ExactlyOnce }, Patience);

    /// <summary>The server executes an <c>INCR</c>, its reply is lost, and nobody gets through until the proxy accepts again.</summary>
    private async Task<Task<RedisReply>> LoseReplyAsync(IActorRef redis, FaultProxy proxy)
    {
        await AskAsync(redis, "PING");
        proxy.LoseReplyTo("INCR");
        proxy.Refuse();
        var reply = ExactlyOnceAsync(redis, "number");
        await Kit.AwaitConditionAsync(() => Task.FromResult(proxy.Connections == 0), Patience);
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
        return reply;
    }

    /// <summary>An <c>INCR</c> is lost on its way to a server that is restarted then.</summary>
    private async Task<Task<RedisReply>> LoseRequestAndRestartAsync(FaultProxy proxy, string policy)
    {
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");
        proxy.CutAfter(FaultDirection.ToServer, 0);
        proxy.Refuse();
        var reply = ExactlyOnceAsync(redis, "number");
        await Kit.AwaitConditionAsync(() => Task.FromResult(proxy.Connections == 0), Patience);
        Server.Kill();
        await Server.StartAgainAsync(["--maxmemory", "64mb", "--maxmemory-policy", policy]);
        proxy.Accept();
        return reply;
    }

    private Task FillUntilTokenIsGoneAsync(RedisServer? server = null) => FillUntilAsync(
        async () => (await (server ?? Server).ExecuteAsync("KEYS", "redisactors:*")).Items.Count == 0, seconds: "100000", server);

    /// <summary>Other keys that expire, later than the token or sooner.</summary>
    private async Task FillUntilAsync(Func<Task<bool>> isDone, string seconds, RedisServer? server = null)
    {
        await using var probe = await (server ?? Server).ConnectAsync();
        for (var i = 0; !await isDone(); i++)
        {
            for (var j = 0; j < 20; j++) (await probe.ExecuteAsync("SET", $"filler-{i}-{j}", Filler, "EX", seconds)).OrThrow();
        }
    }
}
