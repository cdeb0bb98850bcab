using RedisActors.Backoff;
using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class ExponentialBackoffTests
{
    private static readonly ExponentialBackoff Defaults = new(Milliseconds(50), Milliseconds(1000), 2, 0.3);

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 100)]
    [InlineData(3, 200)]
    [InlineData(4, 400)]
    [InlineData(5, 800)]
    [InlineData(6, 1000)]
    [InlineData(7, 1000)]
    [InlineData(100, 1000)]
    [InlineData(1_000_000, 1000)]
    [InlineData(int.MaxValue, 1000)]
    public void Without_chance_the_wait_grows_from_min_by_the_multiplier_up_to_max(int attempt, int expected) =>
        Assert.Equal(Milliseconds(expected), Defaults.DelayBefore(attempt, 0));

    [Fact]
    public void Chance_shortens_a_wait_by_no_more_than_the_jitter()
    {
        Assert.Equal(70, Defaults.DelayBefore(2, 0.999_999_999).TotalMilliseconds, 0.01);
        Assert.Equal(85, Defaults.DelayBefore(2, 0.5).TotalMilliseconds, 0.01);
    }

    [Fact]
    public void A_multiplier_of_one_waits_the_same_before_each_attempt()
    {
        var steady = new ExponentialBackoff(Milliseconds(50), Milliseconds(1000), 1, 0);

        Assert.All(Enumerable.Range(1, 50), attempt => Assert.Equal(Milliseconds(50), steady.DelayBefore(attempt, 0.7)));
    }

    [Fact]
    public void Min_and_max_may_be_the_same()
    {
        var fixedWait = new ExponentialBackoff(Milliseconds(300), Milliseconds(300), 10, 0);

        Assert.Equal(Milliseconds(300), fixedWait.DelayBefore(1, 0));
        Assert.Equal(Milliseconds(300), fixedWait.DelayBefore(9, 0));
    }

    [Fact]
    public void There_is_no_attempt_before_the_first() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Defaults.DelayBefore(0, 0));

    [Fact]
    public void Whatever_the_settings_and_the_chance_no_wait_is_longer_than_max_or_shorter_than_its_jitter_allows()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var max = TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerDay));
            var min = TimeSpan.FromTicks(random.NextInt64(1, max.Ticks + 1));
            var jitter = seed % 10 == 0 ? 1 : random.NextDouble();
            var schedule = new ExponentialBackoff(min, max, 1 + random.NextDouble() * 999, jitter);
            for (var attempt = 1; attempt <= 40; attempt++)
            {
                var longest = schedule.DelayBefore(attempt, 0);
                var delay = schedule.DelayBefore(attempt, random.NextDouble());
                var about = $"seed {seed}, attempt {attempt}, {schedule}: {delay}";
                Assert.True(longest <= max, about);
                Assert.True(delay <= longest, about);
                Assert.True(delay >= longest * (1 - jitter) - Milliseconds(0.001), about);
                Assert.True(delay >= TimeSpan.Zero, about);
            }
        }
    }

    [Fact]
    public void Many_clients_that_lost_the_same_server_come_back_spread_over_the_jitter()
    {
        var random = new Random(1);

        var waits = Enumerable.Range(0, 1000).Select(_ => Defaults.DelayBefore(6, random.NextDouble()).TotalMilliseconds).ToArray();

        for (var from = 700; from < 1000; from += 50)
        {
            Assert.InRange(waits.Count(wait => wait >= from && wait < from + 50), 100, 250);
        }
    }

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
