using RedisActors.Backoff;
using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class ReconnectPlanTests
{
    private static readonly TimeSpan LastsAfter = Seconds(1);
    private static readonly TimeSpan StableAfter = Seconds(10);

    [Fact]
    public void The_first_attempt_is_number_one() => Assert.Equal(1, Plan().Attempt);

    [Fact]
    public void Waits_begin_at_min_and_grow_while_no_attempt_succeeds()
    {
        var plan = Plan();

        var waits = Enumerable.Range(0, 7).Select(_ => plan.Ended(TimeSpan.Zero)!.Value.TotalMilliseconds);

        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], waits);
        Assert.Equal(8, plan.Attempt);
    }

    [Fact]
    public void After_a_stable_connection_waits_and_attempts_begin_anew()
    {
        var plan = Plan();
        for (var i = 0; i < 5; i++) plan.Ended(TimeSpan.Zero);

        plan.Ready(Seconds(1));

        Assert.Equal(TimeSpan.Zero, plan.Ended(Seconds(11)));
        Assert.Equal(1, plan.Attempt);
        Assert.Equal(Milliseconds(50), plan.Ended(Seconds(12)));
        Assert.Equal(2, plan.Attempt);
        Assert.Equal(Milliseconds(100), plan.Ended(Seconds(13)));
    }

    [Fact]
    public void A_connection_that_lasted_is_followed_by_an_attempt_at_once_and_resets_no_count_before_it_is_stable()
    {
        var plan = Plan();
        plan.Ended(Seconds(0));
        plan.Ended(Seconds(0));

        plan.Ready(Seconds(1));

        Assert.Equal(TimeSpan.Zero, plan.Ended(Seconds(10.9)));
        Assert.Equal(4, plan.Attempt);
    }

    [Fact]
    public void Connections_that_did_not_last_are_waited_for_longer_each_time()
    {
        var plan = Plan();

        plan.Ready(Seconds(1));
        Assert.Equal(Milliseconds(50), plan.Ended(Seconds(1.9)));
        plan.Ready(Seconds(2));
        Assert.Equal(Milliseconds(100), plan.Ended(Seconds(2.9)));
        Assert.Equal(Milliseconds(200), plan.Ended(Seconds(3)));
    }

    [Fact]
    public void Told_to_begin_anew_nothing_that_failed_counts()
    {
        var plan = Plan(new RestartBudget(1, Seconds(60)));
        plan.Ended(Seconds(0));
        Assert.Null(plan.Ended(Seconds(1)));

        plan.BeginAnew();

        Assert.Equal(1, plan.Attempt);
        Assert.Equal(Milliseconds(50), plan.Ended(Seconds(2)));
    }

    [Fact]
    public void A_server_that_takes_every_connection_and_drops_it_is_not_retried_hot()
    {
        var plan = Plan();
        var now = TimeSpan.Zero;
        var connections = 0;
        while (now < Seconds(60))
        {
            plan.Ready(now);
            connections++;
            now += Milliseconds(1);
            now += plan.Ended(now)!.Value;
        }

        // 5 in the first 1.6 s, then one a second.
        Assert.InRange(connections, 60, 65);
    }

    [Fact]
    public void An_attempt_that_fails_after_a_stable_connection_was_lost_does_not_count_that_connection_again()
    {
        var plan = Plan();
        plan.Ready(Seconds(0));
        plan.Ended(Seconds(100));

        plan.Ended(Seconds(200));
        plan.Ended(Seconds(300));

        Assert.Equal(3, plan.Attempt);
    }

    [Fact]
    public void A_spent_budget_ends_the_attempts()
    {
        var plan = Plan(new RestartBudget(2, Seconds(60)));

        Assert.NotNull(plan.Ended(Seconds(0)));
        Assert.NotNull(plan.Ended(Seconds(1)));
        Assert.Null(plan.Ended(Seconds(2)));
    }

    [Fact]
    public void A_stable_connection_does_not_refill_the_budget()
    {
        var plan = Plan(new RestartBudget(1, Seconds(3600)));
        plan.Ended(Seconds(0));

        plan.Ready(Seconds(1));

        Assert.Null(plan.Ended(Seconds(100)));
    }

    [Fact]
    public void No_wait_is_longer_than_max_whatever_happens()
    {
        var max = Milliseconds(1000);
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var plan = new ReconnectPlan(
                new ExponentialBackoff(Milliseconds(50), max, 1 + random.NextDouble() * 5, random.NextDouble()),
                new RestartBudget(null, Seconds(1)), LastsAfter, StableAfter, random);
            var now = TimeSpan.Zero;
            for (var step = 0; step < 100; step++)
            {
                now += Seconds(random.NextDouble() * 20);
                if (random.Next(2) == 0) plan.Ready(now);
                now += Seconds(random.NextDouble() * 20);
                Assert.True(plan.Ended(now) is { } wait && wait >= TimeSpan.Zero && wait <= max, $"seed {seed}, step {step}");
            }
        }
    }

    private static ReconnectPlan Plan(RestartBudget? budget = null) => new(
        new ExponentialBackoff(Milliseconds(50), Milliseconds(1000), 2, 0),
        budget ?? new RestartBudget(null, Seconds(60)), LastsAfter, StableAfter, new Random(1));

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
