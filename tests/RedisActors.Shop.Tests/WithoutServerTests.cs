using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Options;
using RedisActors.Hosting;
using RedisActors.TestKit;
using Shop;

namespace RedisActors.Shop.Tests;

/// <summary>Classes of the shop in an outage, without a server: as whoever works on the shop tests them.</summary>
public sealed class WithoutServerTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly TestRedis _redis;
    private readonly RedisClient _client;

    public WithoutServerTests()
    {
        _redis = TestRedis.Start(Sys);
        _client = RedisClient.Of(Sys);
    }

    [Fact]
    public async Task What_is_added_to_a_cart_while_Redis_is_away_is_in_it_when_Redis_is_back()
    {
        var carts = new Carts(_client);
        await carts.AddAsync("ada", "book", 1);
        await _redis.GoAwayAsync();

        var added = carts.AddAsync("ada", "book", 2);
        await _redis.AwaitStashedAsync(1);
        Assert.False(added.IsCompleted);
        await _redis.ComeBackAsync();

        Assert.Equal(3, await added);
        Assert.Equal(3, (await carts.GetAsync("ada"))["book"]);
    }

    [Fact]
    public async Task What_is_added_once_is_added_once_though_the_reply_is_lost()
    {
        var carts = new Carts(_client);
        _redis.HoldReplies();
        var added = carts.AddAsync("ada", "book", 1);
        await _redis.AwaitInFlightAsync(1);

        await _redis.GoAwayAsync();
        _redis.ReleaseReplies();
        await _redis.ComeBackAsync();

        Assert.Equal(1, await added);
        Assert.Equal(1, _redis.Execute("HGET", "cart:ada", "book").AsInt64());
    }

    [Fact]
    public async Task Whoever_takes_from_the_stock_is_told_what_is_true_when_the_server_refuses()
    {
        var stock = new Stock(_client, Options.Create<List<Product>>([]));
        _redis.Next("EVALSHA").IsRejected("OOM command not allowed when used memory > 'maxmemory'.");

        var refused = await Assert.ThrowsAsync<RedisOutcomeException>(() =>
            stock.TakeAsync("order", new Dictionary<string, long> { ["poster"] = 1 }));

        Assert.Equal(Outcome.Rejected, refused.Outcome);
    }
}
