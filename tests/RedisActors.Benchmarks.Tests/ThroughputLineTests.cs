using System.Text.Json;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Tests;

public sealed class ThroughputLineTests
{
    private static readonly ThroughputCase Case = new()
    {
        Set = "windows", InFlight = 10, ValueBytes = 3, Lanes = 1, Connections = 1, Nodes = 1, Latency = false,
    };

    /// <summary>A machine that is busy in one round slows down both clients: their ratio of that round counts, not that of the medians.</summary>
    [Fact]
    public void A_ratio_is_the_median_of_the_rounds_ratios()
    {
        var line = ThroughputLine.Of(Case, "tell", [Rates(100, 50), Rates(10, 10), Rates(90, 60)]);

        Assert.Equal((90, 50, 1.5), (line.Ours, line.Plain, line.Ratio));
    }

    [Fact]
    public void Latencies_are_written_only_where_they_were_measured()
    {
        var without = Keys(ThroughputLine.Of(Case, "tell", [Rates(2, 1)]));
        var with = Keys(ThroughputLine.Of(Case with { Latency = true }, "tell", [Rates(2, 1)]));

        Assert.Equal(
            [
                "set", "row", "in_flight", "value_bytes", "lanes", "connections", "nodes", "commands_per_second", "plain_commands_per_second",
                "ratio", "bytes_per_command", "plain_bytes_per_command", "more_bytes_per_command", "cpu_us_per_command",
                "plain_cpu_us_per_command",
            ],
            without);
        Assert.Equal(
            ["p50_us", "plain_p50_us", "p50_ratio", "p99_us", "plain_p99_us", "p99_ratio", "p999_us", "plain_p999_us", "p999_ratio"],
            with.Except(without));
    }

    [Fact]
    public void The_drain_is_compared_with_the_ready_rate_of_the_same_client_and_round()
    {
        var line = DrainLine.Of("tell", 1_000, [new(new DrainFigures(200, 100, 10), new DrainFigures(50, 100, 20))]);

        Assert.Equal((1, 0.5, 2), (line.Ratio, line.OurShare, line.PlainShare));
        Assert.Equal(
            [
                "set", "row", "stashed", "commands_per_second", "plain_commands_per_second", "ratio", "ready_commands_per_second",
                "plain_ready_commands_per_second", "of_ready", "plain_of_ready", "seconds", "plain_seconds",
            ],
            Keys(line));
    }

    private static Pair<Figures> Rates(double ours, double plain) => new(Of(ours), Of(plain));

    private static Figures Of(double rate) => new(rate, 1, 1) { Latency = new LatencyFigures(1, 2, 3) };

    private static string[] Keys<T>(T line) => [.. JsonSerializer.SerializeToElement(line).EnumerateObject().Select(property => property.Name)];
}
