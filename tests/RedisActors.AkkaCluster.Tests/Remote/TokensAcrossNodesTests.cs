using StackExchange.Redis;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>What exactly-once commands through a <see cref="RemoteRedis"/> leave on the server.</summary>
public sealed class TokensAcrossNodesTests : AkkaClusterSpec
{
    [Fact]
    public async Task Tokens_that_it_made_are_gone_soon_after_the_answers_and_those_of_senders_stay()
    {
        var front = Start("web", ByRole);
        await WhenUpAsync(front, Start("redis", ByRole));

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => front.Redis.ExecuteAsync(Push(i % 7 == 0 ? null : $"list-{i % 3}"))));
        var own = Push("list-0") with { IdempotencyKey = "order-1" };
        var reply = await front.Redis.ExecuteAsync(own);

        await Eventually.HoldsAsync(async () => (await TokensAsync()).Length == 1);
        Assert.EndsWith(":order-1", Assert.Single(await TokensAsync()));
        Assert.Equal(reply.Value, (await front.Redis.ExecuteAsync(own)).Value);
    }

    private static RedisCommand Push(string? list) => new("RPUSH", list ?? "list", "x") { Delivery = DeliveryMode.ExactlyOnce };

    private async Task<string[]> TokensAsync() => [.. (await Server.ExecuteAsync("KEYS", "redisactors:*")).Items.Select(key => key.Text!)];
}
