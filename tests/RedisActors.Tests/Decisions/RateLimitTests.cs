using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class RateLimitTests
{
    [Fact]
    public void Without_a_limit_there_is_always_another_one()
    {
        var limit = new RateLimit(null, Seconds(1));

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(TryTake(ref limit, 0)));
    }

    [Fact]
    public void A_limit_of_zero_allows_nothing_at_all()
    {
        var limit = new RateLimit(0, Seconds(1));

        Assert.Null(limit.Take(TimeSpan.Zero));
        Assert.Null(limit.Take(Seconds(1000)));
    }

    [Fact]
    public void The_limit_holds_within_the_window()
    {
        var limit = new RateLimit(3, Seconds(60));

        Assert.True(TryTake(ref limit, 0));
        Assert.True(TryTake(ref limit, 20));
        Assert.True(TryTake(ref limit, 40));
        Assert.False(TryTake(ref limit, 59.9));
    }

    [Fact]
    public void What_was_taken_comes_back_one_by_one_as_it_leaves_the_window()
    {
        var limit = new RateLimit(2, Seconds(60));
        TryTake(ref limit, 0);
        TryTake(ref limit, 30);

        Assert.True(TryTake(ref limit, 60));
        Assert.False(TryTake(ref limit, 89));
        Assert.True(TryTake(ref limit, 90));
    }

    [Fact]
    public void What_was_refused_is_not_counted()
    {
        var limit = new RateLimit(1, Seconds(10));
        TryTake(ref limit, 0);

        for (var second = 1; second < 10; second++) Assert.False(TryTake(ref limit, second));

        Assert.True(TryTake(ref limit, 10));
    }

    [Fact]
    public void Taking_changes_nothing_in_the_value_that_was_there_before()
    {
        var before = new RateLimit(1, Seconds(10));

        Assert.Null(before.Take(Seconds(0))!.Take(Seconds(1)));
        Assert.NotNull(before.Take(Seconds(2)));
    }

    [Fact]
    public void In_no_window_is_there_more_than_the_limit()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var max = random.Next(1, 6);
            var window = random.Next(1, 30);
            var limit = new RateLimit(max, Seconds(window));
            var taken = new List<double>();
            var now = 0.0;
            for (var step = 0; step < 200; step++)
            {
                now += random.NextDouble() * 5;
                var allowed = TryTake(ref limit, now);
                Assert.True(
                    allowed == (taken.Count(time => Seconds(now) - Seconds(time) < Seconds(window)) < max),
                    $"seed {seed}, step {step}: allowed is {allowed}");
                if (allowed) taken.Add(now);
            }
        }
    }

    private static bool TryTake(ref RateLimit limit, double seconds)
    {
        if (limit.Take(Seconds(seconds)) is not { } rest) return false;
        limit = rest;
        return true;
    }

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);
}
