using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>What a server that does not answer costs is bounded, and one command does not take the connection from the others.</summary>
public sealed class BoundsTests : ServerSpec
{
    [Fact]
    public async Task A_stopped_server_is_sent_no_more_than_may_be_in_flight()
    {
        var redis = Redis("in-flight.max-count = 1000, stash.max-count = 500");
        await AskAsync(redis, "PING");
        var sender = Kit.CreateTestProbe();
        Server.Suspend();

        for (var i = 0; i < 5000; i++) redis.Tell(new RedisCommand("INCR", "number") { Delivery = DeliveryMode.ExactlyOnce }, sender);
        for (var i = 0; i < 3500; i++)
        {
            var failure = await sender.ExpectMsgAsync<Status.Failure>(Patience);
            Assert.Equal(Outcome.NotSent, ((RedisOutcomeException)failure.Cause).Outcome);
        }

        var status = await redis.Ask<RedisStatus>(GetStatus.Instance, Patience);
        Assert.Equal(1500, status.InFlight + status.Stashed);
        Server.Resume();
        for (var i = 0; i < 1500; i++) await sender.ExpectMsgAsync<RedisReply>(Patience);
        Assert.Equal("1500", (await AskAsync(redis, "GET", "number")).Value.AsString());
    }

    /// <summary>Its reply is larger than the server's output buffer may grow, so the server closes each connection that asks for it.</summary>
    [Fact]
    public async Task A_command_that_ends_every_connection_is_answered_and_the_others_go_on()
    {
        await Server.ExecuteAsync("CONFIG", "SET", "client-output-buffer-limit", "normal 1mb 0 0");
        await Server.ExecuteAsync("SET", "huge", new string('v', 4_000_000));
        var redis = Redis();
        await AskAsync(redis, "PING");
        var watcher = WatchStates(redis);

        var poison = OutcomeAsync(AskAsync(redis, "GET", "huge"));
        var others = Enumerable.Range(0, 500).Select(_ => redis.Ask<RedisReply>(
            new RedisCommand("INCR", "number") { Delivery = DeliveryMode.ExactlyOnce }, Patience)).ToList();

        Assert.Equal(Outcome.Unknown, await poison);
        await Task.WhenAll(others);
        Assert.Equal("500", (await AskAsync(redis, "GET", "number")).Value.AsString());
        for (var lost = 0; lost < 3; lost++) await NextAsync<RedisLost>(watcher);
        await NextAsync<RedisReady>(watcher);
        await watcher.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(300));
    }

    [Theory]
    [InlineData(DeliveryMode.WhenSafe, "SET", "unique-value", "CONFIG SET maxmemory 1")]
    [InlineData(DeliveryMode.AtLeastOnce, "APPEND", "unique-value", "ACL SETUSER default -append")]
    [InlineData(DeliveryMode.ExactlyOnce, "APPEND", "unique-value", "ACL SETUSER default -evalsha")]
    [InlineData(DeliveryMode.ExactlyOnce, "APPEND", "unique-value", "ACL SETUSER default resetkeys ~key")]
    public async Task What_has_run_is_not_told_as_rejected_when_the_server_refuses_the_replay(
        DeliveryMode delivery, string name, string value, string change)
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await AskAsync(redis, "PING");
        var watcher = WatchStates(redis);
        proxy.LoseReplyTo(value);
        proxy.Refuse();

        var told = OutcomeAsync(redis.Ask<RedisReply>(new RedisCommand(name, "key", value) { Delivery = delivery }, Patience));
        await NextAsync<RedisLost>(watcher);
        Assert.Equal(value, (await Server.ExecuteAsync("GET", "key")).Text);
        await Server.ExecuteAsync(change.Split(' '));
        proxy.Accept();

        Assert.Equal(Outcome.Unknown, await told);
    }

    [Fact]
    public async Task A_drain_waits_for_what_the_server_has_refused_for_the_time_being()
    {
        await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        var redis = Redis();
        var refused = OutcomeAsync(redis.Ask<RedisReply>(
            new RedisCommand("SET", "key", "value") { Timeout = TimeSpan.FromSeconds(10) }, Patience));
        await Kit.AwaitConditionAsync(async () => (await Server.ExecuteAsync("INFO", "errorstats")).Text!.Contains("NOREPLICAS"), Patience);

        var drained = redis.Ask<DrainedCommands>(new DrainCommands(Patience), Patience);
        await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "0");

        Assert.Equal(0, (await drained).Unfinished);
        Assert.Equal(Outcome.Applied, await refused);
    }

    [Fact]
    public async Task A_timeout_while_the_server_refuses_says_so()
    {
        await Server.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        var redis = Redis("command-timeout = 300ms");
        await NextAsync<RedisReady>(WatchStates(redis));

        // When the timeout passes just while a probe is out, the command is Unknown.
        RedisOutcomeException error;
        var attempts = 0;
        do
        {
            error = await Assert.ThrowsAsync<RedisOutcomeException>(() => AskAsync(redis, "SET", "key", "value"));
        }
        while (error.Outcome == Outcome.Unknown && ++attempts < 5);

        Assert.Equal(Outcome.NotSent, error.Outcome);
        Assert.Contains("NOREPLICAS", error.Message);
        Assert.DoesNotContain("waited for a connection", error.Message);
    }
}
