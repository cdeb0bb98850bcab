using Akka.Actor;
using Akka.TestKit;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

/// <summary>What becomes of commands while connections come and go.</summary>
public sealed class RedisActorCommandTests : RedisSpec
{
    private static readonly LinkFault CertainlyNotSent = new(true, "no connection");

    private readonly TestProbe _sender;

    public RedisActorCommandTests() => _sender = CreateTestProbe();

    [Fact]
    public async Task An_answer_reaches_the_sender_with_the_value_and_the_state_it_gave_along()
    {
        var (redis, connection) = await StartReadyAsync();
        const string state = "given along";

        redis.Tell(new RedisCommand("GET", "key") { State = state }, _sender.Ref);
        var request = await connection.Link.NextAsync();
        request.Succeed(RespValue.BulkString("value"));

        var reply = await _sender.ExpectMsgAsync<RedisReply>();
        Assert.Equal("value", reply.Value.AsString());
        Assert.Equal(state, reply.State);
        Assert.Equal(redis, _sender.LastSender);
        Assert.Equal(("GET", "key"), (request.Name, request.Arguments[0].ToString()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Commands_that_are_in_the_mailbox_together_go_on_in_their_order_and_are_answered_to_their_senders(int lanes)
    {
        var redis = StartRedis($"lanes = {lanes}");
        var other = CreateTestProbe();
        for (var i = 0; i < 500; i++) redis.Tell(new RedisCommand("INCR", $"{{{i % lanes}}}") { State = i }, (i & 1) == 0 ? _sender.Ref : other.Ref);

        // What comes last is nothing that an actor is told of.
        await redis.Ask<ActorIdentity>(new Identify(0), Patience);
        for (var lane = 1; lane <= lanes; lane++) _ = AnswerAllAsync((await Server.ConnectNextAsync(lane)).Link);
        await AnsweredAsync(_sender, 0);
        await AnsweredAsync(other, 1);

        static async Task AnswerAllAsync(ScriptedLink link)
        {
            while (true) (await link.NextAsync()).Succeed(RespValue.Integer(1));
        }

        async Task AnsweredAsync(TestProbe sender, int first)
        {
            var answers = await AnswersAsync(sender, 250);
            for (var lane = 0; lane < lanes; lane++)
            {
                var numbers = answers.Select(answer => int.Parse(answer.Split(' ')[0])).Where(number => number % lanes == lane);
                Assert.Equal(Enumerable.Range(0, 250).Select(i => (2 * i) + first).Where(number => number % lanes == lane), numbers);
            }

            Assert.All(answers, answer => Assert.EndsWith("Applied", answer, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("BLPOP")]
    public async Task A_command_whose_deadline_passed_on_its_way_is_not_sent(string name)
    {
        var (redis, connection) = await StartReadyAsync();
        var now = (long)Sys.Scheduler.MonotonicClock.TotalMilliseconds;

        redis.Tell(new RedisCommand(name, "key", 0) { Deadline = now }, _sender.Ref);

        var failure = await _sender.ExpectMsgAsync<Status.Failure>();
        Assert.Equal(Outcome.NotSent, Assert.IsType<RedisOutcomeException>(failure.Cause).Outcome);
        redis.Tell(new RedisCommand("GET", "other") { Deadline = now + 10_000 }, _sender.Ref);
        Assert.Equal("other", (await connection.Link.NextAsync()).Arguments[0].ToString());
    }

    [Fact]
    public async Task A_failure_brings_the_state_the_command_and_the_servers_words()
    {
        var (redis, connection) = await StartReadyAsync();
        const string state = "given along";

        redis.Tell(new RedisCommand("INCR", "key") { State = state }, _sender.Ref);
        (await connection.Link.NextAsync()).Reject("WRONGTYPE Operation against a key holding the wrong kind of value");

        var failure = await _sender.ExpectMsgAsync<Status.Failure>();
        var cause = Assert.IsType<RedisOutcomeException>(failure.Cause);
        Assert.Equal(state, failure.State);
        Assert.Equal(state, cause.State);
        Assert.Equal(("INCR", "key"), (cause.Command.Name, cause.Command.Arguments.Single().ToString()));
        Assert.Equal(Outcome.Rejected, cause.Outcome);
        Assert.StartsWith("WRONGTYPE", cause.ServerError);
        Assert.Contains("WRONGTYPE", cause.Message);
        Assert.Equal(redis, _sender.LastSender);
    }

    [Fact]
    public async Task A_command_that_names_another_database_goes_over_a_connection_of_its_own()
    {
        var (redis, connection) = await StartReadyAsync();

        redis.Tell(new RedisCommand("GET", "key") { Database = 3 }, _sender.Ref);
        redis.Tell(new RedisCommand("GET", "own"), _sender.Ref);
        redis.Tell(new RedisCommand("GET", "own too") { Database = 0 }, _sender.Ref);

        var other = await Server.ConnectNextAsync(2);
        await other.Link.NextAsync();
        await connection.Link.NextAsync(2);
        Assert.Equal(["GET key"], other.Link.Sent);
        Assert.Equal(["GET own", "GET own too"], connection.Link.Sent);
    }

    [Fact]
    public async Task Commands_sent_while_the_server_is_away_are_sent_in_order_when_it_is_there()
    {
        var redis = StartRedis();
        for (var i = 0; i < 100; i++) redis.Tell(Command(i), _sender.Ref);
        await StatusAsync(redis, status => status is { Stashed: 100, InFlight: 0 });

        var connection = await Server.ConnectNextAsync();
        for (var i = 0; i < 100; i++) (await connection.Link.NextAsync()).Succeed(RespValue.Integer(1));

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i} Applied"), await AnswersAsync(_sender, 100));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"INCR key-{i}"), connection.Link.Sent);
    }

    [Fact]
    public async Task Commands_sent_during_the_return_come_after_those_that_waited()
    {
        for (var round = 0; round < 20; round++)
        {
            var redis = StartRedis("replay { initial-window = 100 }");
            for (var i = 0; i < 50; i++) redis.Tell(Command(i), _sender.Ref);
            var attempt = await Server.NextAttemptAsync();
            var link = attempt.Succeed();
            for (var i = 50; i < 100; i++) redis.Tell(Command(i), _sender.Ref);

            await link.NextAsync(100);
            Assert.Equal(Enumerable.Range(0, 100).Select(i => $"INCR key-{i}"), link.Sent);
            Sys.Stop(redis);
            await AnswersAsync(_sender, 100);
        }
    }

    [Fact]
    public async Task What_was_in_flight_when_the_connection_was_lost_ends_as_unknown()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a"), _sender.Ref);
        redis.Tell(Command("b"), _sender.Ref);
        var requests = await connection.Link.NextAsync(2);
        requests[1].Fail(new LinkFault(false, "the socket closed"));

        connection.Lose("the socket closed");

        Assert.Equal(["a Unknown", "b Unknown"], await AnswersAsync(_sender, 2));
        requests[0].Succeed(RespValue.Integer(1));
        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task What_certainly_was_not_sent_goes_over_the_next_connection_in_its_order_and_before_later_ones()
    {
        var (redis, connection) = await StartReadyAsync();
        for (var i = 0; i < 10; i++) redis.Tell(Command(i), _sender.Ref);
        var requests = await connection.Link.NextAsync(10);
        for (var i = 0; i < 5; i++) requests[i].Succeed(RespValue.Integer(1));
        for (var i = 5; i < 10; i++) requests[i].Fail(CertainlyNotSent);
        connection.Lose();
        await AwaitStateAsync<RedisLost>();
        redis.Tell(Command(10), _sender.Ref);

        var second = await MakeReadyAsync(redis);
        foreach (var request in await second.Link.NextAsync(6)) request.Succeed(RespValue.Integer(1));

        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i} Applied"), await AnswersAsync(_sender, 11));
        Assert.Equal(Enumerable.Range(5, 6).Select(i => $"INCR key-{i}"), second.Link.Sent.Where(line => !line.StartsWith("CLIENT")));
    }

    [Fact]
    public async Task A_command_that_waits_too_long_for_a_connection_ends_as_not_sent_and_is_not_sent_later()
    {
        var redis = StartRedis();
        redis.Tell(Command("short", TimeSpan.FromMilliseconds(50)), _sender.Ref);
        redis.Tell(Command("long"), _sender.Ref);

        Assert.Equal("short NotSent", await AnswerAsync(_sender));
        var connection = await Server.ConnectNextAsync();
        (await connection.Link.NextAsync()).Succeed(RespValue.Integer(1));

        Assert.Equal("long Applied", await AnswerAsync(_sender));
        Assert.Equal(["INCR key-long"], connection.Link.Sent);
    }

    [Fact]
    public async Task A_command_that_is_not_answered_in_time_ends_as_unknown_and_its_late_reply_is_not_told()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a", TimeSpan.FromMilliseconds(50)), _sender.Ref);
        var request = await connection.Link.NextAsync();

        Assert.Equal("a Unknown", await AnswerAsync(_sender));
        request.Succeed(RespValue.Integer(1));

        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task The_time_a_command_waited_counts_and_is_not_begun_anew_by_a_new_connection()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a", TimeSpan.FromMilliseconds(300)), _sender.Ref);
        (await connection.Link.NextAsync()).Fail(CertainlyNotSent);
        connection.Lose();

        Assert.Equal("a NotSent", await AnswerAsync(_sender));
    }

    [Fact]
    public async Task The_timeout_of_the_settings_is_for_commands_that_state_none()
    {
        var redis = StartRedis("command-timeout = 50ms");
        redis.Tell(Command("own", Timeout.InfiniteTimeSpan), _sender.Ref);
        redis.Tell(Command("none"), _sender.Ref);

        Assert.Equal("none NotSent", await AnswerAsync(_sender));
        await StatusAsync(redis, status => status.Stashed == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_does_not_fit_a_shared_connection_is_refused_at_once(bool ready)
    {
        var redis = ready ? (await StartReadyAsync()).Redis : StartRedis();

        redis.Tell(new RedisCommand("MONITOR") { State = "a" }, _sender.Ref);

        var failure = await _sender.ExpectMsgAsync<Status.Failure>();
        Assert.Equal("a NotSent", Describe(failure));
        Assert.Contains("refused", failure.Cause.Message);
    }

    [Fact]
    public async Task What_the_client_refuses_ends_as_not_sent()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a"), _sender.Ref);

        (await connection.Link.NextAsync()).Refuse("the argument is too long");

        Assert.Equal("a NotSent", await AnswerAsync(_sender));
    }

    [Fact]
    public async Task When_it_is_given_up_what_waits_and_what_comes_ends_as_not_sent_with_the_cause()
    {
        var redis = StartRedis("restart { max-restarts = 0, within = 1h }");
        redis.Tell(Command("waiting"), _sender.Ref);
        await StatusAsync(redis, status => status.Stashed == 1);

        (await Server.NextAttemptAsync()).Fail("connection refused");
        await AwaitStateAsync<RedisGaveUp>();
        redis.Tell(Command("later"), _sender.Ref);

        foreach (var state in new[] { "waiting", "later" })
        {
            var failure = await _sender.ExpectMsgAsync<Status.Failure>();
            Assert.Equal($"{state} NotSent", Describe(failure));
            Assert.Contains("connection refused", failure.Cause.Message);
        }
    }
}
