using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RedisActors.Supervision;

namespace RedisActors.Tests.Actors;

/// <summary>What an operator tells a RedisActor to do.</summary>
public sealed class RedisControlTests : RedisSpec
{
    private const string Never = "backoff { min = 1h, max = 1h }\n restart.reset-after = 1h";

    [Fact]
    public async Task Told_to_reconnect_it_waits_for_what_is_in_flight_leaves_and_connects_at_once()
    {
        var (redis, first) = await StartReadyAsync(Never);
        var sender = CreateTestProbe();
        redis.Tell(Command(1), sender.Ref);
        var request = await first.Link.NextAsync();

        redis.Tell(new ForceReconnect("new firewall rules"));
        await SupervisorStateAsync(redis);
        redis.Tell(Command(2), sender.Ref);
        await StatusAsync(redis, status => status is { InFlight: 1, Stashed: 1 });
        Assert.Equal(0, first.Link.Disposals);

        request.Succeed(RespValue.Integer(1));
        var second = await MakeReadyAsync(redis, clientId: 2);
        (await second.Link.NextAsync()).Succeed(RespValue.Integer(1));

        Assert.Equal(["1 Applied", "2 Applied"], await AnswersAsync(sender, 2));
    }

    [Fact]
    public async Task The_reason_to_reconnect_is_the_cause_of_the_loss()
    {
        var (redis, _) = await StartReadyAsync(Never);

        redis.Tell(new ForceReconnect("new firewall rules"));

        Assert.Equal("new firewall rules", (await AwaitStateAsync<RedisLost>()).Cause);
        Assert.Equal(1, (await States.ExpectMsgAsync<RedisConnecting>()).Attempt);
    }

    [Fact]
    public async Task Told_to_reconnect_during_a_wait_it_waits_no_longer()
    {
        var redis = StartRedis(Never);
        (await Server.NextAttemptAsync()).Fail("connection refused");
        await AwaitStateAsync<RedisBackingOff>();

        redis.Tell(new ForceReconnect("the server is back, I know it"));

        await MakeReadyAsync(redis);
    }

    [Fact]
    public async Task Told_to_reconnect_after_giving_up_it_begins_anew_and_takes_commands_again()
    {
        var redis = StartRedis("restart { max-restarts = 0, within = 1h }");
        (await Server.NextAttemptAsync()).Fail("connection refused");
        await AwaitStateAsync<RedisGaveUp>();
        var sender = CreateTestProbe();
        redis.Tell(Command("before"), sender.Ref);
        Assert.Equal("before NotSent", await AnswerAsync(sender));

        redis.Tell(new ForceReconnect("fixed"));
        await AwaitStateAsync<RedisConnecting>();
        redis.Tell(Command("after"), sender.Ref);
        var connection = await MakeReadyAsync(redis);
        (await connection.Link.NextAsync()).Succeed(RespValue.Integer(1));

        Assert.Equal("after Applied", await AnswerAsync(sender));
    }

    [Fact]
    public async Task Paused_it_lets_the_connection_go_and_stashes_until_it_is_resumed()
    {
        var (redis, first) = await StartReadyAsync();
        var sender = CreateTestProbe();

        redis.Tell(new PauseConnection("maintenance"));

        Assert.Equal("maintenance", (await AwaitStateAsync<RedisSuspended>()).Cause);
        Assert.Equal(1, first.Link.Disposals);
        redis.Tell(Command(1), sender.Ref);
        await StatusAsync(redis, status => status is { State: RedisSuspended, Stashed: 1 });
        await NothingMoreAsync(States);

        redis.Tell(ResumeConnection.Instance);
        var second = await MakeReadyAsync(redis, clientId: 2);
        (await second.Link.NextAsync()).Succeed(RespValue.Integer(1));
        Assert.Equal("1 Applied", await AnswerAsync(sender));
    }

    [Fact]
    public async Task Paused_while_it_connects_or_waits_it_tries_no_more()
    {
        var redis = StartRedis(Never);
        var attempt = await Server.NextAttemptAsync();
        redis.Tell(new PauseConnection("maintenance"));
        await AwaitStateAsync<RedisSuspended>();
        Assert.True(attempt.IsCancelled);

        redis.Tell(ResumeConnection.Instance);
        (await Server.NextAttemptAsync()).Fail("connection refused");
        await AwaitStateAsync<RedisBackingOff>();
        redis.Tell(new PauseConnection("more maintenance"));

        Assert.Equal("more maintenance", (await AwaitStateAsync<RedisSuspended>()).Cause);
    }

    [Fact]
    public async Task Drained_it_finishes_what_it_has_and_takes_no_more()
    {
        var (redis, connection) = await StartReadyAsync();
        var sender = CreateTestProbe();
        var asker = CreateTestProbe();
        redis.Tell(Command(1), sender.Ref);
        var request = await connection.Link.NextAsync();

        redis.Tell(new DrainCommands(Timeout.InfiniteTimeSpan), asker.Ref);
        redis.Tell(Command(2), sender.Ref);
        Assert.Equal("2 NotSent", await AnswerAsync(sender));
        request.Succeed(RespValue.Integer(1));

        Assert.Equal("1 Applied", await AnswerAsync(sender));
        Assert.Equal(new DrainedCommands(0), await asker.ExpectMsgAsync<DrainedCommands>());
    }

    [Fact]
    public async Task What_a_drain_does_not_finish_in_time_gets_its_truthful_outcome()
    {
        var (redis, connection) = await StartReadyAsync("delivery = at-most-once");
        var sender = CreateTestProbe();
        var asker = CreateTestProbe();
        redis.Tell(Command("in flight"), sender.Ref);
        await connection.Link.NextAsync();

        redis.Tell(new DrainCommands(TimeSpan.FromMilliseconds(50)), asker.Ref);

        Assert.Equal(new DrainedCommands(1), await asker.ExpectMsgAsync<DrainedCommands>());
        Assert.Equal("in flight Unknown", await AnswerAsync(sender));
    }

    [Fact]
    public async Task What_waits_when_a_drain_has_no_time_left_was_never_sent()
    {
        var redis = StartRedis();
        var sender = CreateTestProbe();
        var asker = CreateTestProbe();
        redis.Tell(Command("stashed"), sender.Ref);

        redis.Tell(new DrainCommands(TimeSpan.FromMilliseconds(50)), asker.Ref);

        Assert.Equal(new DrainedCommands(1), await asker.ExpectMsgAsync<DrainedCommands>());
        Assert.Equal("stashed NotSent", await AnswerAsync(sender));
    }

    [Fact]
    public void Nobody_cannot_be_told_of_states() => Assert.Throws<ArgumentNullException>(() => new SubscribeToState(null!));

    [Fact]
    public void An_order_without_a_reason_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new PauseConnection(null!));
        Assert.Throws<ArgumentNullException>(() => new ForceReconnect(null!));
    }

    [Theory]
    [MemberData(nameof(SituationsAndOrders))]
    public async Task The_last_order_holds_whatever_the_connection_was_doing(string situation, string orders)
    {
        var (redis, goOn) = await ArrangeAsync(situation);
        Server.Accepts = true;

        foreach (var order in orders)
        {
            redis.Tell(order switch
            {
                'P' => new PauseConnection("maintenance"),
                'F' => new ForceReconnect("new firewall rules"),
                _ => ResumeConnection.Instance,
            });
        }

        goOn();
        if (orders[^1] == 'P')
        {
            await StatusAsync(redis, status => status.State is RedisSuspended { Cause: "maintenance" });
            redis.Tell(ResumeConnection.Instance);
        }

        // What connects already goes on; everything else leads to another connection.
        var epoch = situation == "connecting" && !orders.Contains('P') ? 1 : 2;
        await StatusAsync(redis, status => status.State is RedisReady ready && ready.Epoch >= epoch);
        redis.Tell(new RedisCommand("PING"), CreateTestProbe().Ref);
        await StatusAsync(redis, status => status is { State: RedisReady, InFlight: 1, Stashed: 0 });
    }

    [Fact]
    public async Task A_pause_that_comes_when_it_is_about_to_fail_for_its_parent_to_decide_holds()
    {
        var errors = Listen(typeof(Error));
        var redis = StartRedis("restart { max-restarts = 0, within = 1h, when-spent = escalate }\n backoff.max = 1h");
        (await Server.NextAttemptAsync()).Fail("connection refused");
        await AwaitStateAsync<RedisGaveUp>();
        await DrainAsync(errors);

        redis.Tell(new PauseConnection("maintenance"));
        redis.Tell(new BudgetSpent("connection refused"));

        await StatusAsync(redis, status => status.State is RedisSuspended { Cause: "maintenance" });
        await NothingMoreAsync(errors);
        redis.Tell(ResumeConnection.Instance);
        await MakeReadyAsync(redis);
    }

    public static TheoryData<string, string> SituationsAndOrders
    {
        get
        {
            string[] situations = ["connecting", "ready", "in flight", "waiting", "suspended", "budget spent", "gave up"];
            string[] orders = ["P", "F", "PF", "FP", "PR", "FR", "RP", "PFP", "PRF", "FPR", "PPF", "PRP"];
            var data = new TheoryData<string, string>();
            foreach (var situation in situations)
            {
                foreach (var order in orders) data.Add(situation, order);
            }

            return data;
        }
    }

    /// <summary>A RedisActor in a situation, and what has been held back to bring it about.</summary>
    private async Task<(IActorRef Redis, Action GoOn)> ArrangeAsync(string situation)
    {
        var budget = situation switch
        {
            "gave up" => "restart { max-restarts = 0, within = 1h }",
            "budget spent" => "restart { max-restarts = 0, within = 1h, when-spent = suspend }",
            _ => string.Empty,
        };
        var redis = StartRedis($"{Never}\n{budget}");
        switch (situation)
        {
            case "connecting":
                var attempt = await Server.NextAttemptAsync();
                return (redis, () => attempt.Succeed(clientId: 7));
            case "ready":
                await MakeReadyAsync(redis);
                break;
            case "in flight":
                var connection = await MakeReadyAsync(redis);
                redis.Tell(Command(1), CreateTestProbe().Ref);
                var request = await connection.Link.NextAsync();
                return (redis, () => request.Succeed(RespValue.Integer(1)));
            case "suspended":
                await MakeReadyAsync(redis);
                redis.Tell(new PauseConnection("before"));
                await AwaitStateAsync<RedisSuspended>();
                break;
            case "waiting":
                (await Server.NextAttemptAsync()).Fail("connection refused");
                await AwaitStateAsync<RedisBackingOff>();
                break;
            case "budget spent":
                (await Server.NextAttemptAsync()).Fail("connection refused");
                await AwaitStateAsync<RedisSuspended>();
                break;
            default:
                (await Server.NextAttemptAsync()).Fail("connection refused");
                await AwaitStateAsync<RedisGaveUp>();
                break;
        }

        return (redis, () => { });
    }
}
