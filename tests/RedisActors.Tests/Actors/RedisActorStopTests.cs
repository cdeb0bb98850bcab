using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using RedisActors.Commands;

namespace RedisActors.Tests.Actors;

/// <summary>Nobody is left without an answer when a RedisActor ends.</summary>
public sealed class RedisActorStopTests : RedisSpec
{
    private readonly TestProbe _sender;

    public RedisActorStopTests()
        : base(ConfigurationFactory.ParseString("redis-actors.default.endpoint = \"127.0.0.1:1\""))
    {
        _sender = CreateTestProbe();
    }

    [Fact]
    public async Task Stopping_answers_what_is_under_way_as_unknown_and_closes_the_connection()
    {
        var (redis, connection) = await StartReadyAsync();
        redis.Tell(Command("a"), _sender.Ref);
        var request = await connection.Link.NextAsync();

        await redis.GracefulStop(Patience);

        Assert.Equal("a Unknown", await AnswerAsync(_sender));
        request.Succeed(RespValue.Integer(1));
        await NothingMoreAsync(_sender);
        Assert.Equal(1, connection.Link.Disposals);
    }

    [Fact]
    public async Task Stopping_answers_what_waits_as_not_sent()
    {
        var redis = StartRedis();
        redis.Tell(Command("a"), _sender.Ref);
        redis.Tell(Command("b"), _sender.Ref);
        await StatusAsync(redis, status => status.Stashed == 2);
        var attempt = await Server.NextAttemptAsync();

        await redis.GracefulStop(Patience);

        Assert.Equal(["a NotSent", "b NotSent"], await AnswersAsync(_sender, 2));
        Assert.True(attempt.IsCancelled);
    }

    [Fact]
    public async Task Commands_that_come_in_one_message_after_the_stop_are_answered_one_by_one()
    {
        var redis = RedisExtension.Get(Sys).RedisActor;
        await redis.GracefulStop(Patience);
        var batch = new CommandBatch();
        var other = CreateTestProbe();
        batch.Add(Command("late"), _sender.Ref);
        batch.Add(Command("later"), other.Ref);

        redis.Tell(batch);

        Assert.Equal("late NotSent", await AnswerAsync(_sender));
        Assert.Equal("later NotSent", await AnswerAsync(other));
        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task Commands_that_are_in_the_mailbox_together_when_it_is_stopped_are_answered()
    {
        var redis = StartRedis();
        for (var i = 0; i < 100; i++) redis.Tell(Command(i), _sender.Ref);
        redis.Tell(PoisonPill.Instance);
        for (var i = 100; i < 200; i++) redis.Tell(Command(i), _sender.Ref);

        var answers = await AnswersAsync(_sender, 200);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i} NotSent").Order(), answers.Order());
        await NothingMoreAsync(_sender);
    }

    [Fact]
    public async Task Commands_sent_after_the_stop_are_answered_as_not_sent()
    {
        var redis = RedisExtension.Get(Sys).RedisActor;
        await redis.GracefulStop(Patience);

        redis.Tell(Command("late"), _sender.Ref);

        Assert.Equal("late NotSent", await AnswerAsync(_sender));
        Assert.Equal(
            Outcome.NotSent,
            (await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.Ask<RedisReply>(Command("later"), Patience))).Outcome);
    }

    [Fact]
    public async Task Commands_behind_the_stop_in_the_mailbox_are_answered_as_not_sent_and_each_once()
    {
        var redis = RedisExtension.Get(Sys).RedisActor;
        for (var i = 0; i < 500; i++)
        {
            if (i == 250) redis.Tell(PoisonPill.Instance);
            redis.Tell(Command(i), _sender.Ref);
        }

        var answers = await AnswersAsync(_sender, 500);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i} NotSent").Order(), answers.Order());
        await NothingMoreAsync(_sender);
    }

    /// <summary>
    /// Akka itself loses a message that is put into a mailbox at the very moment at which the mailbox closes: it is neither
    /// received nor a dead letter. No more than that one is missing.
    /// </summary>
    [Fact]
    public async Task Commands_that_race_with_a_stop_are_answered_each_once()
    {
        for (var round = 0; round < 50; round++)
        {
            var (redis, connection) = await StartReadyAsync();
            await WatchAsync(redis);
            var sending = Task.Run(() =>
            {
                for (var i = 0; i < 300; i++) redis.Tell(Command(i), _sender.Ref);
            });
            await connection.Link.NextAsync();

            Sys.Stop(redis);
            await ExpectTerminatedAsync(redis);
            await sending;

            var answers = (await DrainAsync(_sender)).Select(Describe).ToArray();
            var states = answers.Select(answer => answer.Split(' ')[0]).ToArray();
            Assert.Equal(states.Distinct(), states);
            Assert.InRange(states.Length, 299, 300);
            Assert.Contains("0 Unknown", answers);
        }
    }

    [Fact]
    public async Task When_the_actor_system_ends_those_who_still_ask_are_told()
    {
        var redis = RedisExtension.Get(Sys).RedisActor;
        var asked = Enumerable.Range(0, 50).Select(i => redis.Ask<RedisReply>(Command(i), Patience)).ToArray();

        await Sys.Terminate().WaitAsync(Patience);

        foreach (var answer in asked)
        {
            Assert.Equal(Outcome.NotSent, (await Assert.ThrowsAsync<RedisOutcomeException>(() => answer)).Outcome);
        }
    }

    [Fact]
    public async Task Other_dead_letters_are_left_alone()
    {
        var redis = RedisExtension.Get(Sys).RedisActor;
        await redis.GracefulStop(Patience);

        redis.Tell("something else", _sender.Ref);
        var other = CreateTestProbe();
        await other.Ref.GracefulStop(Patience);
        other.Ref.Tell(Command("to another actor"), _sender.Ref);
        redis.Tell(Command("nobody waits"), ActorRefs.NoSender);
        redis.Tell(Command("late"), _sender.Ref);

        Assert.Equal("late NotSent", await AnswerAsync(_sender));
        await NothingMoreAsync(_sender);
    }
}
