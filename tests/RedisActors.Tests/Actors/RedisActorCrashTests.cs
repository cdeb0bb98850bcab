using Akka.Actor;
using Akka.TestKit;
using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Tests.Actors;

/// <summary>A defect inside, here a link that throws where it must not, costs an outage and no answer.</summary>
public sealed class RedisActorCrashTests : RedisSpec
{
    private readonly TestProbe _sender;

    public RedisActorCrashTests() => _sender = CreateTestProbe();

    private static RedisCommand Crashing => new(ScriptedLink.Crash) { State = "crashing" };

    [Fact]
    public async Task The_command_that_brought_it_down_and_those_under_way_are_answered_once()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a"), _sender.Ref);
        redis.Tell(Command("b"), _sender.Ref);
        await connection.Link.NextAsync(2);

        redis.Tell(Crashing, _sender.Ref);

        Assert.Equal(["a Unknown", "b Unknown", "crashing Unknown"], (await AnswersAsync(_sender, 3)).Order());
        await MakeReadyAsync(redis);
        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task Afterwards_it_works_over_a_new_connection_and_the_old_one_is_closed_and_fenced()
    {
        var (redis, first) = await StartReadyAsync();
        redis.Tell(Crashing, _sender.Ref);
        Assert.Equal("crashing Unknown", await AnswerAsync(_sender));
        redis.Tell(Command("a"), _sender.Ref);

        var second = await MakeReadyAsync(redis, clientId: 2);
        (await second.Link.NextAsync()).Succeed(RespValue.Integer(1));

        Assert.Equal("a Applied", await AnswerAsync(_sender));
        Assert.Equal(1, first.Link.Disposals);
        Assert.Equal(["CLIENT KILL ID 1 ADDR 10.0.0.1:1", "INCR key-a"], second.Link.Sent);
    }

    [Fact]
    public async Task Afterwards_the_commands_that_wait_are_counted_again()
    {
        var (redis, _) = await StartReadyAsync();
        redis.Tell(Crashing, _sender.Ref);
        await AnswerAsync(_sender);
        redis.Tell(Command("a"), _sender.Ref);
        await StatusAsync(redis, status => status.Stashed == 1);

        await Server.ConnectNextAsync(clientId: 2);

        Assert.Equal(1, (await States.FishForMessageAsync<RedisReady>(ready => ready.Epoch == 2)).Stashed);
    }

    [Fact]
    public async Task What_the_link_says_after_the_failure_is_counted_with_nobody_else()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a"), _sender.Ref);
        redis.Tell(Command("b"), _sender.Ref);
        var requests = await connection.Link.NextAsync(2);
        requests[0].Succeed(RespValue.Integer(1));
        Assert.Equal("a Applied", await AnswerAsync(_sender));

        redis.Tell(Crashing, _sender.Ref);
        Assert.Equal(["b Unknown", "crashing Unknown"], (await AnswersAsync(_sender, 2)).Order());
        requests[1].Fail(new LinkFault(CertainlyNotSent: false, "the client lost the reply"));

        await MakeReadyAsync(redis);
        await StatusAsync(redis, status => status is { InFlight: 0, Stashed: 0 });
    }

    [Fact]
    public async Task Those_who_watch_the_state_are_told_of_it_and_of_what_follows()
    {
        var (redis, _) = await StartReadyAsync();
        var subscriber = CreateTestProbe();
        redis.Tell(new SubscribeToState(subscriber.Ref));
        await subscriber.ExpectMsgAsync<RedisReady>();

        redis.Tell(Crashing, _sender.Ref);

        Assert.Equal(1, (await subscriber.ExpectMsgAsync<RedisLost>()).Epoch);
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisConnecting>()).Epoch);
        await Server.ConnectNextAsync();
        Assert.Equal(2, (await subscriber.ExpectMsgAsync<RedisReady>()).Epoch);
    }

    [Fact]
    public async Task It_works_again_after_each_of_several_failures()
    {
        for (var round = 0; round < 10; round++)
        {
            var (redis, _) = await StartReadyAsync();
            for (var failures = 0; failures < 5; failures++)
            {
                redis.Tell(Crashing, _sender.Ref);
                for (var i = 0; i < 10; i++) redis.Tell(Command(i), _sender.Ref);
                Assert.Equal("crashing Unknown", await AnswerAsync(_sender));
                var connection = await Server.ConnectNextAsync();
                foreach (var request in await connection.Link.NextAsync(10)) request.Succeed(RespValue.Integer(1));
                Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i} Applied"), await AnswersAsync(_sender, 10));
            }

            await redis.GracefulStop(Patience);
        }
    }

    [Fact]
    public async Task What_came_in_one_message_with_the_command_that_brought_it_down_is_sent_before_what_came_later()
    {
        var (redis, _) = await StartReadyAsync();
        var batch = new CommandBatch();
        batch.Add(Crashing, _sender.Ref);
        for (var i = 0; i < 10; i++) batch.Add(Command(i), _sender.Ref);
        redis.Tell(batch);
        redis.Tell(Command(10), _sender.Ref);

        Assert.Equal("crashing Unknown", await AnswerAsync(_sender));
        var connection = await Server.ConnectNextAsync();
        foreach (var request in await connection.Link.NextAsync(11)) request.Succeed(RespValue.Integer(1));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i} Applied"), await AnswersAsync(_sender, 11));
        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task When_it_ends_what_came_in_one_message_with_the_last_command_is_answered()
    {
        var (redis, _) = await StartReadyAsync();
        await WatchAsync(redis);
        for (var failures = 1; failures <= 10; failures++)
        {
            redis.Tell(Crashing, _sender.Ref);
            Assert.Equal("crashing Unknown", await AnswerAsync(_sender));
            await MakeReadyAsync(redis);
        }

        var batch = new CommandBatch();
        batch.Add(Crashing, _sender.Ref);
        for (var i = 0; i < 10; i++) batch.Add(Command(i), _sender.Ref);
        redis.Tell(batch);
        redis.Tell(Command(10), _sender.Ref);

        var answers = (await AnswersAsync(_sender, 12)).Order();
        Assert.Equal(Enumerable.Range(0, 11).Select(i => $"{i} NotSent").Append("crashing Unknown").Order(), answers);
        await ExpectTerminatedAsync(redis);
        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task When_it_fails_again_and_again_it_ends_and_nobody_is_left_without_an_answer()
    {
        var (redis, _) = await StartReadyAsync();
        await WatchAsync(redis);

        for (var failures = 1; failures <= 11; failures++)
        {
            redis.Tell(Crashing, _sender.Ref);
            Assert.Equal("crashing Unknown", await AnswerAsync(_sender));
            if (failures < 11) await MakeReadyAsync(redis);
        }

        await ExpectTerminatedAsync(redis);
        redis.Tell(Command("late"), _sender.Ref);
        Assert.Equal("late NotSent", await AnswerAsync(_sender));
        await NothingMoreAsync(_sender);
    }
}
