using Akka.Actor;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>Commands that block, sent to the RedisActor of another node.</summary>
public sealed class BlockingAcrossNodesTests : AkkaClusterSpec
{
    [Theory]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.AtLeastOnce)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public async Task What_blocks_is_answered_from_there(DeliveryMode delivery)
    {
        var front = Start("web", "redis-actors.akka-cluster { served-by = role, role = redis }");
        var one = Start("redis", "redis-actors.akka-cluster { served-by = role, role = redis }");
        await WhenUpAsync(2, front, one);
        var key = $"list-{delivery}";
        var reply = front.Redis.ExecuteAsync(new RedisCommand("BLPOP", key, 0) { Delivery = delivery, State = "mine" });
        var nothing = front.Redis.ExecuteAsync(new RedisCommand("BLPOP", "empty", 0.05) { Delivery = delivery });
        Assert.True((await nothing.WaitAsync(Eventually.Patience)).Value.IsNull);
        Assert.False(reply.IsCompleted);

        await front.Redis.ExecuteAsync("RPUSH", key, "a", "b");

        var answer = await reply.WaitAsync(Eventually.Patience);
        Assert.Equal(("a", "mine"), (answer.Value.AsArray()[1].AsString(), answer.State));
        Assert.Equal(1, (await front.Redis.ExecuteAsync("LLEN", key)).AsInt64());
    }
}
