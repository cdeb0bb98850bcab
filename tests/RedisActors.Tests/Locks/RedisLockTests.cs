using System.Diagnostics;
using Akka.Actor;
using RedisActors.Testing;
using RedisActors.Tests.Servers;

namespace RedisActors.Tests.Locks;

/// <summary>A lock on a real server.</summary>
public sealed class RedisLockTests : ServerSpec
{
    private const string Key = "redisactors:lock:order:42";

    private static readonly RedisLockOptions Short = new()
    {
        TimeToLive = TimeSpan.FromMilliseconds(900), PollInterval = TimeSpan.FromMilliseconds(50),
    };

    [Fact]
    public async Task One_that_is_free_takes_one_round_trip()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 30s, timeout = 30s }");
        await redis.ExecuteAsync("PING");
        var delay = TimeSpan.FromSeconds(1);
        proxy.Delay(FaultDirection.ToClient, delay);

        var since = Stopwatch.StartNew();
        await using var held = await redis.LockAsync("order:42");

        Assert.InRange(since.Elapsed, delay * 0.9, delay * 1.9);
        proxy.Delay(FaultDirection.ToClient, TimeSpan.Zero);
    }

    [Fact]
    public async Task Its_holder_has_it_until_it_is_disposed_of()
    {
        var redis = Redis();
        var held = await redis.LockAsync("order:42");

        Assert.True(held.IsHeld);
        Assert.False(held.Lost.IsCancellationRequested);
        Assert.Null(await redis.TryLockAsync("order:42"));

        await held.DisposeAsync();

        Assert.False(held.IsHeld);
        Assert.Throws<RedisLockLostException>(held.ThrowIfLost);
        await using var next = await redis.TryLockAsync("order:42");
        Assert.NotNull(next);
        Assert.True(next.FencingToken > held.FencingToken);
        next.ThrowIfLost();
    }

    [Fact]
    public async Task Locks_of_other_names_are_free()
    {
        var redis = Redis();
        await using var one = await redis.LockAsync("order:1");
        await using var other = await redis.TryLockAsync("order:2");

        Assert.NotNull(other);
    }

    [Fact]
    public async Task One_who_waits_gets_it_within_the_poll_interval_of_its_release()
    {
        var redis = Redis();
        var options = new RedisLockOptions { PollInterval = TimeSpan.FromMilliseconds(200) };
        var held = await redis.LockAsync("order:42", options);
        var waiting = redis.LockAsync("order:42", options);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);

        await held.DisposeAsync();
        var since = Stopwatch.StartNew();
        await using var next = await waiting;

        // A busy machine takes its time, too.
        Assert.True(since.Elapsed < TimeSpan.FromMilliseconds(600), $"after {since.Elapsed}");
    }

    [Fact]
    public async Task It_is_renewed_for_as_long_as_it_is_held()
    {
        var redis = Redis();
        var options = Short with { TimeToLive = TimeSpan.FromSeconds(2) };
        await using var held = await redis.LockAsync("order:42", options);
        var token = held.FencingToken;

        var end = Stopwatch.StartNew();
        while (end.Elapsed < options.TimeToLive * 2)
        {
            Assert.True(held.IsHeld);
            Assert.Null(await redis.TryLockAsync("order:42", options));
            await Task.Delay(50);
        }

        Assert.Equal(token, held.FencingToken);
        Assert.False(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_holder_that_has_died_keeps_it_for_its_time_to_live_and_the_token_grows()
    {
        var redis = Redis();
        await using var proxy = FaultProxy.Start(Server);
        await using var other = new OtherSystem(proxy.Endpoint);
        var held = await other.Redis.LockAsync("order:42", Short);

        proxy.Blackhole();
        var since = Stopwatch.StartNew();
        var lostAt = TimeSpan.MaxValue;
        held.Lost.Register(() => lostAt = since.Elapsed);
        await using var next = await redis.LockAsync("order:42", Short);
        var takenAt = since.Elapsed;

        Assert.False(held.IsHeld);
        Assert.True(held.Lost.IsCancellationRequested);
        Assert.True(lostAt < takenAt, $"told after {lostAt}, taken by another after {takenAt}");
        Assert.True(next.FencingToken > held.FencingToken);
        Assert.Contains("could not be renewed in time", Assert.Throws<RedisLockLostException>(held.ThrowIfLost).Message);
    }

    [Fact]
    public async Task An_outage_is_waited_through_and_the_lock_is_held_on_if_it_was_short()
    {
        var redis = Redis();
        var long30 = Short with { TimeToLive = TimeSpan.FromSeconds(6) };
        await using var held = await redis.LockAsync("order:42", long30);
        var token = held.FencingToken;

        Server.Kill();
        var waiting = redis.LockAsync("order:43", long30);
        await Server.StartAgainAsync();

        await using var other = await waiting.WaitAsync(Patience);
        Assert.True(other.IsHeld);
        await Task.Delay(long30.TimeToLive + TimeSpan.FromSeconds(1));
        Assert.True(held.IsHeld);
        Assert.Null(await redis.TryLockAsync("order:42", long30));
        Assert.Equal(token, held.FencingToken);
    }

    [Fact]
    public async Task One_whose_reply_is_lost_is_asked_for_again_and_has_its_one_token()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, string.Empty);
        await redis.ExecuteAsync("PING");

        proxy.LoseReplyTo(Key);
        await using var held = await redis.LockAsync("order:42").WaitAsync(Patience);

        Assert.True(held.IsHeld);
        Assert.Equal(held.FencingToken.ToString(), (await Server.ExecuteAsync("HGET", Key, "token")).Text);
    }

    [Fact]
    public async Task A_grant_that_took_longer_than_it_lasts_is_asked_for_again()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 10s, timeout = 10s }");
        await redis.ExecuteAsync("PING");

        proxy.Stall();
        var taking = redis.LockAsync("order:42", Short);
        await Task.Delay(Short.TimeToLive + TimeSpan.FromMilliseconds(200));
        proxy.Pass();
        await using var held = await taking.WaitAsync(Patience);

        Assert.True(held.IsHeld);
        Assert.Equal(held.FencingToken.ToString(), (await Server.ExecuteAsync("HGET", Key, "token")).Text);
    }

    [Fact]
    public async Task One_who_no_longer_waits_leaves_nothing_behind()
    {
        var redis = Redis();
        var held = await redis.LockAsync("order:42");
        using var patience = new CancellationTokenSource(250);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => redis.LockAsync("order:42", cancellation: patience.Token));
        await held.DisposeAsync();

        await using var next = await redis.TryLockAsync("order:42");
        Assert.NotNull(next);
    }

    [Fact]
    public async Task One_that_is_granted_to_somebody_who_no_longer_waits_is_released()
    {
        await using var proxy = FaultProxy.Start(Server);
        var redis = Redis(proxy.Endpoint, "heartbeat { interval = 10s, timeout = 10s }");
        await redis.ExecuteAsync("PING");
        using var patience = new CancellationTokenSource();

        proxy.Delay(FaultDirection.ToClient, TimeSpan.FromMilliseconds(500));
        var taking = redis.LockAsync("order:42", cancellation: patience.Token);
        await Eventually.HoldsAsync(async () => (await Server.ExecuteAsync("HGET", Key, "holder")).Text?.Length > 0);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
        await Eventually.HoldsAsync(async () => (await Server.ExecuteAsync("HEXISTS", Key, "holder")).AsInt64() == 0);
    }

    [Fact]
    public async Task A_server_that_was_emptied_takes_it_from_its_holder_who_is_told()
    {
        var redis = Redis();
        await using var held = await redis.LockAsync("order:42", Short);
        await Server.ExecuteAsync("FLUSHALL");

        await using var next = await redis.LockAsync("order:42", Short);

        Assert.True(next.FencingToken > held.FencingToken);
        await Eventually.HoldsAsync("the former holder is told", () => held.Lost.IsCancellationRequested);
        Assert.False(held.IsHeld);
        Assert.Contains("no longer knows it", Assert.Throws<RedisLockLostException>(held.ThrowIfLost).Message);
    }

    [Fact]
    public async Task One_that_survives_data_loss_is_granted_to_nobody_while_a_forgotten_holder_may_rely_on_it()
    {
        var redis = Redis();
        var guarded = Short with { SurvivesDataLoss = true };
        Assert.Null(await redis.TryLockAsync("order:42", guarded));
        await using var held = await redis.LockAsync("order:42", guarded);
        await Server.ExecuteAsync("FLUSHALL");

        await using var next = await redis.LockAsync("order:42", guarded);

        Assert.False(held.IsHeld);
        Assert.True(next.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task The_token_grows_when_the_key_was_forgotten()
    {
        var redis = Redis();
        var held = await redis.LockAsync("order:42");
        await held.DisposeAsync();
        Assert.InRange((await Server.ExecuteAsync("PTTL", Key)).AsInt64(), 1, 120_000);
        await Server.ExecuteAsync("DEL", Key);

        await using var next = await redis.LockAsync("order:42");

        Assert.True(next.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task Refused_by_the_server_it_says_so_at_once()
    {
        var redis = Redis();
        await redis.ExecuteAsync("SET", Key, "a text");

        var error = await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.LockAsync("order:42"));

        Assert.Equal(Outcome.Rejected, error.Outcome);
    }

    [Theory]
    [InlineData(50, 100, 0.1, "TimeToLive")]
    [InlineData(1000, 0, 0.1, "PollInterval")]
    [InlineData(1000, 100, 0.7, "SafetyMargin")]
    public async Task Options_out_of_bounds_are_named(int timeToLive, int poll, double margin, string name)
    {
        var options = new RedisLockOptions
        {
            TimeToLive = TimeSpan.FromMilliseconds(timeToLive), PollInterval = TimeSpan.FromMilliseconds(poll), SafetyMargin = margin,
        };

        var error = await Assert.ThrowsAsync<ArgumentException>(() => Redis().LockAsync("order:42", options));

        Assert.StartsWith(name, error.Message);
    }
}
