using System.Collections.Concurrent;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests;

/// <summary>A multiplexer that delivers exactly-once: a call site cannot say another mode for what cannot be delivered so.</summary>
public sealed class ExactlyOnceTests
{
    [Theory]
    [InlineData("")]
    [InlineData("delivery = exactly-once")]
    public async Task What_cannot_be_delivered_exactly_once_is_delivered_when_safe(string settings)
    {
        await using var redis = await SupervisedRedis.StartAsync(settings);
        var multiplexer = RedisExtension.Get(redis.System).Multiplexer(settings.Length == 0 ? DeliveryMode.ExactlyOnce : null);
        var database = multiplexer.GetDatabase();

        var queue = await multiplexer.GetSubscriber().SubscribeAsync(RedisChannel.Literal("news"));
        Assert.Equal(1, await database.PublishAsync(RedisChannel.Literal("news"), "alone"));
        var publishing = database.CreateTransaction();
        _ = publishing.PublishAsync(RedisChannel.Literal("news"), "in a transaction");
        Assert.True(await publishing.ExecuteAsync());
        Assert.Equal("alone", (await queue.ReadAsync()).Message);
        Assert.Equal("in a transaction", (await queue.ReadAsync()).Message);

        Assert.Equal(3, (int)await database.ScriptEvaluateAsync("return 3"));
        await database.StringSetAsync("n", 1);
        await multiplexer.GetServers()[0].FlushDatabaseAsync();
        Assert.False(await database.KeyExistsAsync("n"));
    }

    [Fact]
    public async Task What_can_be_runs_once_whatever_becomes_of_the_connection()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var database = RedisExtension.Get(redis.System).Multiplexer(DeliveryMode.ExactlyOnce).GetDatabase();
        var told = new ConcurrentBag<long>();

        var calls = Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 200; i++) told.Add(await database.StringIncrementAsync("n"));
        }));
        for (var i = 0; i < 3; i++)
        {
            var before = told.Count;
            await Eventually.HoldsAsync(() => told.Count > before + 100);
            redis.Server.Kill();
            await redis.Server.StartAgainAsync();
        }

        await calls;
        Assert.Equal(Enumerable.Range(1, 1600).Select(number => (long)number), told.Order());
        Assert.Equal(1600, (int)await database.StringGetAsync("n"));
    }

    [Fact]
    public async Task Its_events_speak_of_commands_and_of_subscriptions()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var (failed, restored) = (new ConcurrentQueue<ConnectionType>(), new ConcurrentQueue<ConnectionType>());
        redis.Multiplexer.ConnectionFailed += (_, failure) => failed.Enqueue(failure.ConnectionType);
        redis.Multiplexer.ConnectionRestored += (_, change) => restored.Enqueue(change.ConnectionType);
        await redis.Multiplexer.GetDatabase().PingAsync();

        redis.Server.Kill();
        await redis.Server.StartAgainAsync();

        await Eventually.HoldsAsync(() => restored.Count >= 2);
        Assert.Equal([ConnectionType.Interactive, ConnectionType.Subscription], failed);
        Assert.Equal([ConnectionType.Interactive, ConnectionType.Subscription], restored);
    }
}
