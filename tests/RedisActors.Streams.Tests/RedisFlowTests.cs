using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit;

namespace RedisActors.Streams.Tests;

public sealed class RedisFlowTests : StreamsSpec
{
    [Fact]
    public async Task Replies_come_in_the_order_of_the_commands_each_with_its_context()
    {
        var answers = await Source.From(Enumerable.Range(1, 500))
            .Select(i => (new RedisCommand("INCRBY", i % 2 == 0 ? "even" : "odd", i), $"context {i}"))
            .Via(RedisFlow.Command<string>(Redis, parallelism: 16))
            .RunWith(Sink.Seq<(RedisReply Reply, string Context)>(), Materializer)
            .WaitAsync(Patience);

        Assert.Equal(Enumerable.Range(1, 500).Select(i => $"context {i}"), answers.Select(answer => answer.Context));
        Assert.Equal(62_500, answers[498].Reply.Value.AsInt64());
        Assert.Equal(62_750, answers[499].Reply.Value.AsInt64());
    }

    [Fact]
    public async Task An_outcome_other_than_applied_fails_the_stream()
    {
        await OnServerAsync("SET", "text", "no number");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => Source.Single(new RedisCommand("INCR", "text"))
            .Via(RedisFlow.Command(Redis, parallelism: 1))
            .RunWith(Sink.Ignore<RedisReply>(), Materializer)
            .WaitAsync(Patience));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
    }

    [Fact]
    public async Task Outcomes_are_passed_on_where_that_is_wanted()
    {
        await OnServerAsync("SET", "text", "no number");

        var answers = await Source.From(["number", "text", "number"])
            .Select(key => (new RedisCommand("INCR", key), key))
            .Via(RedisFlow.CommandResult<string>(Redis, parallelism: 2))
            .RunWith(Sink.Seq<(CommandResult Result, string Context)>(), Materializer)
            .WaitAsync(Patience);

        Assert.Equal([Outcome.Applied, Outcome.Rejected, Outcome.Applied], answers.Select(answer => answer.Result.Outcome));
        Assert.Equal(2, answers[2].Result.Value.AsInt64());
        Assert.StartsWith("ERR value is not an integer", answers[1].Result.Failure?.ServerError);
        Assert.Throws<RedisOutcomeException>(() => answers[1].Result.Value);
    }

    [Fact]
    public async Task While_Redis_is_away_no_more_commands_are_asked_for_than_the_parallelism()
    {
        const int Parallelism = 8;
        var asked = 0;
        await Redis.ExecuteAsync("PING");
        Server.Kill();

        var replies = Source.From(Enumerable.Range(1, 1000))
            .Select(i =>
            {
                Interlocked.Increment(ref asked);
                return new RedisCommand("RPUSH", "numbers", i) { Delivery = DeliveryMode.ExactlyOnce };
            })
            .Via(RedisFlow.Command(Redis, Parallelism))
            .RunWith(Sink.Seq<RedisReply>(), Materializer);
        await EventuallyAsync(() => Task.FromResult(Volatile.Read(ref asked) >= Parallelism));
        await Task.Delay(200);

        Assert.InRange(Volatile.Read(ref asked), Parallelism, Parallelism + 1);
        await Server.StartAgainAsync();
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (long)i), (await replies.WaitAsync(Patience)).Select(reply => reply.Value.AsInt64()));
    }

    [Fact]
    public async Task Over_killed_servers_every_exactly_once_command_runs_once_and_in_order()
    {
        const int Commands = 6_000;
        var answered = 0;
        var kills = KillAsync(times: 3, every: 1_500, () => Volatile.Read(ref answered));

        var lengths = await Source.From(Enumerable.Range(1, Commands))
            .Select(i => new RedisCommand("RPUSH", "numbers", i) { Delivery = DeliveryMode.ExactlyOnce })
            .Via(RedisFlow.Command(Redis, parallelism: 100))
            .Select(reply =>
            {
                Interlocked.Increment(ref answered);
                return reply.Value.AsInt64();
            })
            .RunWith(Sink.Seq<long>(), Materializer)
            .WaitAsync(Patience);
        await kills;

        var numbers = (await Redis.ExecuteAsync("LRANGE", "numbers", 0, -1)).AsArray();
        Assert.Equal(Enumerable.Range(1, Commands).Select(i => (long)i), lengths);
        Assert.Equal(Enumerable.Range(1, Commands).Select(i => (long)i), numbers.Select(number => number.AsInt64()));
    }
}
