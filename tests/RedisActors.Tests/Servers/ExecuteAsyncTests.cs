using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>Awaiting a command: its reply, its failure, and what is true when it is cancelled.</summary>
public sealed class ExecuteAsyncTests : ServerSpec
{
    [Fact]
    public async Task It_gives_the_reply_with_the_state_of_the_command()
    {
        var reply = await Redis().ExecuteAsync(new RedisCommand("INCR", "n") { State = "mine" });

        Assert.Equal((1, "mine"), (reply.Value.AsInt64(), reply.State));
    }

    [Fact]
    public async Task A_name_and_arguments_give_the_value()
    {
        var redis = Redis();

        await redis.ExecuteAsync("RPUSH", "list", "a", 2);

        Assert.Equal(["a", "2"], (await redis.ExecuteAsync("LRANGE", "list", 0, -1)).AsArray().Select(item => item.AsString()));
        Assert.Equal("PONG", (await redis.ExecuteAsync("PING")).AsString());
    }

    [Fact]
    public async Task It_throws_what_the_server_says()
    {
        var redis = Redis();
        await redis.ExecuteAsync("SET", "text", "x");

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync("RPUSH", "text", "x"));

        Assert.Equal(Outcome.Rejected, failure.Outcome);
        Assert.StartsWith("WRONGTYPE", failure.ServerError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_cancelled_before_it_is_sent_never_runs()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        Server.Kill();
        await NextAsync<RedisLost>(states);
        using var cancellation = new CancellationTokenSource();
        var cancelled = redis.ExecuteAsync(new RedisCommand("INCR", "n"), cancellation.Token);
        var other = redis.ExecuteAsync(new RedisCommand("INCR", "n"));

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RedisCanceledException>(() => cancelled.WaitAsync(Patience));
        Assert.Equal((Outcome.NotSent, cancellation.Token), (failure.Outcome, failure.CancellationToken));
        await Server.StartAgainAsync();
        Assert.Equal(1, (await other.WaitAsync(Patience)).Value.AsInt64());
    }

    [Fact]
    public async Task With_a_token_that_is_cancelled_already_nothing_is_sent()
    {
        var redis = Redis();

        var failure = await Assert.ThrowsAsync<RedisCanceledException>(
            () => redis.ExecuteAsync(new RedisCommand("INCR", "n"), new CancellationToken(canceled: true)));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
        Assert.Equal(1, (await redis.ExecuteAsync("INCR", "n")).AsInt64());
    }

    [Fact]
    public async Task What_is_cancelled_in_flight_may_have_run()
    {
        var redis = Redis();
        await redis.ExecuteAsync("PING");
        Server.Suspend();
        using var cancellation = new CancellationTokenSource();
        var cancelled = redis.ExecuteAsync(new RedisCommand("INCR", "n"), cancellation.Token);
        await AwaitInFlightAsync(redis, 1);

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RedisCanceledException>(() => cancelled.WaitAsync(Patience));
        Assert.Equal(Outcome.Unknown, failure.Outcome);
        Server.Resume();
        Assert.Equal(2, (await redis.ExecuteAsync("INCR", "n").WaitAsync(Patience)).AsInt64());
    }

    /// <summary>It was sent once and its reply is lost: at-least-once would send it again.</summary>
    [Fact]
    public async Task What_is_cancelled_while_it_waits_to_be_sent_again_is_not()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "delivery = at-least-once");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        using var cancellation = new CancellationTokenSource();
        proxy.LoseReplyTo("counter");
        proxy.Refuse();
        var cancelled = redis.ExecuteAsync(new RedisCommand("INCR", "counter"), cancellation.Token);
        await NextAsync<RedisLost>(states);

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<RedisCanceledException>(() => cancelled.WaitAsync(Patience));
        Assert.Equal(Outcome.Unknown, failure.Outcome);
        proxy.Accept();
        Assert.Equal(2, (await redis.ExecuteAsync("INCR", "counter").WaitAsync(Patience)).AsInt64());
    }

    [Fact]
    public async Task Whatever_the_moment_what_is_told_about_a_cancelled_command_is_true()
    {
        const int Senders = 200;
        const int Commands = 2_000;
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "delivery = exactly-once");
        await redis.ExecuteAsync("PING");
        var outcomes = new Outcome[Commands];
        using var faults = new CancellationTokenSource();
        var outages = CauseOutagesAsync(proxy, faults.Token);

        await Task.WhenAll(Enumerable.Range(0, Senders).Select(async sender =>
        {
            var random = new Random(sender);
            for (var number = sender; number < Commands; number += Senders)
            {
                outcomes[number] = await CancelledAsync(redis, number, random.Next(0, 200));
            }
        }));
        await faults.CancelAsync();
        await outages;

        for (var number = 0; number < Commands; number++)
        {
            var hasRun = (await Server.ExecuteAsync("GET", $"n{number}")).Text switch
            {
                "1" => true,
                null or "" => false,
                var more => throw new InvalidOperationException($"n{number} is {more}"),
            };
            Assert.True(outcomes[number] switch { Outcome.Applied => hasRun, Outcome.NotSent => !hasRun, _ => true }, $"n{number}");
        }

        Assert.Contains(Outcome.Applied, outcomes);
        Assert.Contains(Outcome.NotSent, outcomes);
    }

    [Fact]
    public async Task Without_an_actor_there_is_nothing_to_await()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ActorRefs.Nobody.ExecuteAsync("PING"));
        await Assert.ThrowsAsync<ArgumentNullException>(() => Redis().ExecuteAsync((RedisCommand)null!));
    }

    [Fact]
    public async Task An_actor_that_answers_with_something_else_is_no_RedisActor()
    {
        Redis();
        var echo = Kit.Sys.ActorOf(Props.Create(() => new Echo()));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => echo.ExecuteAsync("PING"));

        Assert.Contains("RedisCommand", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_RedisActor_that_has_stopped_answers_too()
    {
        var redis = Redis();
        await redis.ExecuteAsync("PING");
        await Kit.Sys.Terminate();

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync("PING").WaitAsync(Patience));

        Assert.Equal(Outcome.NotSent, failure.Outcome);
    }

    private static async Task<Outcome> CancelledAsync(IActorRef redis, int number, int milliseconds)
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.CancelAfter(milliseconds);
        try
        {
            return (await redis.ExecuteAsync(new RedisCommand("INCR", $"n{number}"), cancellation.Token)).Outcome;
        }
        catch (RedisCanceledException cancelled)
        {
            return cancelled.Outcome;
        }
    }

    private static async Task CauseOutagesAsync(FaultProxy proxy, CancellationToken until)
    {
        for (var outage = 1; !until.IsCancellationRequested; outage++)
        {
            proxy.Refuse();
            proxy.Cut();
            await Task.Delay(40, CancellationToken.None);
            proxy.Accept();

            // A busy machine may need longer for a connection than most of them last.
            await Task.Delay(outage % 5 == 0 ? 300 : 20, CancellationToken.None);
        }
    }

    private Task AwaitInFlightAsync(IActorRef redis, int count) => Kit.AwaitConditionAsync(
        async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight == count, Patience);

    private sealed class Echo : ReceiveActor
    {
        public Echo() => ReceiveAny(message => Sender.Tell(message));
    }
}
