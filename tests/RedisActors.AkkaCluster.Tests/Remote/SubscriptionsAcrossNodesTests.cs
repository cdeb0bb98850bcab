using System.Globalization;
using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Subscriptions;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>
/// A subscriber on a node without Redis: what it received and the gaps that it was told cover every number that was published, whatever
/// happens to the node that serves it or to Redis.
/// </summary>
public sealed class SubscriptionsAcrossNodesTests : AkkaClusterSpec
{
    private const string OfASingleton = "redis-actors.akka-cluster { served-by = singleton, role = redis, identify-interval = 100ms }";

    private IActorRef? _subscriber;

    [Theory]
    [InlineData(ByRole)]
    [InlineData(OfASingleton)]
    public async Task Every_number_is_received_or_in_a_told_gap_when_the_serving_node_is_killed(string settings)
    {
        var front = Start("web", settings);
        using var process = StartProcess("redis", settings);
        await WhenUpAsync(2, front);
        var account = await SubscribeAsync(front);
        var other = Start("redis", settings);
        await WhenUpAsync(3, front, other);

        await AccountAsync(account, () =>
        {
            process.Kill();
            return Task.CompletedTask;
        });
    }

    [Theory]
    [InlineData(ByRole)]
    [InlineData(OfASingleton)]
    public async Task Every_number_is_received_or_in_a_told_gap_when_the_serving_node_leaves(string settings)
    {
        var (_, one, _, account) = await StartAsync(settings);

        await AccountAsync(account, one.LeaveAsync);
    }

    [Fact]
    public async Task Every_number_is_received_or_in_a_told_gap_when_the_serving_node_is_cut_off_and_lives_on()
    {
        var (front, one, _, account) = await StartAsync($"{ByRole}\n{Node.CanBeCutOff}");

        await AccountAsync(account, () => CutOffAsync(one));
    }

    [Fact]
    public async Task Every_number_is_received_or_in_a_told_gap_when_the_connection_between_the_nodes_breaks()
    {
        var (_, one, _, account) = await StartAsync(ByRole);

        await AccountAsync(account, () =>
        {
            one.Disconnect();
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Every_number_is_received_or_in_a_told_gap_when_Redis_is_killed_and_restarted()
    {
        var (_, _, _, account) = await StartAsync(ByRole);

        await AccountAsync(account, async () =>
        {
            Server.Kill();
            await Server.StartAgainAsync();
        });
    }

    [Fact]
    public async Task The_gap_of_a_silent_channel_begins_with_the_last_sign_of_life()
    {
        var (front, one, _, account) = await StartAsync(ByRole);
        var subscribed = account.Told.OfType<RedisSubscribed>().Single();
        await Eventually.HoldsAsync("some seconds have passed", async () => await TimeAsync() > subscribed.At + TimeSpan.FromSeconds(5));

        await one.LeaveAsync();
        await Eventually.HoldsAsync("the subscription goes on", () => account.Gaps.Count == 1);

        Assert.InRange(account.Gaps[0].From, subscribed.At + TimeSpan.FromSeconds(1), account.Gaps[0].To);
        Assert.False(account.Gaps[0].IsComplete);
        Assert.Contains("no longer serves", account.Gaps[0].Cause);
    }

    [Fact]
    public async Task What_was_missed_within_one_node_is_read_from_a_stream_and_across_nodes_told_as_missing()
    {
        var (front, one, _, account) = await StartAsync(ByRole, new RedisBackfill("news-stream"));
        await using var publisher = new NumberedPublisher(Server.ConnectAsync, "news", "news-stream");
        var subscribed = account.Told.OfType<RedisSubscribed>().Single();
        await Eventually.HoldsAsync("some seconds have passed", async () => await TimeAsync() > subscribed.At + TimeSpan.FromSeconds(5));

        await Server.KillClientsAsync();
        await Eventually.HoldsAsync("the subscription goes on", () => account.Gaps.Count == 1);
        await one.LeaveAsync();
        await Eventually.HoldsAsync("the subscription goes on", () => account.Gaps.Count == 2);
        await EndAsync(publisher, account);

        Assert.Equal([true, false], account.Gaps.Select(gap => gap.IsComplete));
        Assert.Null(account.WrongOfGaps(publisher.Published));
    }

    [Fact]
    public async Task A_subscriber_that_stops_or_unsubscribes_is_unsubscribed_at_the_server()
    {
        var (front, _, _, account) = await StartAsync(ByRole);
        var (stopping, stopped) = SubscriberAccount.Open(front.System);
        front.Redis.Tell(new PSubscribe("ne*", stopping));
        await Eventually.HoldsAsync("both are subscribed", () => account.Told.Count + stopped.Told.Count == 2);
        Assert.Equal((1, 1), (await CountAsync("NUMSUB"), await CountAsync("NUMPAT")));

        front.System.Stop(stopping);
        await Eventually.HoldsAsync("the server has no pattern", async () => await CountAsync("NUMPAT") == 0);
        var told = await front.Redis.Ask<RedisUnsubscribed>(new Unsubscribe("news", _subscriber!), Eventually.Patience);

        Assert.Equal("news", told.Channel);
        await Eventually.HoldsAsync("the server has no channel", async () => await CountAsync("NUMSUB") == 0);
        await Eventually.HoldsAsync("the subscriber is told", () => account.Told[^1] is RedisUnsubscribed);
    }

    [Fact]
    public async Task Whoever_asks_for_another_is_answered_and_who_asks_twice_is_told_twice()
    {
        var (front, _, _, account) = await StartAsync(ByRole);
        var (actor, other) = SubscriberAccount.Open(front.System);

        var first = await front.Redis.Ask<RedisSubscribed>(new SSubscribe("part", actor), Eventually.Patience);
        var again = await front.Redis.Ask<RedisSubscribed>(new SSubscribe("part", actor) { MaxUnread = 5 }, Eventually.Patience);

        Assert.Equal((RedisSubscriptionKind.ShardChannel, "part", first.Epoch), (again.Kind, again.Channel, again.Epoch));
        await Eventually.HoldsAsync("the subscriber has taken both", () => other.Told.OfType<RedisSubscribed>().Count() == 2);
        Assert.Single(account.Told);
    }

    [Fact]
    public async Task A_slow_subscriber_is_told_how_many_messages_were_dropped()
    {
        var (front, _, _, account) = await StartAsync(ByRole);
        using var gate = new ManualResetEventSlim();
        var (reader, told) = SubscriberAccount.Open(front.System);
        var slow = front.System.ActorOf(Props.Create(() => new Gated(gate, reader)));
        front.Redis.Tell(new Subscribe("slow", slow) { MaxUnread = 10 });
        var (fast, arrived) = SubscriberAccount.Open(front.System);
        await front.Redis.Ask<RedisSubscribed>(new Subscribe("slow", fast), Eventually.Patience);
        await using var probe = await Server.ConnectAsync();

        for (var number = 1; number <= 5000; number++) (await probe.ExecuteAsync("PUBLISH", "slow", number.ToString(CultureInfo.InvariantCulture))).OrThrow();
        await Eventually.HoldsAsync("all have come to the node", () => arrived.Numbers.Count == 5000);
        gate.Set();
        await Eventually.HoldsAsync("each is told or counted", () =>
            told.Numbers.Count + told.Told.OfType<RedisMessagesDropped>().Sum(dropped => dropped.Count) == 5000);

        Assert.NotEmpty(told.Told.OfType<RedisMessagesDropped>());
        Assert.Equal(told.Numbers.Order(), told.Numbers);
    }

    [Fact]
    public async Task A_RemoteRedis_that_is_drained_ends_its_subscriptions()
    {
        var (front, _, _, account) = await StartAsync(ByRole);

        front.Redis.Tell(new DrainCommands(Eventually.Patience));
        await Eventually.HoldsAsync("the subscriber is told", () => account.Told[^1] is RedisSubscriptionEnded);

        var refused = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => front.Redis.Ask<RedisSubscribed>(new Subscribe("more", _subscriber!), Eventually.Patience));
        Assert.Equal(Outcome.NotSent, refused.Outcome);
    }

    /// <summary>The node <c>One</c> serves the subscription; another is ready to.</summary>
    private async Task<(Node Front, Node One, Node Other, SubscriberAccount Account)> StartAsync(string settings, RedisBackfill? backfill = null)
    {
        var front = Start("web", settings);
        var one = Start("redis", settings);
        await WhenUpAsync(front, one);
        var account = await SubscribeAsync(front, backfill);
        var other = Start("redis", settings);
        await WhenUpAsync(front, one, other);
        return (front, one, other, account);
    }

    private async Task<SubscriberAccount> SubscribeAsync(Node front, RedisBackfill? backfill = null)
    {
        var (actor, account) = SubscriberAccount.Open(front.System);
        _subscriber = actor;
        front.Redis.Tell(new Subscribe("news", actor) { Backfill = backfill }, actor);
        await Eventually.HoldsAsync("it is subscribed", () => account.Told is [RedisSubscribed]);
        return account;
    }

    private async Task AccountAsync(SubscriberAccount account, Func<Task> fault)
    {
        await using var publisher = new NumberedPublisher(Server.ConnectAsync, "news", "news-stream");
        await ReachAsync(account, 100);

        await fault();
        await Eventually.HoldsAsync("the subscription goes on", () => account.Gaps.Count == 1);
        await EndAsync(publisher, account);

        Assert.Null(account.WrongOfGaps(publisher.Published));
        Assert.Single(account.Gaps);
    }

    private static async Task EndAsync(NumberedPublisher publisher, SubscriberAccount account)
    {
        await ReachAsync(account, publisher.Published.Keys.Max() + 100);
        await publisher.StopAsync();
        await ReachAsync(account, publisher.Published.Keys.Max());
    }

    private static Task ReachAsync(SubscriberAccount account, long number) =>
        Eventually.HoldsAsync($"{number} is received", () => account.Latest >= number);

    private async Task<long> CountAsync(string what) => what == "NUMPAT"
        ? (await Server.ExecuteAsync("PUBSUB", "NUMPAT")).AsInt64()
        : (await Server.ExecuteAsync("PUBSUB", "NUMSUB", "news")).Items[1].AsInt64();

    private async Task<DateTimeOffset> TimeAsync()
    {
        var reply = await Server.ExecuteAsync("TIME");
        return DateTimeOffset.FromUnixTimeSeconds(long.Parse(reply.Items[0].Text, CultureInfo.InvariantCulture));
    }

    /// <summary>Takes nothing from its mailbox before the gate is open.</summary>
    private sealed class Gated : ReceiveActor
    {
        public Gated(ManualResetEventSlim gate, IActorRef reader) => ReceiveAny(message =>
        {
            gate.Wait(Eventually.Patience);
            reader.Tell(message);
        });
    }
}
