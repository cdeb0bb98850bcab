using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>What each delivery mode promises, where replies are lost for real.</summary>
public sealed class DeliveryTests : ServerSpec
{
    [Theory]
    [InlineData(DeliveryMode.AtMostOnce)]
    [InlineData(DeliveryMode.WhenSafe)]
    public async Task A_write_that_accumulates_ends_as_unknown_when_its_reply_is_lost(DeliveryMode delivery)
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");

        proxy.LoseNextReply();
        var outcome = await OutcomeAsync(SendAsync(redis, delivery, "INCR", "number"));

        Assert.Equal(Outcome.Unknown, outcome);
        Assert.Equal("1", (await AskAsync(redis, "GET", "number")).Value.AsString());
    }

    [Fact]
    public async Task A_write_of_which_the_last_wins_is_sent_again_when_that_is_safe()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");

        proxy.LoseNextReply();
        var reply = await SendAsync(redis, DeliveryMode.WhenSafe, "SET", "key", "value");

        Assert.Equal("OK", reply.Value.AsString());
    }

    [Fact]
    public async Task At_least_once_is_sent_again_even_if_it_runs_twice()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");

        proxy.LoseNextReply();
        var reply = await SendAsync(redis, DeliveryMode.AtLeastOnce, "INCR", "number");

        Assert.Equal(2, reply.Value.AsInt64());
    }

    [Fact]
    public async Task Exactly_once_runs_once_and_brings_the_original_reply()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "RPUSH", "list", "first");

        proxy.LoseNextReply();
        var reply = await SendAsync(redis, DeliveryMode.ExactlyOnce, "RPUSH", "list", "second");

        Assert.Equal(2, reply.Value.AsInt64());
        Assert.Equal("2", (await AskAsync(redis, "LLEN", "list")).Value.AsInt64().ToString());
    }

    [Fact]
    public async Task The_same_token_from_elsewhere_brings_the_one_original_reply()
    {
        var redis = Redis();
        var command = new RedisCommand("INCR", "number") { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "order-4711" };

        var first = await redis.Ask<RedisReply>(command, Patience);
        await AskAsync(redis, "INCRBY", "number", 100);
        var second = await redis.Ask<RedisReply>(command, Patience);

        Assert.Equal(1, first.Value.AsInt64());
        Assert.Equal(1, second.Value.AsInt64());
        Assert.Equal("101", (await AskAsync(redis, "GET", "number")).Value.AsString());
    }

    [Fact]
    public async Task Tokens_of_the_librarys_own_do_not_stay_on_the_server()
    {
        var redis = Redis("delivery = exactly-once");
        for (var i = 0; i < 500; i++) await AskAsync(redis, "INCR", "number");

        await Kit.AwaitAssertAsync(async () => Assert.Equal("1", (await Server.ExecuteAsync("DBSIZE")).Text), Patience);
    }

    [Fact]
    public async Task What_cannot_be_delivered_exactly_once_is_refused_by_name()
    {
        var redis = Redis("delivery = exactly-once");

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "FLUSHALL"));

        Assert.Equal(Outcome.NotSent, error.Outcome);
        Assert.Contains("FLUSHALL", error.Message);
    }

    [Fact]
    public async Task Exactly_once_outlives_SCRIPT_FLUSH()
    {
        var redis = Redis("delivery = exactly-once");
        Assert.Equal(1, (await AskAsync(redis, "INCR", "number")).Value.AsInt64());

        await Server.ExecuteAsync("SCRIPT", "FLUSH");

        for (var i = 2; i < 50; i++) Assert.Equal(i, (await AskAsync(redis, "INCR", "number")).Value.AsInt64());
    }

    [Fact]
    public async Task A_server_that_is_busy_with_a_script_is_waited_out()
    {
        await Server.ExecuteAsync("CONFIG", "SET", "busy-reply-threshold", "50");
        var redis = Redis("heartbeat.timeout = 10s");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        var busy = Server.ExecuteAsync("EVAL", "while redis.call('TIME')[1] * 1 < ARGV[1] * 1 do end", "0", $"{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 2}");

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(redis, "INCR", "number")));

        Assert.Equal(50, replies.Max(reply => reply.Value.AsInt64()));
        await busy;
    }

    [Fact]
    public async Task A_server_that_loads_its_data_is_waited_for()
    {
        await Server.ExecuteAsync("DEBUG", "POPULATE", "200000", "key", "200");
        await Server.ExecuteAsync("SAVE");
        await Server.ExecuteAsync("BGREWRITEAOF");
        var redis = Redis();
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        Server.Kill();
        var reply = AskAsync(redis, "INCR", "number");
        await Server.StartAgainAsync(["--loading-process-events-interval-bytes", "1024", "--key-load-delay", "10"], waitUntilItAnswers: false);

        Assert.Equal(1, (await reply).Value.AsInt64());
    }

    [Fact]
    public async Task A_master_that_has_become_a_replica_is_left_and_asked_again_once_it_is_master()
    {
        await using var master = await RedisServer.StartAsync();
        var redis = Redis();
        var states = WatchStates(redis);
        await AskAsync(redis, "INCR", "number");
        await Server.ReplicateAsync(master);

        var reply = AskAsync(redis, "INCR", "number");
        await NextAsync<RedisLost>(states);
        await Server.PromoteAsync();

        Assert.Equal(Outcome.Applied, (await reply).Outcome);
    }

    [Fact]
    public async Task A_full_stash_refuses_the_new_command_and_keeps_the_old_ones()
    {
        Server.Kill();
        var redis = Redis("stash.max-count = 10");
        var outcomes = Enumerable.Range(0, 15).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))).ToArray();

        Assert.All(await Task.WhenAll(outcomes[10..]), outcome => Assert.Equal(Outcome.NotSent, outcome));
        await Server.StartAgainAsync();

        Assert.All(await Task.WhenAll(outcomes[..10]), outcome => Assert.Equal(Outcome.Applied, outcome));
    }

    [Fact]
    public async Task Three_killed_servers_under_load_leave_exactly_once_with_no_other_outcome_than_applied()
    {
        var redis = Redis("delivery = exactly-once");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        var window = new SemaphoreSlim(2000);
        var outcomes = new List<Task<Outcome>>();
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await window.WaitAsync();
                outcomes.Add(ReleaseAsync(OutcomeAsync(AskAsync(redis, "INCR", "number"))));
            }
        });

        for (var round = 0; round < 3; round++)
        {
            var before = Stopwatch.GetTimestamp();
            await Kit.AwaitConditionAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(before) > TimeSpan.FromMilliseconds(200)), Patience);
            Server.Kill();
            await NextAsync<RedisLost>(states);
            await Server.StartAgainAsync();
            await NextAsync<RedisReady>(states);
        }

        await stop.CancelAsync();
        await load;
        var told = await Task.WhenAll(outcomes);
        Assert.All(told, outcome => Assert.Equal(Outcome.Applied, outcome));
        Assert.Equal(told.Length, long.Parse((await Server.ExecuteAsync("GET", "number")).Text!));

        async Task<Outcome> ReleaseAsync(Task<Outcome> outcome)
        {
            try
            {
                return await outcome;
            }
            finally
            {
                window.Release();
            }
        }
    }

    private Task<RedisReply> SendAsync(
        IActorRef redis, DeliveryMode delivery, string name, params StackExchange.Redis.RedisValue[] arguments) =>
        redis.Ask<RedisReply>(new RedisCommand(name, arguments) { Delivery = delivery }, Patience);
}
