using RedisActors.Backoff;
using RedisActors.Supervision;

namespace RedisActors.Tests.Decisions;

public sealed class BackoffStrategiesTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(220);

    [Fact]
    public void Linear_waits_grow_by_the_same_amount_up_to_the_maximum() =>
        Assert.Equal([50, 100, 150, 200, 220, 220], Waits(new LinearBackoff(Min, Max, Jitter: 0), 6));

    [Fact]
    public void Constant_waits_stay_the_same() => Assert.Equal([50, 50, 50], Waits(new ConstantBackoff(Min, Jitter: 0), 3));

    [Fact]
    public void Decorrelated_waits_lie_between_the_minimum_and_a_multiple_of_the_one_before()
    {
        var strategy = new DecorrelatedJitterBackoff(Min, TimeSpan.FromHours(1), Multiplier: 3);
        var random = new Random(5);
        var previous = TimeSpan.Zero;
        for (var attempt = 1; attempt < 1000; attempt++)
        {
            var wait = strategy.DelayBefore(attempt, previous, random.NextDouble());
            Assert.InRange(wait, Min, TimeSpan.FromMilliseconds(Math.Max(50, previous.TotalMilliseconds * 3)));
            previous = wait;
        }
    }

    [Theory]
    [InlineData("exponential")]
    [InlineData("linear")]
    [InlineData("constant")]
    [InlineData("decorrelated-jitter")]
    public void No_strategy_of_the_settings_waits_longer_than_max_or_loops_hot(string name)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var settings = Hocon.Settings($$"""
                backoff {
                  strategy = {{name}}, min = {{random.Next(1, 100)}}ms, max = {{random.Next(100, 10000)}}ms
                  multiplier = {{1 + random.Next(9)}}, jitter = {{(seed % 2 == 0 ? "1" : "0.5")}}
                }
                """).Supervision.Backoff;
            var strategy = settings.CreateStrategy();
            var previous = TimeSpan.Zero;
            for (var attempt = 1; attempt < 50; attempt++)
            {
                var chance = attempt % 3 == 0 ? 0.999999 : random.NextDouble();
                previous = strategy.DelayBefore(attempt, previous, chance);
                Assert.InRange(previous, TimeSpan.FromMilliseconds(10), settings.Max);
            }
        }
    }

    [Fact]
    public void A_strategy_of_the_users_is_made_from_its_name_one_for_each_supervisor()
    {
        var settings = Hocon.Settings($"backoff.strategy = \"{typeof(Odd).AssemblyQualifiedName}\"").Supervision.Backoff;

        var first = settings.CreateStrategy();

        Assert.Equal(TimeSpan.FromMilliseconds(101), first.DelayBefore(1, TimeSpan.Zero, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(102), first.DelayBefore(1, TimeSpan.Zero, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(101), settings.CreateStrategy().DelayBefore(1, TimeSpan.Zero, 0));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(-5000, 10)]
    [InlineData(60_000, 1000)]
    public void A_strategy_of_the_users_is_held_to_its_bounds(int milliseconds, int held)
    {
        var bounded = new BoundedBackoff(new ConstantBackoff(TimeSpan.FromMilliseconds(milliseconds), 0), TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromMilliseconds(held), bounded.DelayBefore(1, TimeSpan.Zero, 0));
    }

    [Fact]
    public void Where_a_strategy_of_the_users_throws_the_wait_is_the_longest()
    {
        var bounded = new BoundedBackoff(new Throwing(), Max);

        Assert.Equal(Max, bounded.DelayBefore(1, TimeSpan.Zero, 0));
    }

    [Theory]
    [InlineData("backoff.strategy", typeof(Unmakable))]
    [InlineData("credentials-provider", typeof(Unmakable))]
    public void A_class_of_the_users_that_cannot_be_made_is_reported_with_the_reason(string setting, Type type)
    {
        var problem = Assert.Single(Hocon.Problems($"{setting} = \"{type.AssemblyQualifiedName}\""));

        Assert.StartsWith($"redis-actors.default.{setting}: ", problem);
        Assert.Contains(type.FullName!, problem);
        Assert.Contains("the vault is sealed", problem);
    }

    [Fact]
    public void A_strategy_that_cannot_be_made_any_more_waits_as_long_as_may_be()
    {
        var settings = Hocon.Settings($"backoff {{ max = 7s, strategy = \"{typeof(MadeOnce).AssemblyQualifiedName}\" }}").Supervision.Backoff;

        Assert.Equal(TimeSpan.FromSeconds(7), settings.CreateStrategy().DelayBefore(1, TimeSpan.Zero, 0.5));
    }

    [Fact]
    public void A_strategy_that_is_none_is_refused_with_what_would_be_valid()
    {
        foreach (var name in new[] { "exponentail", "System.String", typeof(Abstract).AssemblyQualifiedName! })
        {
            var problem = Assert.Single(Hocon.Problems($"backoff.strategy = \"{name}\""));
            Assert.Contains("redis-actors.default.backoff.strategy", problem);
            Assert.Contains(name, problem);
            Assert.Contains("exponential, linear, constant, decorrelated-jitter, or", problem);
            Assert.Contains("RedisActors.IBackoffStrategy", problem);
        }
    }

    private static double[] Waits(IBackoffStrategy strategy, int count) =>
        [.. Enumerable.Range(1, count).Select(attempt => strategy.DelayBefore(attempt, TimeSpan.Zero, 0.5).TotalMilliseconds)];

    public sealed class Odd : IBackoffStrategy
    {
        private int _calls;

        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => TimeSpan.FromMilliseconds(100 + ++_calls);
    }

    public abstract class Abstract : IBackoffStrategy
    {
        public abstract TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance);
    }

    public sealed class Unmakable : IBackoffStrategy, IRedisCredentialsProvider
    {
        public Unmakable() => throw new InvalidOperationException("the vault is sealed");

        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => TimeSpan.Zero;

        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) => default;
    }

    /// <summary>The check of the settings makes the first; there is never a second.</summary>
    public sealed class MadeOnce : IBackoffStrategy
    {
        private static int _made;

        public MadeOnce()
        {
            if (Interlocked.Increment(ref _made) > 1) throw new InvalidOperationException("only one");
        }

        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => TimeSpan.FromMilliseconds(20);
    }

    private sealed class Throwing : IBackoffStrategy
    {
        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) => throw new InvalidOperationException();
    }
}
