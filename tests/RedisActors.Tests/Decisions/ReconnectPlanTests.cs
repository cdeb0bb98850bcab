using RedisActors.Backoff;
using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class ReconnectPlanTests
{
    private static readonly TimeSpan LastsAfter = Seconds(1);
    private static readonly TimeSpan ResetAfter = Seconds(10);

    private ReconnectPlan _plan = Plan();
    private AttemptHistory _history;

    public ReconnectPlanTests() => _history = _plan.Begin();

    [Fact]
    public void The_first_attempt_is_number_one() => Assert.Equal(1, _history.Attempt);

    [Fact]
    public void Waits_begin_at_min_and_grow_while_no_attempt_succeeds()
    {
        var waits = Enumerable.Range(0, 7).Select(_ => Fail()!.Value.TotalMilliseconds).ToArray();

        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], waits);
        Assert.Equal(8, _history.Attempt);
    }

    [Fact]
    public void After_a_stable_connection_waits_and_attempts_begin_anew()
    {
        for (var i = 0; i < 5; i++) Fail();

        Assert.Equal(TimeSpan.Zero, Lose(lasted: 10));
        Assert.Equal(1, _history.Attempt);
        Assert.Equal(Milliseconds(50), Fail());
        Assert.Equal(2, _history.Attempt);
        Assert.Equal(Milliseconds(100), Fail());
    }

    [Fact]
    public void A_connection_that_lasted_is_followed_by_an_attempt_at_once_and_resets_no_count_before_it_is_stable()
    {
        Fail();
        Fail();

        Assert.Equal(TimeSpan.Zero, Lose(lasted: 9.9));
        Assert.Equal(4, _history.Attempt);
    }

    [Fact]
    public void Connections_that_did_not_last_are_waited_for_longer_each_time()
    {
        Assert.Equal(Milliseconds(50), Lose(lasted: 0.9));
        Assert.Equal(Milliseconds(100), Lose(lasted: 0.9));
        Assert.Equal(Milliseconds(200), Lose(lasted: 0.1));
    }

    [Fact]
    public void A_plan_that_begins_anew_counts_nothing_that_failed()
    {
        Limit(1);
        Fail();
        Assert.Null(Fail());

        _history = _plan.Begin();

        Assert.Equal(1, _history.Attempt);
        Assert.Equal(Milliseconds(50), Fail());
    }

    [Fact]
    public void A_server_that_accepts_every_connection_and_drops_it_is_not_retried_in_a_hot_loop()
    {
        var now = TimeSpan.Zero;
        var connections = 0;
        while (now < Seconds(60))
        {
            connections++;
            now += Milliseconds(1);
            now += Lose(lasted: 0.001, now.TotalSeconds)!.Value;
        }

        // 5 in the first 1.6 s, then one a second.
        Assert.InRange(connections, 60, 65);
    }

    [Fact]
    public void An_attempt_that_fails_after_a_stable_connection_was_lost_does_not_count_that_connection_again()
    {
        Lose(lasted: 100);

        Fail();
        Fail();

        Assert.Equal(3, _history.Attempt);
    }

    [Fact]
    public void A_spent_budget_ends_the_attempts()
    {
        Limit(2);

        Assert.NotNull(Fail(at: 0));
        Assert.NotNull(Fail(at: 1));
        Assert.Null(Fail(at: 2));
    }

    [Fact]
    public void A_stable_connection_does_not_refill_the_budget()
    {
        Limit(1);
        Fail(at: 0);

        Assert.Null(Lose(lasted: 50, at: 59));
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
                new RateLimit(null, Seconds(1)), LastsAfter, ResetAfter);
            var history = plan.Begin();
            for (var step = 0; step < 100; step++)
            {
                var wait = random.Next(2) == 0
                    ? TakeFrom(plan.AfterFailure(history, Seconds(step), random.NextDouble()))
                    : TakeFrom(plan.AfterLoss(history, Seconds(random.NextDouble() * 20), Seconds(step), random.NextDouble()));
                Assert.True(wait >= TimeSpan.Zero && wait <= max, $"seed {seed}, step {step}");
            }

            TimeSpan? TakeFrom((AttemptHistory History, TimeSpan? Wait) next)
            {
                history = next.History;
                return next.Wait;
            }
        }
    }

    private TimeSpan? Fail(double at = 0) => TakeFrom(_plan.AfterFailure(_history, Seconds(at), chance: 0));

    private TimeSpan? Lose(double lasted, double at = 0) => TakeFrom(_plan.AfterLoss(_history, Seconds(lasted), Seconds(at), chance: 0));

    private TimeSpan? TakeFrom((AttemptHistory History, TimeSpan? Wait) next)
    {
        _history = next.History;
        return next.Wait;
    }

    private void Limit(int restarts)
    {
        _plan = Plan(new RateLimit(restarts, Seconds(60)));
        _history = _plan.Begin();
    }

    private static ReconnectPlan Plan(RateLimit? budget = null) => new(
        new ExponentialBackoff(Milliseconds(50), Milliseconds(1000), 2, 0), budget ?? new RateLimit(null, Seconds(60)), LastsAfter, ResetAfter);

    private static TimeSpan Seconds(double value) => TimeSpan.FromSeconds(value);

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
