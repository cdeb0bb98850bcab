using Akka.Actor;
using RedisActors.AkkaCluster.Tests.Remote;

namespace RedisActors.AkkaCluster.Tests.Sharding;

/// <summary>What the commands of an entity carry.</summary>
public sealed class EntityRedisTests : AkkaClusterSpec
{
    private const string ByRole = "redis-actors.akka-cluster { served-by = role, role = redis }";

    [Fact]
    public async Task A_request_that_is_repeated_on_another_node_gets_the_original_reply()
    {
        var one = Start("redis", ByRole);
        var other = Start("web", ByRole);
        await WhenUpAsync(one, other);
        var here = new EntityRedis(RedisExtension.Get(one.System).RedisActor, "cart/17");
        var there = new EntityRedis(other.Redis, "cart/17");

        Assert.Equal(1, (await here.ExecuteAsync(new RedisCommand("INCR", "n"), "request-1")).Value.AsInt64());
        Assert.Equal(1, (await there.ExecuteAsync(new RedisCommand("INCR", "n"), "request-1")).Value.AsInt64());
        Assert.Equal(2, (await there.ExecuteAsync(new RedisCommand("INCR", "n"), "request-2")).Value.AsInt64());
        Assert.Equal(3, (await there.ExecuteAsync(new RedisCommand("INCR", "n"), "request-2", "again")).Value.AsInt64());
        Assert.Equal(4, (await here.ExecuteAsync(new RedisScript("return redis.call('INCR', KEYS[1])", ["n"]), "request-3")).Value.AsInt64());
        Assert.Equal(4, (await there.ExecuteAsync(new RedisScript("return redis.call('INCR', KEYS[1])", ["n"]), "request-3")).Value.AsInt64());
    }

    [Fact]
    public async Task Another_command_of_the_same_request_is_rejected_unless_it_has_a_name()
    {
        var node = Start("redis", ByRole);
        var redis = new EntityRedis(RedisExtension.Get(node.System).RedisActor, "cart/17");
        await redis.ExecuteAsync(new RedisCommand("INCR", "n"), "request");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync(new RedisCommand("DECR", "n"), "request"));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.Equal(0, (await redis.ExecuteAsync(new RedisCommand("DECR", "n"), "request", "take")).Value.AsInt64());
    }

    [Fact]
    public void Different_requests_have_different_tokens()
    {
        string[] texts = ["a", "a:", ":a", "a:b", "%3A", "a%3Ab", ":"];
        var tokens = from entity in texts
                     from request in texts
                     from write in texts.Append(string.Empty)
                     select new EntityRedis(ActorRefs.Nobody, entity).Token(request, write);

        Assert.Equal(texts.Length * texts.Length * (texts.Length + 1), tokens.Distinct().Count());
    }

    [Fact]
    public void What_cannot_be_stamped_is_refused()
    {
        var redis = new EntityRedis(ActorRefs.Nobody, "cart/17");

        Assert.Throws<ArgumentException>(() => redis.Stamp(new RedisCommand("INCR", "n"), " "));
        Assert.Throws<ArgumentException>(() => redis.Stamp(
            new RedisCommand("INCR", "n") { Delivery = DeliveryMode.ExactlyOnce, IdempotencyKey = "own" }, "request"));
        Assert.Throws<ArgumentException>(() => new EntityRedis(ActorRefs.Nobody, string.Empty));
    }

    [Fact]
    public async Task An_actor_that_is_no_entity_has_to_be_named()
    {
        var node = Start("redis", ByRole);

        var why = await node.System.ActorOf(Props.Create(() => new NoEntity())).Ask<string>("why", Eventually.Patience);

        Assert.Contains("/user/", why);
        Assert.Contains("is not an entity of Akka.Cluster.Sharding", why);
    }

    private sealed class NoEntity : ReceiveActor
    {
        public NoEntity() => ReceiveAny(_ =>
            Sender.Tell(Assert.Throws<InvalidOperationException>(() => EntityRedis.Of(Context)).Message));
    }
}
