using Akka.TestKit;

namespace RedisActors.TestKit.Tests;

/// <summary>Nothing happens until the test moves the time.</summary>
public sealed class VirtualTimeTests() : Akka.TestKit.Xunit2.TestKit(
    """akka.scheduler.implementation = "RedisActors.TestKit.VirtualTimeScheduler, RedisActors.TestKit" """)
{
    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_key_expires_by_the_virtual_clock()
    {
        var redis = TestRedis.Start(Sys);
        await redis.RedisActor.ExecuteAsync("SET", "session", "Ada", "EX", 60);
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, redis.Execute("TTL", "session").AsInt64());

        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.True((await redis.RedisActor.ExecuteAsync("GET", "session")).IsNull);
    }

    [Fact]
    public async Task A_stashed_command_times_out_by_the_virtual_clock()
    {
        var redis = TestRedis.Start(Sys);
        await redis.GoAwayAsync();
        var reply = redis.RedisActor.ExecuteAsync(new RedisCommand("INCR", "visits") { Timeout = TimeSpan.FromMinutes(5) });
        await redis.AwaitStashedAsync(1);
        Time.Advance(TimeSpan.FromMinutes(4));
        await redis.AwaitStashedAsync(1);

        Time.Advance(TimeSpan.FromMinutes(2));

        var failure = await Assert.ThrowsAsync<RedisOutcomeException>(() => reply.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(Outcome.NotSent, failure.Outcome);
    }

    [Fact]
    public async Task Coming_back_moves_the_time_as_far_as_the_reconnect_needs()
    {
        var redis = TestRedis.Start(Sys);
        await redis.AwaitReadyAsync();
        await redis.GoAwayAsync();
        var reply = redis.RedisActor.ExecuteAsync("INCR", "visits");
        await redis.AwaitStashedAsync(1);
        var before = Time.Now;

        await redis.ComeBackAsync();

        Assert.Equal(1, (await reply).AsInt64());
        Assert.InRange(Time.Now - before, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
