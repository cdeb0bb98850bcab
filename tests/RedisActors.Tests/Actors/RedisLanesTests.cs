using Akka.Actor;
using Akka.TestKit;

namespace RedisActors.Tests.Actors;

/// <summary>Several lanes behind one RedisActor. The slot of the key a is odd, that of b is even.</summary>
public sealed class RedisLanesTests : RedisSpec
{
    private readonly TestProbe _sender;

    public RedisLanesTests() => _sender = CreateTestProbe();

    [Fact]
    public async Task Commands_go_the_lane_of_their_first_key_and_those_without_a_key_the_first()
    {
        var (redis, first, second) = await StartTwoAsync();

        redis.Tell(new RedisCommand("SET", "a", 1), _sender.Ref);
        redis.Tell(new RedisCommand("SET", "b", 1), _sender.Ref);
        redis.Tell(new RedisCommand("SET", "{a}:other", 1), _sender.Ref);
        redis.Tell(new RedisCommand("DEL", "b", "a"), _sender.Ref);
        redis.Tell(new RedisCommand("DBSIZE"), _sender.Ref);

        await first.Link.NextAsync(3);
        await second.Link.NextAsync(2);
        Assert.Equal(["SET b 1", "DEL b a", "DBSIZE"], first.Link.Sent);
        Assert.Equal(["SET a 1", "SET {a}:other 1"], second.Link.Sent);
    }

    [Fact]
    public async Task A_lane_without_a_connection_holds_up_only_its_own_commands()
    {
        var (redis, first, second) = await StartTwoAsync();
        second.Lose();
        Assert.Equal(2, (await AwaitStateAsync<RedisLost>()).Lane);

        redis.Tell(new RedisCommand("SET", "a", 1) { State = "a" }, _sender.Ref);
        redis.Tell(new RedisCommand("SET", "b", 1) { State = "b" }, _sender.Ref);
        (await first.Link.NextAsync()).Succeed(RespValue.SimpleString("OK"));
        Assert.Equal("b Applied", await AnswerAsync(_sender));

        var again = await Server.ConnectNextAsync(3);
        (await again.Link.NextAsync()).Succeed(RespValue.SimpleString("OK"));
        Assert.Equal("a Applied", await AnswerAsync(_sender));
    }

    [Fact]
    public async Task The_status_is_the_sum_of_the_lanes_and_the_state_of_the_one_worst_off()
    {
        var (redis, first, second) = await StartTwoAsync();
        Server.Unreachable = "connection refused";
        second.Lose();
        await StatusAsync(redis, status => status.State is not RedisReady);

        foreach (var key in new[] { "a", "a", "b", "b", "b" }) redis.Tell(new RedisCommand("INCR", key), _sender.Ref);
        await first.Link.NextAsync(3);

        var status = await StatusAsync(redis, status => status.State is not RedisReady);
        Assert.Equal((3, 2), (status.InFlight, status.Stashed));
        Assert.Equal(2, status.State!.Lane);
    }

    [Fact]
    public async Task A_subscriber_is_told_the_state_of_each_lane_and_then_every_change()
    {
        var (redis, _, second) = await StartTwoAsync();
        var subscriber = CreateTestProbe();

        redis.Tell(new SubscribeToState(subscriber.Ref));
        var present = new[] { await subscriber.ExpectMsgAsync<RedisReady>(), await subscriber.ExpectMsgAsync<RedisReady>() };
        Assert.Equal([1, 2], present.Select(state => state.Lane).Order());

        second.Lose();
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisLost>()).Lane);
    }

    [Fact]
    public async Task Commands_that_come_before_the_lanes_have_started_are_kept_in_order()
    {
        var redis = StartRedis("lanes = 2");
        for (var i = 0; i < 100; i++) redis.Tell(new RedisCommand("SET", "a", i) { State = i }, _sender.Ref);

        var (_, second) = await ConnectBothAsync(redis);
        for (var i = 0; i < 100; i++) (await second.Link.NextAsync()).Succeed(RespValue.SimpleString("OK"));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i} Applied"), await AnswersAsync(_sender, 100));
    }

    private async Task<(IActorRef Redis, ScriptedConnection First, ScriptedConnection Second)> StartTwoAsync()
    {
        var redis = StartRedis("lanes = 2");
        var (first, second) = await ConnectBothAsync(redis);
        return (redis, first, second);
    }

    /// <summary>Lets one lane connect, sees which it was, then the other.</summary>
    private async Task<(ScriptedConnection First, ScriptedConnection Second)> ConnectBothAsync(IActorRef redis)
    {
        var one = await Server.ConnectNextAsync(1);
        var lane = (await AwaitStateAsync<RedisReady>()).Lane;
        var other = await Server.ConnectNextAsync(2);
        await AwaitStateAsync<RedisReady>();
        await StatusAsync(redis, status => status.State is RedisReady);
        return lane == 1 ? (one, other) : (other, one);
    }
}
