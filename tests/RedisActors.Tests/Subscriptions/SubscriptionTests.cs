using Akka.Actor;
using Akka.TestKit;
using RedisActors.Testing;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.Subscriptions;

/// <summary>What a subscriber is told, by a real server.</summary>
public sealed class SubscriptionTests : ServerSpec
{
    [Fact]
    public async Task A_subscriber_is_told_that_the_server_has_confirmed_and_then_each_message()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();

        redis.Tell(new Subscribe("news", subscriber));
        var subscribed = await ExpectAsync<RedisSubscribed>(subscriber);
        await PublishAsync("news", "a", "b");

        Assert.Equal((RedisSubscriptionKind.Channel, "news"), (subscribed.Kind, subscribed.Channel));
        Assert.Equal(new RedisMessage("news", null, "a", subscribed.Epoch), await ExpectAsync<RedisMessage>(subscriber));
        Assert.Equal("b", (await ExpectAsync<RedisMessage>(subscriber)).Payload);
    }

    [Fact]
    public async Task A_pattern_brings_the_channel_and_the_pattern()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();

        redis.Tell(new PSubscribe("news.*", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);
        await PublishAsync("news.sport", "a");

        var message = await ExpectAsync<RedisMessage>(subscriber);
        Assert.Equal(("news.sport", "news.*", "a"), (message.Channel, message.Pattern, (string?)message.Payload));
    }

    [Fact]
    public async Task A_shard_channel_brings_what_is_published_with_SPUBLISH()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();

        redis.Tell(new SSubscribe("orders", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);
        (await Server.ExecuteAsync("SPUBLISH", "orders", "a")).OrThrow();

        Assert.Equal("a", (await ExpectAsync<RedisMessage>(subscriber)).Payload);
    }

    [Fact]
    public async Task Keyspace_notifications_come_through_a_pattern()
    {
        (await Server.ExecuteAsync("CONFIG", "SET", "notify-keyspace-events", "KEA")).OrThrow();
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();

        redis.Tell(new PSubscribe("__keyspace@0__:*", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);
        await redis.ExecuteAsync("SET", "key", "value");

        var message = await ExpectAsync<RedisMessage>(subscriber);
        Assert.Equal(("__keyspace@0__:key", "set"), (message.Channel, (string?)message.Payload));
    }

    [Fact]
    public async Task Whoever_asks_for_another_is_answered_too()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();

        var answer = await redis.Ask<RedisSubscribed>(new Subscribe("news", subscriber), Patience);

        Assert.Equal(answer, await ExpectAsync<RedisSubscribed>(subscriber));
    }

    [Fact]
    public async Task After_a_reconnect_the_subscriber_is_told_the_gap_before_the_next_message()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));
        var subscribed = await ExpectAsync<RedisSubscribed>(subscriber);
        await PublishAsync("news", "before");
        await ExpectAsync<RedisMessage>(subscriber);

        proxy.Cut();
        var interrupted = await ExpectAsync<RedisSubscriptionInterrupted>(subscriber);
        var resumed = await ExpectAsync<RedisSubscriptionResumed>(subscriber);
        await PublishAsync("news", "after");

        Assert.Equal((subscribed.Epoch, resumed.From, resumed.Cause), (interrupted.Epoch, interrupted.Since, interrupted.Cause));
        Assert.Equal(subscribed.Epoch, resumed.FromEpoch);
        Assert.True(resumed.ToEpoch > resumed.FromEpoch);
        Assert.True(resumed.To > resumed.From);
        Assert.Equal(new RedisMessage("news", null, "after", resumed.ToEpoch), await ExpectAsync<RedisMessage>(subscriber));
    }

    [Fact]
    public async Task All_are_resubscribed_before_any_is_told_that_it_goes_on()
    {
        const int channels = 50;
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        var subscriber = Kit.CreateTestProbe();
        for (var i = 0; i < channels; i++) redis.Tell(new Subscribe($"news-{i}", subscriber));
        for (var i = 0; i < channels; i++) await ExpectAsync<RedisSubscribed>(subscriber);

        proxy.Cut();
        for (var i = 0; i < channels; i++) await ExpectAsync<RedisSubscriptionInterrupted>(subscriber);
        await ExpectAsync<RedisSubscriptionResumed>(subscriber);

        for (var i = 0; i < channels; i++)
        {
            Assert.Equal(1, (await Server.ExecuteAsync("PUBLISH", $"news-{i}", "a")).OrThrow().AsInt64());
        }
    }

    [Fact]
    public async Task A_subscription_made_while_the_server_is_away_is_confirmed_when_it_is_back()
    {
        Server.Kill();
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));

        await Server.StartAgainAsync();

        await ExpectAsync<RedisSubscribed>(subscriber);
    }

    [Fact]
    public async Task The_last_subscriber_leaves_the_channel()
    {
        var redis = Redis();
        var (first, second) = (Kit.CreateTestProbe(), Kit.CreateTestProbe());
        redis.Tell(new Subscribe("news", first));
        redis.Tell(new Subscribe("news", second));
        await ExpectAsync<RedisSubscribed>(first);
        await ExpectAsync<RedisSubscribed>(second);

        redis.Tell(new Unsubscribe("news", first));
        await ExpectAsync<RedisUnsubscribed>(first);
        await PublishAsync("news", "a");
        await ExpectAsync<RedisMessage>(second);
        Kit.Sys.Stop(second);

        await Kit.AwaitAssertAsync(async () => Assert.Equal(0, (await Server.ExecuteAsync("PUBLISH", "news", "b")).OrThrow().AsInt64()), Patience);
        await first.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Subscribing_twice_is_the_same_as_once()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));
        redis.Tell(new Subscribe("news", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);

        await PublishAsync("news", "a", "b");

        await subscriber.FishForMessageAsync(message => message is RedisMessage { Payload: var payload } && payload == "a", Patience);
        Assert.Equal("b", (await ExpectAsync<RedisMessage>(subscriber)).Payload);
    }

    [Fact]
    public async Task What_the_ACL_forbids_is_told_with_the_servers_words()
    {
        (await Server.ExecuteAsync("ACL", "SETUSER", "reader", "on", ">secret", "+@all", "resetchannels", "&news")).OrThrow();
        var redis = Redis("user = reader, password = secret");
        var subscriber = Kit.CreateTestProbe();

        redis.Tell(new Subscribe("other", subscriber));
        redis.Tell(new Subscribe("news", subscriber));

        var ended = await ExpectAsync<RedisSubscriptionEnded>(subscriber);
        Assert.Equal("other", ended.Channel);
        Assert.StartsWith("NOPERM", ended.ServerError);
        await ExpectAsync<RedisSubscribed>(subscriber);
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => redis.Ask<RedisSubscribed>(new Subscribe("other", Kit.CreateTestProbe()), Patience));
        Assert.Equal(Outcome.Rejected, failure.Outcome);
    }

    [Fact]
    public async Task A_server_that_is_silent_is_noticed()
    {
        var redis = Redis("heartbeat { interval = 100ms, timeout = 300ms }");
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);

        Server.Suspend();
        await ExpectAsync<RedisSubscriptionInterrupted>(subscriber);
        Server.Resume();

        await ExpectAsync<RedisSubscriptionResumed>(subscriber);
    }

    [Fact]
    public async Task A_paused_connection_is_told_as_an_interruption()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);

        redis.Tell(new PauseConnection("maintenance"));
        Assert.Equal("maintenance", (await ExpectAsync<RedisSubscriptionInterrupted>(subscriber)).Cause);
        redis.Tell(ResumeConnection.Instance);

        Assert.Equal("maintenance", (await ExpectAsync<RedisSubscriptionResumed>(subscriber)).Cause);
    }

    [Fact]
    public async Task When_the_RedisActor_stops_its_subscribers_are_told()
    {
        var redis = Redis();
        var subscriber = Kit.CreateTestProbe();
        redis.Tell(new Subscribe("news", subscriber));
        await ExpectAsync<RedisSubscribed>(subscriber);

        await redis.Ask<DrainedCommands>(new DrainCommands(TimeSpan.FromSeconds(1)), Patience);

        Assert.Contains("stop", (await ExpectAsync<RedisSubscriptionEnded>(subscriber)).Reason);
        redis.Tell(new Subscribe("news", subscriber));
        await ExpectAsync<RedisSubscriptionEnded>(subscriber);
    }

    [Fact]
    public async Task A_RedisActor_that_has_stopped_refuses_subscriptions()
    {
        var redis = Redis();
        await redis.GracefulStop(Patience);
        var subscriber = Kit.CreateTestProbe();

        redis.Tell(new Subscribe("news", subscriber));

        Assert.Contains("stopped", (await ExpectAsync<RedisSubscriptionEnded>(subscriber)).Reason);
    }

    private async Task PublishAsync(string channel, params string[] payloads)
    {
        await using var probe = await Server.ConnectAsync();
        foreach (var payload in payloads) (await probe.ExecuteAsync("PUBLISH", channel, payload)).OrThrow();
    }

    private async Task<T> ExpectAsync<T>(TestProbe subscriber) => await subscriber.ExpectMsgAsync<T>(Patience);
}
