using Microsoft.AspNetCore.Http.HttpResults;
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
    public async Task An_order_that_is_placed_in_an_outage_is_placed_once()
    {
        var (taken, entries) = (0, 0);
        _redis.OnScript(Stock.Take, _ => RespValue.BulkString(++taken > 0 ? "" : "book"));
        _redis.OnCommand("XADD", _ => RespValue.BulkString($"{++entries}-0"));
        var carts = new Carts(_client);
        var orders = new Orders(_client, carts, NoStock());
        await carts.AddAsync("ada", "book", 1);
        await _redis.GoAwayAsync();

        var placed = orders.PlaceAsync("ada", "one");
        await _redis.AwaitStashedAsync(1);
        await _redis.ComeBackAsync();

        Assert.IsType<Ok<Placed>>(await placed);
        Assert.IsType<Ok<Placed>>(await orders.PlaceAsync("ada", "one"));
        Assert.IsType<Conflict<string>>(await orders.PlaceAsync("ada", "two"));
        Assert.Equal((1, 1), (taken, entries));
    }

    [Fact]
    public async Task Of_what_is_sold_out_nothing_is_ordered()
    {
        _redis.OnScript(Stock.Take, script => script.Values[0].ToString() == "poster" ? RespValue.BulkString("poster") : RespValue.BulkString(""));
        var carts = new Carts(_client);
        await carts.AddAsync("ada", "poster", 1);

        Assert.IsType<Conflict<string>>(await new Orders(_client, carts, NoStock()).PlaceAsync("ada", "one"));
        Assert.Equal(1, (await carts.GetAsync("ada"))["poster"]);
    }

    [Fact]
    public async Task Whoever_takes_from_the_stock_is_told_what_is_true_when_the_server_refuses()
    {
        _redis.Next("EVALSHA").IsRejected("OOM command not allowed when used memory > 'maxmemory'.");

        var refused = await Assert.ThrowsAsync<RedisOutcomeException>(() =>
            NoStock().TakeAsync("order", new Dictionary<string, long> { ["poster"] = 1 }));

        Assert.Equal(Outcome.Rejected, refused.Outcome);
    }

    private Stock NoStock() => new(_client, Options.Create<List<Product>>([]));
}
