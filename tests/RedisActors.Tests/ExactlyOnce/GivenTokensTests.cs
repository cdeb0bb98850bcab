using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Servers;
using StackExchange.Redis;

namespace RedisActors.Tests.ExactlyOnce;

/// <summary>Tokens that senders give, and a server that does not let the library keep any.</summary>
public sealed class GivenTokensTests : ServerSpec
{
    [Fact]
    public async Task A_token_belongs_to_one_command_and_another_command_with_it_is_rejected_and_does_not_run()
    {
        var redis = Redis();
        Assert.Equal(1, (await SendAsync(redis, "t", "INCR", "{k}number")).Value.AsInt64());

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => SendAsync(redis, "t", "RPUSH", "{k}list", "item"));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.StartsWith("TOKENMISMATCH the token belongs to another command", failure.ServerError);
        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "{k}list")).Text);
        Assert.Equal(1, (await SendAsync(redis, "t", "INCR", "{k}number")).Value.AsInt64());
    }

    [Fact]
    public async Task A_command_with_other_arguments_is_another_command()
    {
        var redis = Redis();
        await SendAsync(redis, "t", "INCRBY", "number", 1);

        Assert.Equal(Outcome.Rejected, await OutcomeAsync(SendAsync(redis, "t", "INCRBY", "number", 2)));
        Assert.Equal(1, (await SendAsync(redis, "t", "incrby", "number", "1")).Value.AsInt64());
        Assert.Equal("1", (await Server.ExecuteAsync("GET", "number")).Text);
    }

    [Fact]
    public async Task Tokens_are_kept_under_the_prefix_of_the_settings()
    {
        var redis = Redis("exactly-once.key-prefix = \"shop:once:\"");

        Assert.Equal(1, (await SendAsync(redis, "t", "INCR", "number")).Value.AsInt64());
        Assert.Equal(1, (await SendAsync(redis, "t", "INCR", "number")).Value.AsInt64());

        Assert.Matches("^shop:once:\\{[0-9A-Za-z]+\\}:t$", (await Server.ExecuteAsync("KEYS", "*once*")).Items.Single().Text);
        Assert.Empty((await Server.ExecuteAsync("KEYS", "redisactors:*")).Items);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a{b")]
    [InlineData("a}b")]
    public void A_prefix_that_would_move_the_token_to_another_slot_is_refused(string prefix) => Assert.EndsWith(
        "is not valid; expected a text of 1 to 100 characters without braces, such as redisactors: or shop:once:",
        Assert.Single(Hocon.Problems($"exactly-once.key-prefix = \"{prefix}\"")));

    [Fact]
    public async Task A_token_holds_in_the_database_of_its_command()
    {
        var redis = Redis();
        await AskAsync(redis, "SET", "number", 10);

        Assert.Equal(11, (await SendAsync(redis, "t", "INCR", "number")).Value.AsInt64());
        var elsewhere = new RedisCommand("INCR", "number") { IdempotencyKey = "t", Delivery = DeliveryMode.ExactlyOnce, Database = 1 };
        Assert.Equal(1, (await redis.Ask<RedisReply>(elsewhere, Patience)).Value.AsInt64());
        Assert.Equal(1, (await redis.Ask<RedisReply>(elsewhere, Patience)).Value.AsInt64());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(DeliveryMode.AtMostOnce)]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.AtLeastOnce)]
    public async Task A_token_on_a_command_that_is_not_delivered_exactly_once_is_refused_and_not_ignored(DeliveryMode? delivery)
    {
        var redis = Redis();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.Ask<RedisReply>(
            new RedisCommand("INCR", "number") { IdempotencyKey = "t", Delivery = delivery }, Patience));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.StartsWith("INCR was refused: it has an IdempotencyKey and is not delivered exactly-once", failure.Message);
        Assert.Equal("0", (await Server.ExecuteAsync("EXISTS", "number")).Text);
    }

    [Fact]
    public async Task A_token_needs_no_delivery_mode_where_exactly_once_is_the_default()
    {
        var redis = Redis("delivery = exactly-once");
        var command = new RedisCommand("INCR", "number") { IdempotencyKey = "t" };

        Assert.Equal(1, (await redis.Ask<RedisReply>(command, Patience)).Value.AsInt64());
        Assert.Equal(1, (await redis.Ask<RedisReply>(command, Patience)).Value.AsInt64());
        Assert.True((await redis.Ask<RedisReply>(new RedisCommand("GET", "missing") { IdempotencyKey = "u" }, Patience)).Value.IsNull);
    }

    [Fact]
    public async Task Where_the_ACL_does_not_let_the_script_be_loaded_the_sender_is_told_so_until_it_does()
    {
        (await Server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-script")).OrThrow();
        var redis = Redis("user = app, password = secret, command-timeout = 60s");
        Assert.Equal("PONG", (await AskAsync(redis, "PING")).Value.AsString());

        for (var i = 0; i < 3; i++)
        {
            var failures = await Task.WhenAll(Enumerable.Range(0, 20).Select(key => Assert.ThrowsAsync<RedisOutcomeException>(
                () => redis.Ask<RedisReply>(
                    new RedisCommand("INCR", $"number-{key}") { Delivery = DeliveryMode.ExactlyOnce }, TimeSpan.FromSeconds(10)))));

            Assert.All(failures, failure => Assert.Equal(Outcome.Rejected, failure.Outcome));
            Assert.All(failures, failure => Assert.StartsWith("NOPERM ", failure.ServerError));
        }

        Assert.Equal(1, (await AskAsync(redis, "INCR", "other")).Value.AsInt64());
        (await Server.ExecuteAsync("ACL", "SETUSER", "app", "+script")).OrThrow();
        Assert.Equal(1, (await SendAsync(redis, "t", "INCR", "number")).Value.AsInt64());
    }

    private Task<RedisReply> SendAsync(IActorRef redis, string token, string name, params RedisValue[] arguments) =>
        redis.Ask<RedisReply>(
            new RedisCommand(name, arguments) { IdempotencyKey = token, Delivery = DeliveryMode.ExactlyOnce }, Patience);
}
