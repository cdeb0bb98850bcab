using Akka.Actor;

namespace RedisActors.Tests.Actors;

public sealed class RedisActorStatusTests : RedisSpec
{
    [Fact]
    public async Task The_status_shows_the_state_and_what_waits_and_what_is_under_way()
    {
        var redis = StartRedis();
        redis.Tell(Command("a"), TestActor);
        redis.Tell(Command("b"), TestActor);
        var away = await StatusAsync(redis, status => status.State is not null);
        Assert.Equal((0, 2), (away.InFlight, away.Stashed));

        var connection = await MakeReadyAsync(redis);
        var sent = await StatusAsync(redis, status => status.InFlight == 2);
        Assert.Equal(0, sent.Stashed);

        foreach (var request in await connection.Link.NextAsync(2)) request.Succeed(RespValue.Integer(1));
        var done = await StatusAsync(redis, _ => true);
        Assert.Equal((0, 0), (done.InFlight, done.Stashed));
        Assert.Equal(1, Assert.IsType<RedisReady>(done.State).Epoch);
    }

    [Fact]
    public async Task The_status_shows_that_it_was_given_up()
    {
        var redis = StartRedis("restart { max-restarts = 0, within = 1h }");

        (await Server.NextAttemptAsync()).Fail("connection refused");

        await StatusAsync(redis, status => status.State is RedisGaveUp { Cause: "connection refused" });
    }

    [Fact]
    public async Task Asking_brings_the_reply()
    {
        var (redis, connection) = await StartReadyAsync();

        var asked = redis.Ask<RedisReply>(Command("a"), Patience);
        (await connection.Link.NextAsync()).Succeed(RespValue.Integer(7));

        Assert.Equal(7, (await asked).Value.AsInt64());
    }

    [Fact]
    public async Task Asking_something_that_is_no_message_of_its_own_ends_with_an_error_that_names_what_it_takes()
    {
        var redis = StartRedis();

        var error = await Assert.ThrowsAsync<ArgumentException>(() => redis.Ask<RedisReply>("PING", Patience));

        Assert.Contains("A RedisActor cannot take a String. It takes: RedisCommand, ", error.Message);
        Assert.Contains("new RedisCommand(\"PING\")", error.Message);
    }

    [Fact]
    public async Task An_answer_that_went_astray_is_not_answered()
    {
        var redis = StartRedis();
        var stranger = CreateTestProbe();

        redis.Tell(new Status.Failure(new InvalidOperationException("lost")), stranger.Ref);
        redis.Tell(new RedisReply(RespValue.Null), stranger.Ref);
        redis.Tell(GetStatus.Instance, stranger.Ref);

        await stranger.ExpectMsgAsync<RedisStatus>(Patience);
    }

    [Theory]
    [InlineData(Outcome.Rejected)]
    [InlineData(Outcome.NotSent)]
    [InlineData(Outcome.Unknown)]
    public async Task Asking_throws_what_became_of_the_command_when_it_was_not_applied(Outcome outcome)
    {
        var (redis, connection) = await StartReadyAsync();

        var asked = redis.Ask<RedisReply>(Command("a"), Patience);
        var request = await connection.Link.NextAsync();
        if (outcome == Outcome.Rejected) request.Reject("WRONGTYPE");
        else if (outcome == Outcome.NotSent) request.Refuse("the argument is too long");
        else connection.Lose();

        Assert.Equal(outcome, (await Assert.ThrowsAsync<RedisOutcomeException>(() => asked)).Outcome);
    }

    [Fact]
    public async Task Many_who_ask_at_once_each_get_their_own_answer()
    {
        var (redis, connection) = await StartReadyAsync();

        var asked = Enumerable.Range(0, 200).Select(i => redis.Ask<RedisReply>(Command(i), Patience)).ToArray();
        foreach (var request in await connection.Link.NextAsync(200)) request.Succeed(RespValue.BulkString(request.Arguments[0]));

        var replies = await Task.WhenAll(asked);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => ($"key-{i}", (object?)i)), replies.Select(reply => (reply.Value.AsString()!, reply.State)));
    }
}
