using Akka.TestKit.Xunit2;

namespace RedisActors.TestKit.Tests;

/// <summary>Scripts of one's own, of which the test says what they answer.</summary>
public sealed class ScriptTests : Akka.TestKit.Xunit2.TestKit
{
    private const string Take = "return redis.call('DECRBY', KEYS[1], ARGV[1])";

    private readonly TestRedis _redis;
    private int _called;

    public ScriptTests()
    {
        _redis = TestRedis.Start(Sys);
        _redis.OnScript(Take, script => RespValue.Integer(100 - (++_called * (int)script.Values[0])));
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.AtLeastOnce)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task A_script_answers_what_the_test_says(DeliveryMode delivery)
    {
        var reply = await _redis.RedisActor.ExecuteAsync(new RedisScript(Take, ["stock"], 3) { Delivery = delivery });

        Assert.Equal(97, reply.Value.AsInt64());
        Assert.Equal(1, _called);
        Assert.EndsWith("1 stock 3", Assert.Single(_redis.Executed));
    }

    [Fact]
    public async Task One_with_a_token_is_called_once_for_it_though_its_reply_is_lost()
    {
        var take = new RedisScript(Take, ["stock"], 3) { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "order-1" };
        _redis.Next("EVALSHA").LosesItsReply();

        Assert.Equal(97, (await _redis.RedisActor.ExecuteAsync(take)).Value.AsInt64());
        Assert.Equal(97, (await _redis.RedisActor.ExecuteAsync(take)).Value.AsInt64());
        Assert.Equal(94, (await _redis.RedisActor.ExecuteAsync(take with { IdempotencyKey = "order-2" })).Value.AsInt64());
        Assert.Equal(2, _called);
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task An_error_rejects_it(DeliveryMode delivery)
    {
        _redis.OnScript(Take, _ => RespValue.Error("ERR sold out"));

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() =>
            _redis.RedisActor.ExecuteAsync(new RedisScript(Take, ["stock"], 3) { Delivery = delivery }));

        Assert.Equal((Outcome.Rejected, "ERR sold out"), (error.Outcome, error.ServerError));
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task What_the_test_says_of_a_command_goes_for_transactions_too(DeliveryMode delivery)
    {
        _redis.OnCommand("XADD", _ => RespValue.BulkString("7-0"));

        var reply = await _redis.RedisActor.ExecuteAsync(
            new RedisTransaction(new RedisCommand("XADD", "orders", "*", "id", 1), new RedisCommand("INCR", "count")) { Delivery = delivery });

        Assert.Equal(["7-0", "1"], reply.Value.AsArray().Select(value => value.AsString() ?? $"{value.AsInt64()}"));
    }
}
