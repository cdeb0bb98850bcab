using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests;

/// <summary>StackExchange.Redis' API over a RedisActor, with a server that goes away and comes back.</summary>
public sealed class MultiplexerTests
{
    [Fact]
    public async Task Calls_of_every_kind_reach_the_server()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = redis.Multiplexer.GetDatabase();

        await database.StringSetAsync("text", "hello");
        Assert.Equal("hello", await database.StringGetAsync("text"));
        Assert.Equal("hello", database.StringGet("text"));
        Assert.True((await database.StringGetAsync("missing")).IsNull);
        await database.HashSetAsync("hash", [new("a", 1), new("b", 2)]);
        Assert.Equal(2, await database.HashLengthAsync("hash"));
        await database.SortedSetAddAsync("scores", [new("x", 1.5), new("y", double.PositiveInfinity)]);
        Assert.Equal(double.PositiveInfinity, (await database.SortedSetRangeByRankWithScoresAsync("scores"))[1].Score);
        var error = await Assert.ThrowsAsync<RedisServerException>(() => database.ListLengthAsync("text"));
        Assert.StartsWith("WRONGTYPE", error.Message);
        Assert.Equal(Outcome.Rejected, RedisOutcome.Of(error));
    }

    [Fact]
    public async Task Calls_wait_while_the_server_is_away()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = redis.Multiplexer.GetDatabase();
        await database.StringSetAsync("counter", 1);
        redis.Server.Kill();

        var waiting = database.StringSetAsync("late", "told");
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        await redis.Server.StartAgainAsync();

        Assert.True(await waiting);
        Assert.Equal("told", await database.StringGetAsync("late"));
    }

    [Fact]
    public async Task A_call_that_ran_out_of_time_says_that_it_was_not_sent()
    {
        await using var redis = await SupervisedRedis.StartAsync("command-timeout = 300ms");
        var database = redis.Multiplexer.GetDatabase();
        await database.PingAsync();
        redis.Server.Kill();
        await Eventually.HoldsAsync(() => !redis.Multiplexer.IsConnected);

        var error = await Assert.ThrowsAsync<RedisServerException>(() => database.StringIncrementAsync("n"));

        Assert.StartsWith("NOTSENT INCR: ", error.Message);
        Assert.Equal(Outcome.NotSent, RedisOutcome.Of(error));
    }

    [Fact]
    public async Task A_transaction_commits_if_its_conditions_hold()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = redis.Multiplexer.GetDatabase();
        await database.StringSetAsync("state", "open");

        foreach (var (expected, committed) in new[] { ("open", true), ("closed", false) })
        {
            var transaction = database.CreateTransaction();
            var condition = transaction.AddCondition(Condition.StringEqual("state", expected));
            var count = transaction.StringIncrementAsync("count");
            Assert.Equal(committed, await transaction.ExecuteAsync());
            Assert.Equal(committed, condition.WasSatisfied);
            if (committed) Assert.Equal(1, await count);
        }

        Assert.Equal(1, (int)await database.StringGetAsync("count"));
    }

    [Fact]
    public async Task A_subscription_goes_on_after_an_outage()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var subscriber = redis.Multiplexer.GetSubscriber();
        var queue = await subscriber.SubscribeAsync(RedisChannel.Literal("news"));
        await subscriber.PublishAsync(RedisChannel.Literal("news"), "one");
        Assert.Equal("one", (await queue.ReadAsync()).Message);

        redis.Server.Kill();
        await redis.Server.StartAgainAsync();

        await Eventually.HoldsAsync(async () => await subscriber.PublishAsync(RedisChannel.Literal("news"), "two") == 1);
        Assert.Equal("two", (await queue.ReadAsync()).Message);
    }

    /// <summary>The client does that by itself while its own connection is being made.</summary>
    [Fact]
    public async Task Who_subscribes_several_times_is_answered_each_time()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var subscriber = redis.Multiplexer.GetSubscriber();
        var received = new SemaphoreSlim(0);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => subscriber.SubscribeAsync(RedisChannel.Literal("news"), (_, _) => received.Release())));

        Assert.Equal(1, await subscriber.PublishAsync(RedisChannel.Literal("news"), "one"));
        for (var i = 0; i < 20; i++) Assert.True(await received.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Scripts_are_called_by_their_hash_whatever_becomes_of_the_server()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = redis.Multiplexer.GetDatabase();
        const string Script = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

        Assert.Equal(5, (int)await database.ScriptEvaluateAsync(Script, ["n"], [5]));
        redis.Server.Kill();
        await redis.Server.StartAgainAsync();
        Assert.Equal(5, (int)await database.ScriptEvaluateAsync(Script, ["m"], [5]));
    }
}
