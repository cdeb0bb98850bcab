using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using RedisActors.Connection;
using RedisActors.Supervision;

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
    public async Task A_connection_that_comes_and_goes_all_the_time_is_no_more_than_ten_lines_a_minute()
    {
        StartSupervisor();
        for (var i = 0; i < 30; i++)
        {
            var connection = await Server.ConnectNextAsync();
            await AwaitStateAsync<RedisReady>();
            connection.Lose();
        }

        var lines = await LinesAsync(LogLevel.InfoLevel, LogLevel.WarningLevel, LogLevel.ErrorLevel);

        Assert.Equal(9, lines.Length);
        Assert.Contains("further lines of this minute are written at debug level", lines[^1]);
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

    [Fact]
    public async Task Several_lanes_that_come_and_go_are_ten_lines_together()
    {
        Server.Accepts = true;
        StartRedis("lanes = 4");
        for (var i = 0; i < 20; i++)
        {
            var attempt = await Server.NextAttemptAsync();
            await AwaitStateAsync<RedisReady>();
            attempt.Lose("the socket closed");
        }

        Assert.InRange((await AllLinesAsync()).Length, 5, 10);
    }

    [Fact]
    public async Task Failures_inside_count_among_the_ten_lines()
    {
        var (redis, _) = await StartReadyAsync();
        var sender = CreateTestProbe();
        for (var failures = 1; failures <= 10; failures++)
        {
            redis.Tell(new RedisCommand(ScriptedLink.Crash) { State = "crashing" }, sender.Ref);
            Assert.Equal("crashing Unknown", await AnswerAsync(sender));
            await MakeReadyAsync(redis);
        }

        var lines = await AllLinesAsync();

        Assert.InRange(lines.Length, 5, 10);
        Assert.Contains(lines, line => line.Contains("a link that breaks its promise"));
    }

    [Fact]
    public async Task A_lane_that_fails_for_good_is_ten_lines_and_the_last_one_says_that_the_RedisActor_stops()
    {
        var (redis, _) = await StartReadyAsync();
        await WatchAsync(redis);
        for (var failures = 1; failures <= 11; failures++)
        {
            redis.Tell(new RedisCommand(ScriptedLink.Crash) { State = "crashing" }, CreateTestProbe().Ref);
            if (failures < 11) await MakeReadyAsync(redis);
        }

        await ExpectTerminatedAsync(redis);
        var lines = await AllLinesAsync();

        Assert.Equal(10, lines.Length);
        Assert.Contains("the RedisActor stops", lines[^1]);
    }

    [Fact]
    public async Task What_an_operator_should_know_of_a_link_is_one_warning_and_not_one_for_each_link()
    {
        StartSupervisor();
        for (var id = 1; id < 4; id++)
        {
            var attempt = await Server.NextAttemptAsync();
            attempt.Succeed(new ScriptedLink(new ClientIdentity(id, $"10.0.0.1:{id}")) { Warning = "it is a node of a Redis Cluster" });
            await AwaitStateAsync<RedisReady>();
            attempt.Lose("the socket closed");
            await AwaitStateAsync<RedisLost>();
        }

        Assert.Single(await AllLinesAsync(), "redis default: it is a node of a Redis Cluster");
    }

    [Fact]
    public async Task What_is_told_of_a_failure_is_written_as_it_is()
    {
        StartSupervisor();
        (await Server.NextAttemptAsync()).Fail("the server said {0} and {what}");
        await AwaitStateAsync<RedisBackingOff>();

        Assert.Contains("the server said {0} and {what}", Assert.Single(await LinesAsync(LogLevel.WarningLevel)));
    }

    /// <summary>Whoever wrote them, Akka included.</summary>
    private async Task<string[]> AllLinesAsync() => (await DrainAsync(_log))
        .Cast<LogEvent>()
        .Where(line => line.LogLevel() >= LogLevel.InfoLevel)
        .Select(line => $"{line.Message}")
        .ToArray();

    private async Task<string[]> LinesAsync(params LogLevel[] levels) => (await DrainAsync(_log))
        .Cast<LogEvent>()
        .Where(line => levels.Contains(line.LogLevel()) && $"{line.Message}".StartsWith("redis ", StringComparison.Ordinal))
        .Select(line => $"{line.Message}")
        .ToArray();
}

/// <summary>The same over a longer time than a test has.</summary>
public sealed class RedisConnectionLogOverTimeTests : VirtualTimeSpec
{
    private readonly TestProbe _log;
    private readonly List<(TimeSpan At, string Line)> _lines = [];

    public RedisConnectionLogOverTimeTests() => _log = Listen(typeof(LogEvent));

    [Fact]
    public async Task A_loss_every_12_seconds_and_then_many_are_ten_lines_in_any_minute_and_in_the_end_it_is_told_how_things_stand()
    {
        StartSupervisor("backoff { min = 10ms, max = 10ms }");
        var connection = await Server.ConnectNextAsync();
        await AwaitStateAsync<RedisReady>();
        for (var loss = 0; loss < 60; loss++)
        {
            await AdvanceAsync(loss is < 10 or > 50 ? TimeSpan.FromSeconds(12) : TimeSpan.FromSeconds(1));
            connection.Lose();
            await AwaitStateAsync<RedisLost>();
            var next = Server.ConnectNextAsync(clientId: 100 + loss);
            await AdvanceUntilAsync(TimeSpan.FromMilliseconds(10), () => next.IsCompleted);
            connection = await next;
            await AwaitStateAsync<RedisReady>();
        }

        using var patience = new CancellationTokenSource(Patience);
        while (!_lines[^1].Line.Contains("client id 159"))
        {
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            await Task.Delay(1, patience.Token);
        }

        AssertTenLinesInAnyMinute();
        Assert.True(_lines.Count > 20, $"{_lines.Count} lines");
    }

    [Fact]
    public async Task A_RedisActor_that_fails_again_and_again_for_its_parent_to_decide_is_ten_lines_in_any_minute_with_those_of_Akka()
    {
        Server.Unreachable = "connection refused";
        StartRedis("restart { max-restarts = 0, within = 1h, when-spent = escalate }\n backoff.max = 100ms");
        await AwaitStateAsync<RedisGaveUp>();

        var began = Clock.MonotonicClock;
        using var patience = new CancellationTokenSource(Patience);
        while (Failures() < 15)
        {
            await AdvanceAsync(TimeSpan.FromSeconds(0.5));
            await Task.Delay(1, patience.Token);
        }

        AssertTenLinesInAnyMinute();
        Assert.InRange(Clock.MonotonicClock - began, TimeSpan.FromSeconds(140), TimeSpan.FromHours(1));

        int Failures() => _lines.Count(line => line.Line.Contains("the restart budget is spent"));
    }

    [Fact]
    public async Task Whatever_happens_when_it_is_ten_lines_in_any_minute()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            _lines.Clear();
            var budget = new LogBudget();
            var logs = Enumerable.Range(1, 1 + (seed % 3)).Select(lane => new RedisConnectionLog(Sys.Log, budget, "default", lane)).ToArray();
            var now = TimeSpan.Zero;
            for (var step = 0; step < 150; step++)
            {
                now += TimeSpan.FromSeconds(random.NextDouble() * (random.Next(4) == 0 ? 30 : 2));
                var log = logs[random.Next(logs.Length)];
                switch (random.Next(9))
                {
                    case 0:
                        log.Failed(new InvalidOperationException("a defect"), now);
                        break;
                    case 1:
                        log.FenceForbidden("NOPERM", now);
                        break;
                    case 2:
                        log.CatchUp(now);
                        break;
                    case 8:
                        log.TokensAtRisk("a token may be lost", now);
                        break;
                    case 3:
                        if (log.TrySpendEscalation(now)) _lines.Add((now, "Akka's own"));
                        break;
                    case 4:
                        log.Write(new RedisLost("default", step, "here", "gone"), now);
                        break;
                    case 5:
                        log.Write(new RedisBackingOff("default", step, "here", 1, now, $"cause {random.Next(3)}") { Misconfigured = true }, now);
                        break;
                    default:
                        log.Write(new RedisReady("default", step, "here", 1, TimeSpan.Zero), now);
                        break;
                }

                await CollectAsync(now);
            }

            AssertTenLinesInAnyMinute($"seed {seed}");
        }
    }

    private async Task AdvanceAsync(TimeSpan time)
    {
        await CollectAsync(Clock.MonotonicClock);
        Clock.Advance(time);
        await CollectAsync(Clock.MonotonicClock);
    }

    private async Task CollectAsync(TimeSpan now)
    {
        foreach (var line in (await DrainAsync(_log)).Cast<LogEvent>().Where(line => line.LogLevel() >= LogLevel.InfoLevel))
        {
            _lines.Add((now, $"{line.Message}"));
        }
    }

    private void AssertTenLinesInAnyMinute(string about = "")
    {
        for (var first = 0; first < _lines.Count; first++)
        {
            var within = _lines.Skip(first).TakeWhile(line => line.At - _lines[first].At < TimeSpan.FromMinutes(1)).ToArray();
            Assert.True(within.Length <= 10, $"{about} {within.Length} lines:\n{string.Join('\n', within)}");
        }
    }
}
