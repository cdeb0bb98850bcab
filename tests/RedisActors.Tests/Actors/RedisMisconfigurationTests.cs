using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

/// <summary>Failures that waiting does not mend.</summary>
public sealed class RedisMisconfigurationTests : VirtualTimeSpec
{
    private static readonly MisconfiguredException WrongPassword = new("WRONGPASS invalid username-password pair");

    [Fact]
    public async Task It_is_tried_again_slowly_and_not_looked_for_meanwhile()
    {
        Server.Answers = true;
        StartSupervisor("misconfigured.retry-after = 5s, backoff { min = 10ms, max = 20ms, poll-interval = 10ms }");

        (await Server.NextAttemptAsync()).Fail(WrongPassword);

        var waiting = await AwaitStateAsync<RedisBackingOff>();
        Assert.Equal((true, TimeSpan.FromSeconds(5), WrongPassword.Message), (waiting.Misconfigured, waiting.Delay, waiting.Cause));
        Clock.Advance(TimeSpan.FromSeconds(4.9));
        await NothingMoreAsync(States);
        Assert.Equal(0, Server.Looks);

        var next = Server.NextAttemptAsync();
        await AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => next.IsCompleted);
        (await next).Succeed();
        await AwaitStateAsync<RedisReady>();
    }

    [Fact]
    public async Task It_is_one_error_in_the_log_and_not_one_for_each_attempt()
    {
        var log = Listen(typeof(Error));
        StartSupervisor("misconfigured.retry-after = 1s");

        for (var i = 0; i < 20; i++) await FailNextAsync(WrongPassword);

        Assert.Contains("WRONGPASS", Assert.Single(await DrainAsync(log)).ToString());
    }

    [Fact]
    public async Task Another_cause_is_told_as_well()
    {
        var log = Listen(typeof(Error));
        StartSupervisor("misconfigured.retry-after = 1s");

        await FailNextAsync(WrongPassword);
        await FailNextAsync(new MisconfiguredException("NOPERM"));

        Assert.Equal(2, (await DrainAsync(log)).Length);
    }

    [Fact]
    public async Task Commands_wait_where_they_are_to_wait()
    {
        var redis = StartRedis("misconfigured { retry-after = 1h, commands = wait }");
        (await Server.NextAttemptAsync()).Fail(WrongPassword);
        await AwaitStateAsync<RedisBackingOff>();
        var sender = CreateTestProbe();

        redis.Tell(Command(1), sender.Ref);

        await StatusAsync(redis, status => status.Stashed == 1);
        await NothingMoreAsync(sender);
    }

    [Fact]
    public async Task Commands_are_answered_with_the_cause_where_they_are_not_to_wait_until_there_is_a_connection()
    {
        var redis = StartRedis("misconfigured { retry-after = 1h, commands = answer-not-sent }");
        var sender = CreateTestProbe();
        redis.Tell(Command("before"), sender.Ref);
        (await Server.NextAttemptAsync()).Fail(WrongPassword);

        var failure = await sender.ExpectMsgAsync<Status.Failure>();
        Assert.Equal("before NotSent", Describe(failure));
        Assert.Contains("WRONGPASS", failure.Cause.Message);
        redis.Tell(Command("during"), sender.Ref);
        Assert.Equal("during NotSent", await AnswerAsync(sender));

        redis.Tell(new ForceReconnect("mended"));
        var connection = await MakeReadyAsync(redis);
        redis.Tell(Command("after"), sender.Ref);
        (await connection.Link.NextAsync()).Succeed(RespValue.Integer(1));
        Assert.Equal("after Applied", await AnswerAsync(sender));
    }

    [Fact]
    public async Task Commands_wait_again_when_the_server_is_merely_away()
    {
        var redis = StartRedis("misconfigured { retry-after = 1s, commands = answer-not-sent }");
        await FailNextAsync(WrongPassword);
        await FailNextAsync(new RedisLinkException("connection refused"));
        var sender = CreateTestProbe();

        redis.Tell(Command(1), sender.Ref);

        await StatusAsync(redis, status => status.Stashed == 1);
    }

    [Fact]
    public async Task Never_to_be_tried_again_it_is_given_up()
    {
        StartSupervisor("misconfigured.retry-after = never");

        (await Server.NextAttemptAsync()).Fail(WrongPassword);

        Assert.Equal(WrongPassword.Message, (await AwaitStateAsync<RedisGaveUp>()).Cause);
    }

    [Fact]
    public async Task With_a_spent_budget_it_may_be_suspended_and_commands_wait()
    {
        var redis = StartRedis("restart { max-restarts = 0, within = 1h, when-spent = suspend }");
        (await Server.NextAttemptAsync()).Fail("connection refused");
        Assert.Contains("connection refused", (await AwaitStateAsync<RedisSuspended>()).Cause);
        var sender = CreateTestProbe();
        redis.Tell(Command(1), sender.Ref);
        await StatusAsync(redis, status => status.Stashed == 1);

        redis.Tell(ResumeConnection.Instance);
        var connection = await MakeReadyAsync(redis);
        (await connection.Link.NextAsync()).Succeed(RespValue.Integer(1));

        Assert.Equal("1 Applied", await AnswerAsync(sender));
    }

    [Fact]
    public async Task With_a_spent_budget_it_may_fail_for_its_supervisor_to_decide_and_that_is_no_hot_loop()
    {
        var redis = StartRedis("restart { max-restarts = 0, within = 1h, when-spent = escalate }\n backoff.max = 1s");
        var sender = CreateTestProbe();
        redis.Tell(Command(1), sender.Ref);
        (await Server.NextAttemptAsync()).Fail("connection refused");
        await AwaitStateAsync<RedisGaveUp>();
        Assert.Equal("1 NotSent", await AnswerAsync(sender));
        var errors = Listen(typeof(Error));

        var next = Server.NextAttemptAsync();
        Clock.Advance(TimeSpan.FromMilliseconds(900));
        Assert.False(next.IsCompleted);
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => next.IsCompleted);

        var error = await errors.ExpectMsgAsync<Error>();
        Assert.IsType<RedisGaveUpException>(error.Cause);
    }

    private async Task FailNextAsync(RedisLinkException error)
    {
        var next = Server.NextAttemptAsync();
        await AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => next.IsCompleted);
        (await next).Fail(error);
        await AwaitStateAsync<RedisBackingOff>();
    }
}
