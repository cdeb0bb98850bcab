using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using StackExchange.Redis;

namespace RedisActors.TestKit.Tests;

/// <summary>What a user's test relies on.</summary>
public sealed class TestRedisTests : Akka.TestKit.Xunit2.TestKit
{
    private readonly TestRedis _redis;

    public TestRedisTests() => _redis = TestRedis.Start(Sys);

    private static DeliveryMode[] Modes => [DeliveryMode.AtMostOnce, DeliveryMode.ExactlyOnce];

    public static TheoryData<DeliveryMode> AllModes => [.. Modes];

    [Theory]
    [MemberData(nameof(AllModes))]
    public async Task A_command_runs_and_is_answered(DeliveryMode mode)
    {
        var reply = await _redis.RedisActor.ExecuteAsync(Increment(mode));

        Assert.Equal(1, reply.Value.AsInt64());
        Assert.Equal("1", _redis.Execute("GET", "visits").AsString());
        Assert.Equal(["INCR visits"], _redis.Executed);
    }

    [Fact]
    public async Task Commands_wait_during_an_outage_and_are_answered_when_it_ends()
    {
        await _redis.GoAwayAsync();
        var replies = Enumerable.Range(0, 3).Select(_ => _redis.RedisActor.ExecuteAsync("INCR", "visits")).ToArray();
        await _redis.AwaitStashedAsync(3);
        Assert.All(replies, reply => Assert.False(reply.IsCompleted));
        Assert.Empty(_redis.Executed);

        await _redis.ComeBackAsync();

        Assert.Equal([1, 2, 3], (await Task.WhenAll(replies)).Select(reply => reply.AsInt64()));
    }

    [Fact]
    public async Task An_outage_is_told_as_in_production()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RedisConnectionEvent));
        await _redis.AwaitReadyAsync();
        await _redis.GoAwayAsync("maintenance");
        await _redis.ComeBackAsync();

        Assert.Equal("maintenance", (await FishForMessageAsync<RedisLost>(_ => true)).Cause);
        Assert.True((await FishForMessageAsync<RedisReady>(_ => true)).Away > TimeSpan.Zero);
    }

    [Theory]
    [MemberData(nameof(AllModes))]
    public async Task The_next_command_is_rejected(DeliveryMode mode)
    {
        _redis.Next("INCR").IsRejected("WRONGTYPE it is a list");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => _redis.RedisActor.ExecuteAsync(Increment(mode)));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.Contains("WRONGTYPE it is a list", failure.Message);
        Assert.Equal(1, (await _redis.RedisActor.ExecuteAsync(Increment(mode))).Value.AsInt64());
    }

    [Theory]
    [MemberData(nameof(AllModes))]
    public async Task The_next_command_is_not_sent(DeliveryMode mode)
    {
        _redis.Next("incr").IsNotSent();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => _redis.RedisActor.ExecuteAsync(Increment(mode)));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.Empty(_redis.Executed);
    }

    [Theory]
    [MemberData(nameof(AllModes))]
    public async Task The_next_command_is_unknown_and_has_run(DeliveryMode mode)
    {
        _redis.Next("INCR").IsUnknown();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => _redis.RedisActor.ExecuteAsync(Increment(mode)));

        Assert.Equal(Outcome.Unknown, failure.Outcome);
        Assert.Equal("1", _redis.Execute("GET", "visits").AsString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_group_of_exactly_once_commands_shares_what_becomes_of_it(bool hasOwnTokens)
    {
        await _redis.GoAwayAsync();
        var replies = Enumerable.Range(0, 5)
            .Select(i => _redis.RedisActor.ExecuteAsync(Increment(DeliveryMode.ExactlyOnce) with { IdempotencyKey = hasOwnTokens ? $"visit-{i}" : null }))
            .ToArray();
        await _redis.AwaitStashedAsync(5);
        _redis.Next("INCR").LosesItsReply();

        await _redis.ComeBackAsync();

        Assert.Equal([1, 2, 3, 4, 5], (await Task.WhenAll(replies)).Select(reply => reply.Value.AsInt64()));
        Assert.Equal(5, _redis.Executed.Count);
    }

    [Fact]
    public async Task Long_arguments_of_a_group_arrive_too()
    {
        var text = new string('x', 2_000);
        await _redis.GoAwayAsync();
        var replies = Enumerable.Range(0, 3)
            .Select(i => _redis.RedisActor.ExecuteAsync(new RedisCommand("SET", $"text-{i}", text + i) { Delivery = DeliveryMode.ExactlyOnce }))
            .ToArray();
        await _redis.AwaitStashedAsync(3);

        await _redis.ComeBackAsync();

        await Task.WhenAll(replies);
        Assert.Equal([text + 0, text + 1, text + 2], Enumerable.Range(0, 3).Select(i => _redis.Execute("GET", $"text-{i}").AsString()));
    }

    [Fact]
    public async Task A_lost_reply_is_unknown_at_most_once_and_asked_for_again_exactly_once()
    {
        _redis.Next("INCR").LosesItsReply();
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => _redis.RedisActor.ExecuteAsync(Increment(DeliveryMode.AtMostOnce)));
        Assert.Equal(Outcome.Unknown, failure.Outcome);

        _redis.Next("INCR").LosesItsReply();
        Assert.Equal(2, (await _redis.RedisActor.ExecuteAsync(Increment(DeliveryMode.ExactlyOnce))).Value.AsInt64());

        _redis.Next("INCR").IsLostOnItsWay();
        Assert.Equal(3, (await _redis.RedisActor.ExecuteAsync(Increment(DeliveryMode.ExactlyOnce))).Value.AsInt64());
        Assert.Equal("3", _redis.Execute("GET", "visits").AsString());
    }

    [Fact]
    public async Task Held_replies_stay_in_flight_and_an_outage_loses_them()
    {
        await _redis.AwaitReadyAsync();
        _redis.HoldReplies();
        var reply = _redis.RedisActor.ExecuteAsync(Increment(DeliveryMode.AtMostOnce));
        await _redis.AwaitInFlightAsync(1);
        _redis.ReleaseReplies();
        Assert.Equal(1, (await reply).Value.AsInt64());

        _redis.HoldReplies();
        var lost = _redis.RedisActor.ExecuteAsync(Increment(DeliveryMode.AtMostOnce));
        await _redis.AwaitInFlightAsync(1);
        await _redis.GoAwayAsync();
        Assert.Equal(Outcome.Unknown, (await Assert.ThrowsAsync<RedisOutcomeException>(() => lost)).Outcome);
    }

    [Fact]
    public async Task A_command_that_is_not_modelled_says_so_until_the_test_says_what_it_answers()
    {
        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => _redis.RedisActor.ExecuteAsync("GEODIST", "places", "a", "b"));
        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.Contains("OnCommand(\"GEODIST\"", failure.Message);

        _redis.OnCommand("geodist", command => RespValue.BulkString($"from {command.Arguments[1]} to {command.Arguments[2]}"));
        Assert.Equal("from a to b", (await _redis.RedisActor.ExecuteAsync("GEODIST", "places", "a", "b")).AsString());
    }

    [Theory]
    [MemberData(nameof(AllModes))]
    public async Task Transactions_run_whole_or_not_at_all(DeliveryMode mode)
    {
        RedisTransaction Buy() => new([new RedisCommand("DECR", "stock"), new RedisCommand("RPUSH", "orders", "book")])
        {
            Delivery = mode,
            Conditions = [RedisCondition.StringEqual("stock", "1")],
        };
        _redis.Execute("SET", "stock", "1");

        var bought = await _redis.RedisActor.ExecuteAsync(Buy());
        var refused = await _redis.RedisActor.ExecuteAsync(Buy());
        var plain = await _redis.RedisActor.ExecuteAsync(
            new RedisTransaction([new RedisCommand("INCR", "stock"), new RedisCommand("LLEN", "orders")]) { Delivery = mode });

        Assert.Equal("[(integer) 0, (integer) 1]", bought.Value.ToString());
        Assert.True(refused.Value.IsNull);
        Assert.Equal("[(integer) 1, (integer) 1]", plain.Value.ToString());
    }

    [Fact]
    public async Task The_multiplexer_leads_to_it_too()
    {
        var database = RedisExtension.Get(Sys).Multiplexer().GetDatabase();

        await database.StringSetAsync("name", "Ada", TimeSpan.FromMinutes(1));
        await database.HashSetAsync("user", [new HashEntry("age", 36)]);
        await database.SortedSetAddAsync("board", "Ada", 1.5);

        Assert.Equal("Ada", (string?)await database.StringGetAsync("name"));
        Assert.Equal(36, (int)await database.HashGetAsync("user", "age"));
        Assert.Equal(1.5, await database.SortedSetScoreAsync("board", "Ada"));
    }

    [Fact]
    public async Task A_subscription_says_that_there_is_no_pub_sub_and_reaches_no_server()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RedisBackingOff));

        _redis.RedisActor.Tell(new Subscribe("news", TestActor), TestActor);

        var state = await FishForMessageAsync<RedisBackingOff>(_ => true);
        Assert.Contains("TestRedis has no pub/sub", state.Cause);
        Assert.True(state.Misconfigured);
    }

    [Fact]
    public async Task Databases_are_apart()
    {
        await _redis.RedisActor.ExecuteAsync(new RedisCommand("SET", "key", "other") { Database = 3 });

        Assert.True((await _redis.RedisActor.ExecuteAsync("GET", "key")).IsNull);
        Assert.Equal("other", (await _redis.RedisActor.ExecuteAsync(new RedisCommand("GET", "key") { Database = 3 })).Value.AsString());
    }

    [Fact]
    public async Task A_system_that_starts_its_RedisActor_by_itself_is_given_the_setup()
    {
        var redis = new TestRedis();
        var config = ConfigurationFactory.ParseString("""akka.extensions = ["RedisActors.RedisExtensionProvider, RedisActors"]""");
        using var system = ActorSystem.Create("own", BootstrapSetup.Create().WithConfig(config).And(redis.Setup));

        await redis.RedisActor.ExecuteAsync("SET", "a", "b");

        Assert.Equal("b", redis.Execute("GET", "a").AsString());
        Assert.Throws<InvalidOperationException>(() => TestRedis.Start(system));
        Assert.Throws<InvalidOperationException>(() => new TestRedis().RedisActor);
    }

    [Fact]
    public async Task What_does_not_happen_is_told_with_the_last_status()
    {
        _redis.Patience = TimeSpan.FromMilliseconds(100);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => _redis.AwaitStashedAsync(7));

        Assert.Contains("7 commands stashed", error.Message);
        Assert.Contains("Stashed = 0", error.Message);
    }

    private static RedisCommand Increment(DeliveryMode mode) => new("INCR", "visits") { Delivery = mode };
}
