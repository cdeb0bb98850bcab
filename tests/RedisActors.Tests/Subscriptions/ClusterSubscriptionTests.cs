using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Subscriptions;
using RedisActors.Tests.RedisCluster;

namespace RedisActors.Tests.Subscriptions;

/// <summary>Subscriptions in a Redis Cluster.</summary>
public sealed class ClusterSubscriptionTests() : ClusterSpec(replicasPerPrimary: 0)
{
    [Fact]
    public async Task A_channel_brings_what_is_published_at_any_node()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));
        await subscriber.ExpectMsgAsync<RedisSubscribed>(Patience);

        foreach (var node in Cluster.Nodes)
        {
            (await node.ExecuteAsync("PUBLISH", "news", node.Endpoint)).OrThrow();
            Assert.Equal(node.Endpoint, (await subscriber.ExpectMsgAsync<RedisMessage>(Patience)).Payload);
        }
    }

    [Fact]
    public async Task Keyspace_notifications_come_from_every_primary()
    {
        foreach (var node in Cluster.Nodes) (await node.ExecuteAsync("CONFIG", "SET", "notify-keyspace-events", "KEA")).OrThrow();
        var redis = Redis();
        await AskAsync(redis, "PING");
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new PSubscribe("__keyspace@0__:*", subscriber));
        for (var i = 0; i < Cluster.Nodes.Count; i++) await subscriber.ExpectMsgAsync<RedisSubscribed>(Patience);

        foreach (var node in Cluster.Nodes)
        {
            var key = await Cluster.KeyOfNodeAsync(node);
            await AskAsync(redis, "SET", key, "value");
            Assert.Equal($"__keyspace@0__:{key}", (await subscriber.ExpectMsgAsync<RedisMessage>(Patience)).Channel);
        }
    }

    [Fact]
    public async Task A_shard_channel_follows_its_slot()
    {
        var redis = Redis("heartbeat { interval = 100ms, timeout = 1s }");
        var key = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var slot = ClusterSlots.Of(key);
        var (channel, stream) = (ClusterSlots.KeyOf(slot, "orders:"), ClusterSlots.KeyOf(slot, "stream:"));
        var (plain, account) = SubscriberAccount.Open(Kit.Sys);
        var (filled, fullAccount) = SubscriberAccount.Open(Kit.Sys);
        await redis.Ask<RedisSubscribed>(new SSubscribe(channel, plain), Patience);
        await redis.Ask<RedisSubscribed>(new SSubscribe(channel, filled) { Backfill = new RedisBackfill(stream) }, Patience);
        await using var publisher = new NumberedPublisher(
            async () => await (await Cluster.NodeOfSlotAsync(slot)).ConnectAsync(), channel, stream, "SPUBLISH");
        await Task.Delay(BackfillLog.Overlap + TimeSpan.FromSeconds(1.5));

        for (var round = 0; round < 4; round++)
        {
            await ReachAsync(account, publisher.Published.Keys.DefaultIfEmpty().Max() + 50);
            await Cluster.MoveSlotAsync(slot, Cluster.Nodes[(round + 1) % 3]);
            await UntilAsync(() => account.Gaps.Count > round && fullAccount.Gaps.Count > round);
        }

        await publisher.StopAsync();
        var last = publisher.Published.Keys.Max();
        await ReachAsync(account, last);
        await ReachAsync(fullAccount, last);
        Assert.Null(account.WrongOfGaps(publisher.Published));
        Assert.Null(fullAccount.WrongOfAll(publisher.Published));
    }

    [Fact]
    public async Task Whoever_unsubscribes_while_the_slot_moves_hears_nothing_after_that()
    {
        var redis = Redis();
        var key = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var slot = ClusterSlots.Of(key);
        for (var round = 0; round < 5; round++)
        {
            var subscriber = Kit.CreateTestProbe();
            await redis.Ask<RedisSubscribed>(new SSubscribe(key, subscriber), Patience);
            await subscriber.ExpectMsgAsync<RedisSubscribed>(Patience);

            var moving = Cluster.MoveSlotAsync(slot, Cluster.Nodes[(round + 1) % 3]);
            redis.Tell(new SUnsubscribe(key, subscriber));
            await moving;
            await subscriber.FishForMessageAsync(message => message is RedisUnsubscribed, Patience);

            (await (await Cluster.NodeOfSlotAsync(slot)).ExecuteAsync("SPUBLISH", key, "late")).OrThrow();
            await subscriber.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        }
    }

    private Task ReachAsync(SubscriberAccount account, long number) => UntilAsync(() => account.Latest >= number);

    private Task UntilAsync(Func<bool> condition) =>
        Kit.AwaitConditionAsync(() => Task.FromResult(condition()), Patience, TimeSpan.FromMilliseconds(20));
}

/// <summary>A primary of a Redis Cluster is killed, and its replica takes its place.</summary>
public sealed class ClusterFailoverSubscriptionTests() : ClusterSpec(replicasPerPrimary: 1)
{
    [Fact]
    public async Task After_a_failover_the_subscription_goes_on_at_the_new_primary_with_a_told_gap()
    {
        var redis = Redis("heartbeat { interval = 100ms, timeout = 1s }");
        var key = await Cluster.KeyOfNodeAsync(Cluster.Nodes[0]);
        var slot = ClusterSlots.Of(key);
        var (plain, account) = SubscriberAccount.Open(Kit.Sys);
        await redis.Ask<RedisSubscribed>(new SSubscribe(key, plain), Patience);
        await using var publisher = new NumberedPublisher(
            async () => await (await Cluster.NodeOfSlotAsync(slot)).ConnectAsync(), key, ClusterSlots.KeyOf(slot, "stream:"), "SPUBLISH");
        await UntilAsync(() => account.Latest > 50);

        Cluster.Nodes[0].Kill();
        await UntilAsync(() => account.Gaps.Count > 0);
        await UntilAsync(() => account.Latest > publisher.Published.Keys.Max() - 50);
        await publisher.StopAsync();
        await UntilAsync(() => account.Latest == publisher.Published.Keys.Max());

        Assert.Null(account.WrongOfGaps(publisher.Published));
    }

    private Task UntilAsync(Func<bool> condition) =>
        Kit.AwaitConditionAsync(() => Task.FromResult(condition()), Patience, TimeSpan.FromMilliseconds(20));
}
