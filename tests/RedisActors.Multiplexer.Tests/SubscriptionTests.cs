using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Multiplexer.Tests;

/// <summary><see cref="ISubscriber"/> over a RedisActor.</summary>
public sealed class SubscriptionTests
{
    private static readonly RedisChannel[] Channels = [.. Enumerable.Range(1, 8).Select(number => RedisChannel.Literal($"channel-{number}"))];

    [Fact]
    public async Task Subscriptions_asked_for_at_once_are_all_confirmed()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var subscriber = redis.Multiplexer.GetSubscriber();

        await Task.WhenAll(Channels.Select(channel => subscriber.SubscribeAsync(channel))).WaitAsync(TimeSpan.FromSeconds(10));

        foreach (var channel in Channels) Assert.Equal(1, await subscriber.PublishAsync(channel, "text"));
    }

    [Fact]
    public async Task Subscriptions_asked_for_while_the_server_is_away_are_confirmed_when_it_is_back()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var subscriber = redis.Multiplexer.GetSubscriber();
        await subscriber.SubscribeAsync(Channels[0]);
        redis.Server.Kill();

        var subscribing = Task.WhenAll(Channels.Select(channel => subscriber.SubscribeAsync(channel)));
        await Task.Delay(300);
        await redis.Server.StartAgainAsync();
        await subscribing.WaitAsync(TimeSpan.FromSeconds(10));

        foreach (var channel in Channels) Assert.Equal(1, await subscriber.PublishAsync(channel, "text"));
    }

    [Fact]
    public async Task Unsubscribing_needs_no_server()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var subscriber = redis.Multiplexer.GetSubscriber();
        foreach (var channel in Channels) await subscriber.SubscribeAsync(channel);
        redis.Server.Kill();

        await subscriber.UnsubscribeAllAsync().WaitAsync(TimeSpan.FromSeconds(10));

        await redis.Server.StartAgainAsync();
        foreach (var channel in Channels) Assert.Equal(0, await subscriber.PublishAsync(channel, "text"));
    }

    [Fact]
    public async Task A_multiplexer_closed_by_one_of_its_databases_is_followed_by_another()
    {
        await using var redis = await SupervisedRedis.StartAsync();
        var former = redis.Multiplexer;
        await former.GetDatabase().Multiplexer.CloseAsync();

        Assert.False(former.IsConnected);
        Assert.NotSame(former, redis.Multiplexer);
        Assert.True(await redis.Multiplexer.GetDatabase().StringSetAsync("key", "value"));
    }
}
