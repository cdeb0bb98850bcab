using Akka.Event;
using Akka.TestKit;

namespace RedisActors.Tests.Actors;

public sealed class RedisConnectionLogTests : RedisSpec
{
    private readonly TestProbe _log;

    public RedisConnectionLogTests() => _log = Listen(typeof(LogEvent));

    [Fact]
    public async Task A_server_that_is_away_at_the_start_is_one_warning_and_not_one_for_each_attempt()
    {
        Server.Unreachable = "connection refused";
        StartSupervisor();
        for (var i = 0; i < 10; i++) await AwaitStateAsync<RedisBackingOff>();

        var warning = Assert.Single(await LinesAsync(LogLevel.WarningLevel));

        Assert.Contains("cannot connect to localhost:6379", warning);
        Assert.Contains("connection refused", warning);
    }

    [Fact]
    public async Task A_lost_connection_is_one_warning_and_its_return_one_line_of_information()
    {
        StartSupervisor();
        var connection = await Server.ConnectNextAsync();
        await AwaitStateAsync<RedisReady>();
        connection.Lose("the socket closed");
        for (var i = 0; i < 10; i++) (await Server.NextAttemptAsync()).Fail("connection refused");
        await Server.ConnectNextAsync(clientId: 42);
        await AwaitStateAsync<RedisReady>();

        var lines = await LinesAsync(LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel);

        Assert.Collection(
            lines,
            line => Assert.Contains("ready at 10.0.0.1:1, epoch 1", line),
            line => Assert.Contains("lost 10.0.0.1:1, epoch 1: the socket closed", line),
            line => Assert.Contains("ready at 10.0.0.1:42, epoch 12, client id 42, away ", line));
    }

    [Fact]
    public async Task A_connection_that_comes_and_goes_all_the_time_is_ten_lines_in_a_minute_at_most()
    {
        StartSupervisor();
        for (var i = 0; i < 30; i++)
        {
            var connection = await Server.ConnectNextAsync();
            await AwaitStateAsync<RedisReady>();
            connection.Lose();
        }

        var lines = await LinesAsync(LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel);

        Assert.Equal(10, lines.Length);
        Assert.Contains("changes often", lines[^1]);
    }

    [Fact]
    public async Task Each_outage_has_its_own_warning()
    {
        StartSupervisor();
        for (var i = 0; i < 3; i++)
        {
            var connection = await Server.ConnectNextAsync();
            await AwaitStateAsync<RedisReady>();
            connection.Lose();
            (await Server.NextAttemptAsync()).Fail("connection refused");
            await AwaitStateAsync<RedisBackingOff>();
        }

        await AwaitStateAsync<RedisBackingOff>();

        Assert.Equal(3, (await LinesAsync(LogLevel.WarningLevel)).Length);
    }

    [Fact]
    public async Task Giving_up_is_an_error()
    {
        Server.Unreachable = "connection refused";
        StartSupervisor("restart { max-restarts = 1, within = 1h }");
        await AwaitStateAsync<RedisGaveUp>();

        var error = Assert.Single(await LinesAsync(LogLevel.ErrorLevel));

        Assert.Contains("gave up localhost:6379", error);
        Assert.Contains("connection refused", error);
    }

    [Fact]
    public async Task An_expected_outage_is_logged_without_a_stack_trace()
    {
        Server.Unreachable = "connection refused";
        StartSupervisor("restart { max-restarts = 1, within = 1h }");
        await AwaitStateAsync<RedisGaveUp>();

        Assert.All((await DrainAsync(_log)).Cast<LogEvent>(), line => Assert.Null(line.Cause));
    }

    private async Task<string[]> LinesAsync(params LogLevel[] levels) => (await DrainAsync(_log))
        .Cast<LogEvent>()
        .Where(line => levels.Contains(line.LogLevel()) && $"{line.Message}".StartsWith("redis ", StringComparison.Ordinal))
        .Select(line => $"{line.Message}")
        .ToArray();
}
