using Akka.TestKit.Xunit2;

namespace RedisActors.TestKit.Tests;

/// <summary>Locks over the Redis in memory.</summary>
public sealed class LockTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly RedisLockOptions Short = new() { TimeToLive = TimeSpan.FromMilliseconds(600), PollInterval = TimeSpan.FromMilliseconds(20) };
    private readonly TestRedis _redis;

    public LockTests() => _redis = TestRedis.Start(Sys);

    [Fact]
    public async Task One_has_it_until_it_is_released_and_the_token_grows()
    {
        var held = await _redis.RedisActor.LockAsync("order:42");
        Assert.Null(await _redis.RedisActor.TryLockAsync("order:42"));
        await held.DisposeAsync();

        await using var next = await _redis.RedisActor.TryLockAsync("order:42");

        Assert.True(next?.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task It_is_renewed_and_lost_in_an_outage_that_is_too_long()
    {
        var options = Short with { TimeToLive = TimeSpan.FromSeconds(2) };
        await using var held = await _redis.RedisActor.LockAsync("order:42", options);
        await Task.Delay(options.TimeToLive * 1.5);
        Assert.True(held.IsHeld);

        await _redis.GoAwayAsync();
        Assert.True(held.Lost.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)));
        await _redis.ComeBackAsync();

        await using var next = await _redis.RedisActor.LockAsync("order:42", options);
        Assert.True(next.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task One_that_survives_data_loss_is_granted_after_its_time_to_live()
    {
        var guarded = Short with { SurvivesDataLoss = true };
        Assert.Null(await _redis.RedisActor.TryLockAsync("nightly", guarded));

        await using var held = await _redis.RedisActor.LockAsync("nightly", guarded);

        Assert.True(held.IsHeld);
        _redis.Execute("FLUSHALL");
        Assert.Null(await _redis.RedisActor.TryLockAsync("nightly", guarded));
    }

    [Fact]
    public async Task A_test_can_say_that_another_has_it()
    {
        _redis.OnCommand("EVAL", _ => RespValue.Array(RespValue.Integer(0), RespValue.Integer(1000), RespValue.BulkString("another")));

        Assert.Null(await _redis.RedisActor.TryLockAsync("order:42"));
    }
}
