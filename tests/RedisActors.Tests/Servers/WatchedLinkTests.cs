using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;

namespace RedisActors.Tests.Servers;

/// <summary>What ends a link that stands, and what does not.</summary>
[Collection(nameof(AllProcessors))]
public sealed class WatchedLinkTests : ServerSpec
{
    private const int Large = 20_000_000;
    private const int SlowLine = 4_000_000;

    /// <summary>Keeps the server busy for so many microseconds.</summary>
    private const string Busy = """
        local t = redis.call('TIME')
        local ends = t[1] * 1000000 + t[2] + ARGV[1]
        repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] >= ends
        return 1
        """;

    [Fact]
    public async Task An_idle_connection_leaves_a_server_that_has_become_a_replica_for_the_next_that_may_be_written_to()
    {
        await using var other = await RedisServer.StartAsync();
        var redis = Redis($"endpoints = [\"{Server.Endpoint}\", \"{other.Endpoint}\"]\nheartbeat.interval = 50ms");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        await Server.ReplicateAsync(other);

        Assert.Equal("the server has become a replica", (await NextAsync<RedisLost>(states)).Cause);
        await NextAsync<RedisReady>(states);
        await AskAsync(redis, "SET", "key", "value");
        Assert.Equal("value", (await other.ExecuteAsync("GET", "key")).Text);
    }

    [Fact]
    public async Task A_deep_pipeline_that_is_being_answered_is_not_taken_for_silence()
    {
        var redis = Redis("heartbeat { interval = 50ms, timeout = 400ms }");
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        // The server reads in pieces, and answers what it has read: padding makes one piece of each command.
        var padding = new string('x', 40_000);
        var replies = Enumerable.Range(0, 40).Select(_ => AskAsync(redis, "EVAL", Busy, 0, 50_000, padding)).ToArray();
        await Task.WhenAll(replies);

        Assert.Equal(first.Epoch, await EpochAsync(redis));
    }

    /// <summary>Twenty megabytes take five seconds at this rate, and the heartbeat's answer has to wait for them.</summary>
    [Fact]
    public async Task A_large_reply_on_a_slow_line_is_not_taken_for_silence()
    {
        (await Server.ExecuteAsync("SETRANGE", "large", $"{Large - 1}", "x")).OrThrow();
        await using var proxy = FaultProxy.Start(Server);
        proxy.Throttle(FaultDirection.ToClient, SlowLine);
        var redis = Redis(proxy.Endpoint, string.Empty);
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        var reply = await AskAsync(redis, "GET", "large");

        Assert.Equal(Large, reply.Value.AsRedisValue().Length());
        Assert.Equal(first.Epoch, await EpochAsync(redis));
    }

    [Fact]
    public async Task A_large_request_on_a_slow_line_is_not_taken_for_silence()
    {
        await using var proxy = FaultProxy.Start(Server);
        proxy.Throttle(FaultDirection.ToServer, SlowLine);
        var redis = Redis(proxy.Endpoint, string.Empty);
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        await AskAsync(redis, "SET", "large", new byte[Large]);

        Assert.Equal($"{Large}", (await Server.ExecuteAsync("STRLEN", "large")).Text);
        Assert.Equal(first.Epoch, await EpochAsync(redis));
    }

    [Fact]
    public async Task A_slow_line_that_stops_is_noticed_like_any_other()
    {
        await using var proxy = FaultProxy.Start(Server);
        proxy.Throttle(FaultDirection.ToServer, SlowLine);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 1s, timeout = 2s }");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        var write = OutcomeAsync(AskAsync(redis, "SET", "large", new byte[Large]));
        await Kit.AwaitConditionAsync(async () => (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).InFlight == 1, Patience);

        proxy.Stall();
        var stoppedAt = Stopwatch.GetTimestamp();
        await NextAsync<RedisLost>(states);

        Assert.InRange(Stopwatch.GetElapsedTime(stoppedAt), TimeSpan.FromSeconds(1.5), Patience);
        proxy.Throttle(FaultDirection.ToServer, 0);
        proxy.Pass();
        Assert.Equal(Outcome.Applied, await write);
    }

    [Fact]
    public async Task A_server_that_is_busy_with_one_long_command_is_waited_for_where_that_is_wished()
    {
        var redis = Redis("heartbeat { interval = 50ms, timeout = 100ms, busy-grace = 20s }");
        var states = WatchStates(redis);
        var first = await NextAsync<RedisReady>(states);

        await AskAsync(redis, "EVAL", Busy, 0, 1_000_000);

        Assert.Equal(first.Epoch, await EpochAsync(redis));
    }

    [Fact]
    public async Task The_grace_is_not_for_hosts_that_are_gone()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 50ms, timeout = 100ms, busy-grace = 1h }");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);

        Server.Suspend();
        await proxy.DisposeAsync();

        await NextAsync<RedisLost>(states);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_falls_silent_is_noticed_within_interval_and_timeout(bool underLoad)
    {
        var redis = Redis("heartbeat { interval = 1s, timeout = 2s }");
        var states = WatchStates(redis);
        await NextAsync<RedisReady>(states);
        using var stop = new CancellationTokenSource();
        var load = underLoad ? Task.Run(() => LoadAsync(redis, stop.Token)) : Task.CompletedTask;
        if (underLoad) await Kit.AwaitAssertAsync(async () => Assert.True(await NumberAsync() > 1000), Patience);

        Server.Suspend();
        var silentFrom = Stopwatch.GetTimestamp();
        await NextAsync<RedisLost>(states);

        // Half a second more for a machine that is busy with other things.
        Assert.InRange(Stopwatch.GetElapsedTime(silentFrom), TimeSpan.FromSeconds(1.5), Patience);
        await stop.CancelAsync();
        Server.Resume();
        await load;
    }

    private async Task<long> EpochAsync(IActorRef redis) =>
        (await redis.Ask<RedisStatus>(GetStatus.Instance, Patience)).State!.Epoch;

    private async Task<int> NumberAsync() =>
        int.TryParse((await Server.ExecuteAsync("GET", "number")).Text, out var number) ? number : 0;

    private async Task LoadAsync(IActorRef redis, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => OutcomeAsync(AskAsync(redis, "INCR", "number"))));
        }
    }
}
