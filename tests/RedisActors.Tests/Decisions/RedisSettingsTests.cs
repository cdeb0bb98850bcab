using Akka.Configuration;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Decisions;

public sealed class RedisSettingsTests
{
    [Fact]
    public void The_defaults_are_those_of_reference_conf()
    {
        var settings = Hocon.Settings();

        Assert.Equal("default", settings.Name);
        Assert.Equal("localhost:6379", settings.Link.Target);
        Assert.Equal(0, settings.Link.Database);
        Assert.Null(settings.Link.Credentials.Password);
        Assert.Equal("redis-actors-default", settings.Link.ClientName);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.Link.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.Commands.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(750), settings.Link.Heartbeat.Interval);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Link.Heartbeat.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(50), settings.Supervision.Backoff.Min);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.Supervision.Backoff.Max);
        Assert.Equal(2, settings.Supervision.Backoff.Multiplier);
        Assert.Equal(0.3, settings.Supervision.Backoff.Jitter);
        Assert.Null(settings.Supervision.Restart.Max);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Supervision.Restart.Within);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Supervision.Restart.ResetAfter);
        Assert.Equal(DeliveryMode.WhenSafe, settings.Commands.Delivery);
        Assert.Equal(ReplayLimit.LastWins, settings.Commands.WhenSafeLimit);
        Assert.Equal(TimeSpan.FromMinutes(10), settings.Commands.TokensKeptFor);
        Assert.Equal((1_000_000, 512L << 20), (settings.Commands.Stash.MaxCount, settings.Commands.Stash.MaxBytes));
        Assert.Equal(WhenStashFull.RejectNew, settings.Commands.Stash.WhenFull);
        Assert.Equal((64, 65536), (settings.Commands.Replay.InitialWindow, settings.Commands.Replay.MaxWindow));
        Assert.Equal(TimeSpan.FromMilliseconds(10), settings.Commands.Retry.Min);
        Assert.Equal(TimeSpan.FromMilliseconds(200), settings.Commands.Retry.Max);
    }

    [Fact]
    public void What_a_user_writes_goes_before_the_defaults()
    {
        var settings = Hocon.Settings("""
            endpoint = "[::1]:7000", database = 3, password = "p$w\\\"", client-name = mine
            connect-timeout = 500ms, command-timeout = 2 minutes
            heartbeat { interval = 250ms, timeout = 1.5s }
            backoff { min = 10ms, max = 2s, multiplier = 1.5, jitter = 0 }
            restart { max-restarts = 5, within = 1h, reset-after = 0s }
            delivery = exactly-once, when-safe.limit = read-only, exactly-once.keep = 2h
            stash { max-count = 0, max-bytes = 3MiB, when-full = drop-oldest }
            replay { initial-window = 2, max-window = 3 }
            retry { min = 1ms, max = 2ms }
            """);

        Assert.Equal(new RedisEndpoint("::1", 7000), Assert.Single(settings.Link.Endpoints));
        Assert.Equal(3, settings.Link.Database);
        Assert.Equal("p$w\\\"", settings.Link.Credentials.Password);
        Assert.Equal("mine", settings.Link.ClientName);
        Assert.Equal(TimeSpan.FromMilliseconds(500), settings.Link.ConnectTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), settings.Commands.Timeout);
        Assert.Equal(TimeSpan.FromMilliseconds(250), settings.Link.Heartbeat.Interval);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), settings.Link.Heartbeat.Timeout);
        Assert.Equal(
            (TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(2), 1.5, 0d),
            (settings.Supervision.Backoff.Min, settings.Supervision.Backoff.Max, settings.Supervision.Backoff.Multiplier, settings.Supervision.Backoff.Jitter));
        Assert.Equal(5, settings.Supervision.Restart.Max);
        Assert.Equal(TimeSpan.FromHours(1), settings.Supervision.Restart.Within);
        Assert.Equal(TimeSpan.Zero, settings.Supervision.Restart.ResetAfter);
        Assert.Equal(
            (DeliveryMode.ExactlyOnce, ReplayLimit.ReadOnly, TimeSpan.FromHours(2)),
            (settings.Commands.Delivery, settings.Commands.WhenSafeLimit, settings.Commands.TokensKeptFor));
        Assert.Equal(
            (0, 3L << 20, WhenStashFull.DropOldest), (settings.Commands.Stash.MaxCount, settings.Commands.Stash.MaxBytes, settings.Commands.Stash.WhenFull));
        Assert.Equal((2, 3), (settings.Commands.Replay.InitialWindow, settings.Commands.Replay.MaxWindow));
        Assert.Equal(
            (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2)), (settings.Commands.Retry.Min, settings.Commands.Retry.Max));
    }

    [Fact]
    public void A_command_may_be_given_all_the_time_there_is() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, Hocon.Settings("command-timeout = infinite").Commands.Timeout);

    [Fact]
    public void Restarts_may_be_unlimited_in_words() => Assert.Null(Hocon.Settings("restart.max-restarts = Unlimited").Supervision.Restart.Max);

    [Theory]
    [InlineData("endpoint", "\"\"", "host:port")]
    [InlineData("endpoint", "\"localhost:70000\"", "host:port")]
    [InlineData("endpoint", "\"redis://localhost\"", "host:port")]
    [InlineData("database", "-1", "a whole number from 0")]
    [InlineData("database", "1.5", "a whole number from 0")]
    [InlineData("database", "first", "a whole number from 0")]
    [InlineData("client-name", "\"two words\"", "without white space")]
    [InlineData("client-name", "\"a\\tb\"", "without white space")]
    [InlineData("client-name", "\"gr\u00fcn\"", "printable ASCII")]
    [InlineData("connect-timeout", "0s", "a duration from 1ms to 1d")]
    [InlineData("connect-timeout", "soon", "a duration from 1ms to 1d")]
    [InlineData("connect-timeout", "infinite", "a duration from 1ms to 1d")]
    [InlineData("connect-timeout", "2d", "a duration from 1ms to 1d")]
    [InlineData("command-timeout", "0", "infinite")]
    [InlineData("command-timeout", "-1s", "infinite")]
    [InlineData("command-timeout", "never", "infinite")]
    [InlineData("delivery", "sometimes", "exactly-once")]
    [InlineData("when-safe.limit", "everything", "last-wins")]
    [InlineData("exactly-once.keep", "10ms", "a duration from 1s to 365d")]
    [InlineData("stash.max-count", "-1", "a whole number from 0")]
    [InlineData("stash.max-bytes", "much", "a size in bytes")]
    [InlineData("stash.when-full", "drop-newest", "drop-oldest")]
    [InlineData("replay.initial-window", "0", "a whole number from 1")]
    [InlineData("replay.max-window", "all", "a whole number from 1")]
    [InlineData("retry.min", "0ms", "a duration from 1ms to 1d")]
    [InlineData("retry.max", "2d", "a duration from 1ms to 1d")]
    [InlineData("heartbeat.interval", "0", "a duration from 1ms to 1d")]
    [InlineData("heartbeat.interval", "often", "a duration from 1ms to 1d")]
    [InlineData("heartbeat.timeout", "0", "a duration from 1ms to 1d")]
    [InlineData("heartbeat.timeout", "3 parsecs", "a duration from 1ms to 1d")]
    [InlineData("backoff.min", "0ms", "a duration from 1ms to 1d")]
    [InlineData("backoff.max", "0ms", "a duration from 1ms to 1d")]
    [InlineData("backoff.max", "25h", "a duration from 1ms to 1d")]
    [InlineData("backoff.multiplier", "0.9", "a number from 1 to 1000")]
    [InlineData("backoff.multiplier", "twice", "a number from 1 to 1000")]
    [InlineData("backoff.multiplier", "NaN", "a number from 1 to 1000")]
    [InlineData("backoff.jitter", "-0.1", "a number from 0 to 1")]
    [InlineData("backoff.jitter", "1.1", "a number from 0 to 1")]
    [InlineData("backoff.jitter", "30%", "a number from 0 to 1")]
    [InlineData("restart.max-restarts", "-1", "unlimited")]
    [InlineData("restart.max-restarts", "many", "unlimited")]
    [InlineData("restart.within", "0s", "a duration from 1ms to 365d")]
    [InlineData("restart.within", "while", "a duration from 1ms to 365d")]
    [InlineData("restart.reset-after", "-1s", "a duration from 0ms to 365d")]
    [InlineData("restart.reset-after", "366d", "a duration from 0ms to 365d")]
    public void An_invalid_setting_is_named_with_its_path_its_value_and_what_is_valid(string path, string value, string valid)
    {
        var problem = Assert.Single(Hocon.Problems($"{path} = {value}"));

        Assert.StartsWith($"redis-actors.default.{path}: ", problem);
        Assert.Contains(Unquoted(value), problem);
        Assert.Contains(valid, problem);
    }

    [Theory]
    [InlineData("endpoint", "host:port")]
    [InlineData("database", "a whole number")]
    [InlineData("connect-timeout", "a duration")]
    [InlineData("command-timeout", "infinite")]
    [InlineData("backoff.multiplier", "a number")]
    [InlineData("restart.max-restarts", "unlimited")]
    public void A_section_where_a_value_should_be_is_named_once_with_what_is_valid(string path, string valid)
    {
        var problem = Assert.Single(Hocon.Problems($"{path} {{ inner = 1 }}"));

        Assert.StartsWith($"redis-actors.default.{path}: ", problem);
        Assert.Contains(valid, problem);
    }

    [Fact]
    public void All_problems_are_reported_together()
    {
        var problems = Hocon.Problems("""
            endpoint = "nowhere:0"
            database = -1
            heartbeat.timeout = soon
            backoff.jitter = 2
            restart.max-restarts = -5
            """);

        string[] paths = ["endpoint", "database", "heartbeat.timeout", "backoff.jitter", "restart.max-restarts"];
        Assert.Equal(paths.Select(path => $"redis-actors.default.{path}").Order(), problems.Select(line => line.Split(": ")[0]).Order());
    }

    [Theory]
    [InlineData("backoff { min = 5s, max = 2s }", "backoff.min", "backoff.max")]
    [InlineData("retry { min = 5s, max = 2s }", "retry.min", "retry.max")]
    [InlineData("replay { initial-window = 5, max-window = 2 }", "replay.initial-window", "replay.max-window")]
    public void A_min_above_the_max_is_refused_with_both_named(string settings, string min, string max)
    {
        var problem = Assert.Single(Hocon.Problems(settings));

        Assert.StartsWith($"redis-actors.default.{min}: ", problem);
        Assert.Contains(max, problem);
        Assert.Contains("5", problem);
        Assert.Contains("2", problem);
    }

    [Fact]
    public void Missing_settings_are_named_once_each_with_what_is_valid()
    {
        var config = ConfigurationFactory.ParseString("""redis-actors.default.endpoint = "localhost" """);

        var error = Assert.Throws<ConfigurationException>(() => RedisConnections.Create(config));

        var problems = error.Message.Split(Environment.NewLine);
        Assert.Equal(problems.Select(line => line.Split(": ")[0]).Distinct(), problems.Select(line => line.Split(": ")[0]));
        Assert.Contains(problems, line => line.StartsWith("redis-actors.default.database: is missing; expected a whole number"));
        Assert.Contains(problems, line => line.StartsWith("redis-actors.default.backoff.min: is missing; expected a duration"));
        Assert.DoesNotContain(problems, line => line.StartsWith("redis-actors.default.endpoint:"));
    }

    [Fact]
    public void A_password_is_never_shown()
    {
        var message = string.Join('\n', Hocon.Problems("password = [secret, other], database = -1"));

        Assert.DoesNotContain("secret", message);
    }

    private static string Unquoted(string hocon) => hocon.Trim('"').Replace("\\t", "\t");
}
