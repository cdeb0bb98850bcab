using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>The results on standard output: a row per outage and one per client, or one JSON line per client.</summary>
internal sealed class RecoveryReport(RecoveryOptions options)
{
    private const int Width = 14;

    private int _outages;

    public void Begin()
    {
        if (options.Json) return;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Outages.Count} outages ({options.Fault.Name}), each client with {options.InFlight} INCRs under way; times in ms"));
        WriteRow("outage", ["away", .. options.Clients]);
    }

    public void Add(TimeSpan away, IReadOnlyList<RecoveringClient> clients)
    {
        _outages++;
        if (!options.Json) WriteRow($"{_outages}", [Number(away), .. clients.Select(client => Number(client.Times[^1]))]);
    }

    public void End(IReadOnlyList<RecoveringClient> clients)
    {
        if (!options.Json) WriteRow(string.Empty, ["outages", "p50", "p95", "max"]);
        foreach (var client in clients)
        {
            var line = Line.Of(client);
            if (options.Json) Console.WriteLine(JsonSerializer.Serialize(line));
            else WriteRow(line.Client, [$"{line.Outages}", Number(line.P50), Number(line.P95), Number(line.Max)]);
        }
    }

    private static void WriteRow(string head, IEnumerable<string> cells) =>
        Console.WriteLine(head.PadRight(Width) + string.Concat(cells.Select(cell => cell.PadLeft(Width))));

    private static string Number(TimeSpan time) => Number(time.TotalMilliseconds);

    private static string Number(double milliseconds) => milliseconds.ToString("0.0", CultureInfo.InvariantCulture);

    /// <summary>The JSON line; its names are part of the benchmark's interface.</summary>
    private sealed record Line
    {
        [JsonPropertyName("client")]
        public required string Client { get; init; }

        [JsonPropertyName("outages")]
        public required int Outages { get; init; }

        [JsonPropertyName("p50_ms")]
        public required double P50 { get; init; }

        [JsonPropertyName("p95_ms")]
        public required double P95 { get; init; }

        [JsonPropertyName("max_ms")]
        public required double Max { get; init; }

        public static Line Of(RecoveringClient client)
        {
            TimeSpan[] sorted = [.. client.Times.Order()];
            return new Line
            {
                Client = client.Name,
                Outages = sorted.Length,
                P50 = Percentile(sorted, 0.50),
                P95 = Percentile(sorted, 0.95),
                Max = Percentile(sorted, 1),
            };
        }

        /// <summary>The smallest measured time that this share of all times did not exceed; not interpolated.</summary>
        private static double Percentile(TimeSpan[] sorted, double part) =>
            Math.Round(sorted[(int)Math.Ceiling(part * sorted.Length) - 1].TotalMilliseconds, 1);
    }
}
