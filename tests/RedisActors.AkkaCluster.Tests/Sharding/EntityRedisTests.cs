using Akka.Actor;
using RedisActors.AkkaCluster.Tests.Remote;

namespace RedisActors.AkkaCluster.Tests.Sharding;

/// <summary>What the commands of an entity carry.</summary>
public sealed class EntityRedisTests : AkkaClusterSpec
{
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
    public async Task The_time_of_a_command_counts_from_when_the_entity_sends_it()
    {
        var node = Start("redis", ByRole);
        var inbox = Inbox.Create(node.System);
        var redis = new EntityRedis(inbox.Receiver, "cart/17", node.System.Scheduler, usualTimeout: TimeSpan.FromSeconds(30));
        var before = (long)node.System.Scheduler.MonotonicClock.TotalMilliseconds;

        redis.Tell(new RedisCommand("INCR", "n"), "request-1", ActorRefs.Nobody);
        redis.Tell(new RedisCommand("INCR", "n") { Timeout = TimeSpan.FromMinutes(2) }, "request-2", ActorRefs.Nobody);
        redis.Tell(new RedisCommand("INCR", "n") { Timeout = Timeout.InfiniteTimeSpan }, "request-3", ActorRefs.Nobody);

        var after = (long)node.System.Scheduler.MonotonicClock.TotalMilliseconds;
        Assert.InRange(await DeadlineAsync(), before + 30_000, after + 30_001);
        Assert.InRange(await DeadlineAsync(), before + 120_000, after + 120_001);
        Assert.Equal(0, await DeadlineAsync());

        async Task<long> DeadlineAsync() => ((RedisCommand)await inbox.ReceiveAsync(Eventually.Patience)).Deadline;
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
