using System.Globalization;
using Akka.Actor;
using RedisActors.Subscriptions;
using RedisActors.Testing;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.Subscriptions;

/// <summary>A subscription whose server is the primary that sentinels name.</summary>
public sealed class SentinelSubscriptionTests : ServerSpec
{
    /// <summary>What the former primary took and did not pass on in time is in no stream of the new one.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_failover_the_subscription_goes_on_at_the_new_primary_with_a_told_gap(bool killed)
    {
        await using var group = await RedisSentinels.StartAsync();
        var redis = Redis(Server.Endpoint, $$"""
            topology = sentinel
            sentinel.service = {{group.ServiceName}}
            sentinel.endpoints = [{{string.Join(", ", group.SentinelEndpoints.Select(endpoint => $"\"{endpoint}\""))}}]
            heartbeat { interval = 100ms, timeout = 1s }
            """);
        var (plain, account) = SubscriberAccount.Open(Kit.Sys);
        var (filled, fullAccount) = SubscriberAccount.Open(Kit.Sys);
        await redis.Ask<RedisSubscribed>(new Subscribe("news", plain), Patience);
        await redis.Ask<RedisSubscribed>(new Subscribe("news", filled) { Backfill = new RedisBackfill("news-stream") }, Patience);
        await using var publisher = new NumberedPublisher(
            async () => await (await group.PrimaryAsync()).ConnectAsync(), "news", "news-stream");
        await Task.Delay(BackfillLog.Overlap + TimeSpan.FromSeconds(1.5));

        if (killed) await group.KillPrimaryAsync();
        else await group.FailOverAsync();
        await UntilAsync(() => account.Gaps.Count > 0 && fullAccount.Gaps.Count > 0);
        var reached = publisher.Published.Keys.Max();
        await UntilAsync(() => account.Latest > reached + 50 && fullAccount.Latest > reached + 50);
        await publisher.StopAsync();
        var last = publisher.Published.Keys.Max();
        await UntilAsync(() => account.Latest >= last && fullAccount.Latest >= last);

        // Until the former primary is made a replica, it takes what nobody else hears of.
        var primary = await group.PrimaryAsync();
        var entries = (await primary.ExecuteAsync("XRANGE", "news-stream", "-", "+")).OrThrow().Items;
        var kept = entries.Select(entry => long.Parse(entry.Items[1].Items[1].Text, CultureInfo.InvariantCulture)).ToHashSet();
        var published = publisher.Published.Where(each => kept.Contains(each.Key)).ToDictionary();
        Assert.Null(account.WrongOfGaps(published));
        if (fullAccount.Gaps.All(gap => gap.IsComplete)) Assert.Null(fullAccount.WrongOfAll(published));
        else Assert.Null(fullAccount.WrongOfGaps(published));
    }

    private Task UntilAsync(Func<bool> condition) =>
        Kit.AwaitConditionAsync(() => Task.FromResult(condition()), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20));
}
