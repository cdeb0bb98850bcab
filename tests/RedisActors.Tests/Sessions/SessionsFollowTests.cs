using Akka.Actor;
using RedisActors.Tests.CommandMetadata;

namespace RedisActors.Tests.Sessions;

/// <summary>Sessions are bounded, and follow what the RedisActor is told.</summary>
public sealed class SessionsFollowTests : SessionsSpec
{
    [Fact]
    public async Task A_hundred_senders_share_eight_sessions_and_each_is_answered()
    {
        var redis = Redis("sessions.max = 8");
        var replies = Enumerable.Range(0, 100).Select(_ => SendAsync(redis, "BLPOP list 0")).ToList();
        await BlockedAsync(8);
        var status = await redis.Ask<RedisStatus>(GetStatus.Instance, Patience);
        Assert.Equal((8, 92), (status.InFlight, status.Stashed));
        Assert.IsType<RedisReady>(status.State);

        for (var i = 0; i < 100; i++) await OnServerAsync($"RPUSH list {i}");

        var taken = (await Task.WhenAll(replies).WaitAsync(Patience)).Select(reply => reply.Value.AsArray()[1].AsInt64());
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), taken.Order());
        Assert.InRange(await SessionsAsync(), 1, 8);
    }

    [Fact]
    public async Task Who_gets_no_session_in_time_is_told_which_setting_says_so()
    {
        var redis = Redis("sessions.max = 1");
        var first = SendAsync(redis, "BLPOP list 0");
        await BlockedAsync(1);

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(
            () => redis.ExecuteAsync(Words.Command("BLPOP list 0") with { Timeout = TimeSpan.FromMilliseconds(200), State = 5 }));

        Assert.Equal((Outcome.NotSent, 5), (failure.Outcome, failure.State));
        Assert.Contains("no session was free in time", failure.Message);
        Assert.Contains("sessions.max is 1", failure.Message);
        await OnServerAsync("RPUSH list a");
        Assert.Equal("[list, a]", Text((await first).Value));
    }

    [Fact]
    public async Task A_session_that_nobody_uses_is_closed()
    {
        var redis = Redis("sessions.idle-timeout = 200ms");
        await SendAsync(redis, "BLPOP list 0.01");

        await EventuallyAsync(async () => await SessionsAsync() == 1);
        await EventuallyAsync(async () => await SessionsAsync() == 0);

        await OnServerAsync("RPUSH list a");
        Assert.Equal("[list, a]", Text((await SendAsync(redis, "BLPOP list 0")).Value));
    }

    [Fact]
    public async Task Whoever_asked_for_the_state_hears_nothing_of_sessions()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        var everything = Kit.CreateTestProbe();
        Kit.Sys.EventStream.Subscribe(everything.Ref, typeof(RedisConnectionEvent));
        await NextAsync<RedisReady>(states);
        await SendAsync(redis, "BLPOP list 0.01");
        await Server.KillClientsAsync();
        await NextAsync<RedisReady>(states);
        await SendAsync(redis, "BLPOP list 0.01");

        await foreach (var state in everything.ReceiveWhileAsync<RedisConnectionEvent>(_ => true, idle: TimeSpan.FromMilliseconds(200)))
        {
            Assert.Equal(1, state.Lane);
        }
    }

    [Fact]
    public async Task A_drain_ends_what_waits_as_NotSent()
    {
        var redis = Redis("sessions.max = 1");
        var blocked = OutcomeAsync(SendAsync(redis, "BLPOP list 0"));
        await BlockedAsync(1);
        var queued = OutcomeAsync(SendAsync(redis, "BLPOP list 0"));
        var looking = OutcomeAsync(redis.ExecuteAsync(Words.Command("BZPOPMIN zset 0") with { Delivery = DeliveryMode.ExactlyOnce }));

        var drained = await redis.Ask<DrainedCommands>(new DrainCommands(TimeSpan.FromSeconds(10)), Patience);

        Assert.Equal([Outcome.NotSent, Outcome.NotSent, Outcome.NotSent], await Task.WhenAll(blocked, queued, looking));
        Assert.Equal(0, drained.Unfinished);
        Assert.Equal(Outcome.NotSent, await OutcomeAsync(SendAsync(redis, "BLPOP list 0")));
    }

    [Fact]
    public async Task While_the_connection_is_paused_sessions_are_too()
    {
        var redis = Redis();
        var states = WatchStates(redis);
        var reply = SendAsync(redis, "BLPOP list 0");
        await BlockedAsync(1);

        redis.Tell(new PauseConnection("maintenance"));
        await NextAsync<RedisSuspended>(states);
        await EventuallyAsync(async () => await SessionsAsync() == 0);
        var other = SendAsync(redis, "BLPOP list 0");
        await OnServerAsync("RPUSH list a b");
        await Task.Delay(100);
        Assert.False(reply.IsCompleted || other.IsCompleted);

        redis.Tell(ResumeConnection.Instance);
        Assert.Equal(["a", "b"], (await Task.WhenAll(reply, other).WaitAsync(Patience)).Select(one => one.Value.AsArray()[1].AsString()).Order());
    }

    [Fact]
    public async Task A_forced_reconnect_takes_sessions_along_and_loses_nothing()
    {
        var redis = Redis();
        var reply = SendAsync(redis, "BLPOP list 0");
        await BlockedAsync(1);
        var before = await NamesAsync();

        redis.Tell(new ForceReconnect("a test"));
        await EventuallyAsync(async () => await NamesAsync() is var now && now != before && await BlockedAsync() == 1);
        await OnServerAsync("RPUSH list a");

        Assert.Equal("[list, a]", Text((await reply).Value));
    }

    [Fact]
    public async Task A_command_for_another_database_blocks_there()
    {
        var redis = Redis();
        var reply = redis.ExecuteAsync(Words.Command("BLPOP list 0") with { Database = 3 });
        var exactly = redis.ExecuteAsync(Words.Command("BLPOP other 0") with { Database = 4, Delivery = DeliveryMode.ExactlyOnce });
        await BlockedAsync(2);
        await OnServerAsync("RPUSH list wrong");
        await OnServerAsync("RPUSH other wrong");

        await redis.ExecuteAsync(Words.Command("RPUSH list right") with { Database = 3 });
        await redis.ExecuteAsync(Words.Command("RPUSH other right") with { Database = 4 });

        Assert.Equal("[list, right]", Text((await reply).Value));
        Assert.Equal("[other, right]", Text((await exactly).Value));
    }

    [Fact]
    public async Task A_RedisActor_that_stops_answers_what_waits()
    {
        var redis = Redis("sessions.max = 1");
        var blocked = OutcomeAsync(SendAsync(redis, "BLPOP list 0"));
        await BlockedAsync(1);
        var queued = OutcomeAsync(SendAsync(redis, "BLPOP list 0"));
        await redis.Ask<RedisStatus>(GetStatus.Instance, Patience);

        await redis.GracefulStop(Patience);

        Assert.Equal((Outcome.Unknown, Outcome.NotSent), (await blocked, await queued));
        Assert.Equal(Outcome.NotSent, await OutcomeAsync(SendAsync(redis, "BLPOP list 0")));
    }

    private async Task<int> SessionsAsync() => (await NamesAsync()).Split('\n').Count(line => line.Contains("-session-", StringComparison.Ordinal));

    private async Task<string> NamesAsync() => string.Join(
        '\n',
        (await OnServerAsync("CLIENT LIST")).Text.Split('\n')
            .Where(line => line.Contains("-session-", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ').Where(fact => fact.StartsWith("id=", StringComparison.Ordinal) || fact.StartsWith("name=", StringComparison.Ordinal)))));
}
