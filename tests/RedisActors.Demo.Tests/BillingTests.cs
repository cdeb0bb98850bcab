using Akka.Actor;
using RedisActors.Samples.StreamWorker;
using RedisActors.TestKit;
using StackExchange.Redis;

namespace RedisActors.Demo.Tests;

/// <summary>The sample's handler, tested as its author would: without a server.</summary>
public sealed class BillingTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ActorSystem _system = ActorSystem.Create("billing");
    private readonly TestRedis _redis;
    private readonly IActorRef _billing;

    public BillingTests()
    {
        _redis = TestRedis.Start(_system);
        _billing = _system.ActorOf(Props.Create(() => new Billing(_redis.RedisActor)));
    }

    private static RedisStreamEntry Order { get; } = EntryOf("1-0", "ada", 5);

    [Fact]
    public async Task An_order_is_billed_and_acknowledged()
    {
        Assert.Equal(Order.Acknowledge(), await _billing.Ask(Order, Patience));
        Assert.Equal("5", Balance);
    }

    [Fact]
    public async Task An_order_that_comes_twice_is_billed_once()
    {
        await _billing.Ask(Order, Patience);
        Assert.Equal(Order.Acknowledge(), await _billing.Ask(Order, Patience));
        Assert.Equal("5", Balance);
    }

    [Fact]
    public async Task An_order_whose_reply_is_lost_is_billed_once()
    {
        _redis.Next("HINCRBY").LosesItsReply();

        Assert.Equal(Order.Acknowledge(), await _billing.Ask(Order, Patience));
        Assert.Equal("5", Balance);
    }

    [Fact]
    public async Task An_order_that_comes_during_an_outage_is_billed_behind_it()
    {
        await _redis.GoAwayAsync();
        var answer = _billing.Ask(Order, Patience);
        await _redis.AwaitStashedAsync(1);
        Assert.Null(Balance);

        await _redis.ComeBackAsync();

        Assert.Equal(Order.Acknowledge(), await answer);
        Assert.Equal("5", Balance);
    }

    [Fact]
    public async Task An_order_that_Redis_rejects_fails_with_its_reason()
    {
        _redis.Execute("SET", "balances", "no hash");

        var failed = Assert.IsType<FailStreamEntry>(await _billing.Ask(Order, Patience));

        Assert.Equal(Order.Id, failed.Id);
        Assert.Contains("WRONGTYPE", failed.Reason);
    }

    public void Dispose() => _system.Dispose();

    private string? Balance => _redis.Execute("HGET", "balances", "ada").AsString();

    private static RedisStreamEntry EntryOf(string id, string customer, int amount) => new(
        "orders", "billing", id, [Pair("customer", customer), Pair("amount", amount)], Deliveries: 1);

    private static KeyValuePair<RespValue, RespValue> Pair(string name, RedisValue value) => new(RespValue.BulkString(name), RespValue.BulkString(value));
}
