using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class RestartBudgetTests
{
    [Fact]
    public void Without_a_limit_there_is_always_another_restart()
    {
        var budget = new RestartBudget(null, Seconds(1));

        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(budget.TrySpend(TimeSpan.Zero)));
    }

    [Fact]
    public void A_limit_of_zero_allows_no_restart_at_all()
    {
        var budget = new RestartBudget(0, Seconds(1));

        Assert.False(budget.TrySpend(TimeSpan.Zero));
        Assert.False(budget.TrySpend(Seconds(1000)));
    }

    [Fact]
    public void The_limit_holds_within_the_stretch_of_time()
    {
        var budget = new RestartBudget(3, Seconds(60));

        Assert.True(budget.TrySpend(Seconds(0)));
        Assert.True(budget.TrySpend(Seconds(20)));
        Assert.True(budget.TrySpend(Seconds(40)));
        Assert.False(budget.TrySpend(Seconds(59.9)));
    }

    [Fact]
    public void What_was_spent_comes_back_one_by_one_as_it_grows_old()
    {
        var budget = new RestartBudget(2, Seconds(60));
        budget.TrySpend(Seconds(0));
        budget.TrySpend(Seconds(30));

        Assert.True(budget.TrySpend(Seconds(60)));
        Assert.False(budget.TrySpend(Seconds(89)));
        Assert.True(budget.TrySpend(Seconds(90)));
    }

    [Fact]
    public void A_refused_restart_is_not_counted()
    {
        var budget = new RestartBudget(1, Seconds(10));
        budget.TrySpend(Seconds(0));

        for (var second = 1; second < 10; second++) Assert.False(budget.TrySpend(Seconds(second)));

        Assert.True(budget.TrySpend(Seconds(10)));
    }

    [Fact]
    public void In_no_stretch_of_time_are_there_more_restarts_than_allowed()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var limit = random.Next(1, 6);
            var within = Seconds(random.Next(1, 30));
            var budget = new RestartBudget(limit, within);
            var spent = new List<TimeSpan>();
            var now = TimeSpan.Zero;
            for (var step = 0; step < 200; step++)
            {
                now += Seconds(random.NextDouble() * 5);
                var allowed = budget.TrySpend(now);
                Assert.True(
                    allowed == (spent.Count(time => now - time < within) < limit), $"seed {seed}, step {step}: allowed is {allowed}");
                if (allowed) spent.Add(now);
            }
        }
    }

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);
}
