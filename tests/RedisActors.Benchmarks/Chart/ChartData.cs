using System.Globalization;
using System.Text.Json;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Chart;

/// <summary>
/// From the JSON objects of <c>eng/bench throughput</c> to the panels of the chart, one per set. The plain client is measured beside each
/// row; what the chart shows of it is the median of these.
/// </summary>
internal static class ChartData
{
    private const string Rate = "commands per second";

    /// <exception cref="FormatException">A line is no row of the benchmark, or there is none; the message names the line.</exception>
    public static IReadOnlyList<ChartPanel> Read(IEnumerable<string> lines)
    {
        var (rows, drains) = (new List<ThroughputLine>(), new List<DrainLine>());
        foreach (var (index, line) in lines.Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;

            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.GetProperty("set").GetString() == ThroughputSet.Drain) drains.Add(json.Deserialize<DrainLine>()!);
                else rows.Add(json.Deserialize<ThroughputLine>()!);
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                throw new FormatException($"Line {index + 1} is no row of eng/bench throughput --json: {error.Message}", error);
            }
        }

        ChartPanel[] panels = [.. rows.GroupBy(row => row.Set).SelectMany(PanelsOf), .. Drain(drains)];
        return panels.Length > 0 ? panels : throw new FormatException("There is no row of eng/bench throughput --json.");
    }

    private static IEnumerable<ChartPanel> PanelsOf(IGrouping<string, ThroughputLine> set)
    {
        switch (set.Key)
        {
            case "windows":
                return [Rates(set, "Windows", "commands in flight", row => row.InFlight, Count) with { HasLines = true }];
            case "values":
                return [Rates(set, "Sizes of values", "size of the value", row => row.ValueBytes, Size) with { HasLines = true }];
            case "lanes":
                return [Rates(set, "Lanes", "lanes of the RedisActor", row => row.Lanes, Count)];
            case "connections":
                return [Rates(set, "Connections", "connections in one process", row => row.Connections, Count)];
            case "cluster":
                return [Rates(set, "Redis Cluster", "nodes of the Redis Cluster", row => row.Nodes, Count)];
            case "latency":
                return set.GroupBy(row => row.InFlight).OrderBy(window => window.Key).Select(Latencies);
            default:
                return [Rates(set, "Throughput", "commands in flight", row => row.InFlight, Count)];
        }
    }

    private static ChartPanel Rates(
        IEnumerable<ThroughputLine> rows, string title, string xLabel, Func<ThroughputLine, int> place, Func<int, string> label)
    {
        int[] places = [.. rows.Select(place).Distinct().Order()];
        return Panel(title, xLabel, Rate, [.. places.Select(label)], [.. rows.GroupBy(row => row.Row).Select(row => (
            row.Key,
            Values(places, at => row.Where(line => place(line) == at).Select(line => line.Ours)),
            Values(places, at => row.Where(line => place(line) == at).Select(line => line.Plain))))]);
    }

    private static ChartPanel Latencies(IGrouping<int, ThroughputLine> window) => Panel(
        $"Latency, {Count(window.Key)} in flight",
        "percentile of the commands",
        "latency in microseconds",
        ["50 %", "99 %", "99.9 %"],
        [.. window.GroupBy(row => row.Row).Select(row => row.Last()).Select(row => (
            row.Row,
            (IReadOnlyList<double?>)[row.OurP50, row.OurP99, row.OurP999],
            (IReadOnlyList<double?>)[row.PlainP50, row.PlainP99, row.PlainP999]))]) with
    {
        HasLines = true,
    };

    private static IEnumerable<ChartPanel> Drain(IReadOnlyList<DrainLine> drains)
    {
        if (drains.Count == 0) return [];

        return
        [
            Panel(
                "Drain after an outage",
                "without an outage, and what waited for the server",
                Rate,
                ["ready", $"{Count(drains[^1].Stashed)} drained"],
                [.. drains.GroupBy(row => row.Row).Select(row => row.Last()).Select(row => (
                    row.Row,
                    (IReadOnlyList<double?>)[row.OurReady, row.Ours],
                    (IReadOnlyList<double?>)[row.PlainReady, row.Plain]))]),
        ];
    }

    /// <summary>A series for each row of ours, and one for the plain client beside them.</summary>
    private static ChartPanel Panel(
        string title,
        string xLabel,
        string yLabel,
        IReadOnlyList<string> places,
        IReadOnlyList<(string Row, IReadOnlyList<double?> Ours, IReadOnlyList<double?> Plain)> rows)
    {
        var plain = places.Select((_, i) => Middle(rows.Select(row => row.Plain[i]).OfType<double>()));
        return new ChartPanel(title, xLabel, yLabel, places,
        [
            .. rows.Select(row => new ChartSeries($"RedisActors, {row.Row}", row.Ours) { IsPlain = false }),
            new ChartSeries("plain StackExchange.Redis", [.. plain]) { IsPlain = true },
        ]);
    }

    private static IReadOnlyList<double?> Values(IEnumerable<int> places, Func<int, IEnumerable<double>> at) =>
        [.. places.Select(place => Middle(at(place)))];

    private static double? Middle(IEnumerable<double> values) => values.Any() ? Figures.Median(values) : null;

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Size(int bytes) => bytes switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        _ => $"{bytes} B",
    };
}
