using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// The results on standard output: a table, or JSON lines. A row's values are the medians of its rounds, and its ratio is the median of
/// the rounds' ratios.
/// </summary>
internal sealed class ThroughputReport(ThroughputOptions options)
{
    private readonly Dictionary<string, List<(Figures Ours, Figures Plain)>> _pairs = [];

    public void Begin()
    {
        if (options.Json) return;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"SET and GET of 3 bytes, {options.InFlight} in flight, {options.Rounds} rounds of {options.Measured.TotalSeconds:0.#} s each"));
        Console.WriteLine(
            $"{"round",-8}{"",-20}{"ours/s",12}{"plain/s",12}{"ratio",8}{"ours B",10}{"plain B",10}{"more B",10}{"ours us",10}{"plain us",10}");
    }

    public void Add(int round, ThroughputRow row, Figures ours, Figures plain)
    {
        if (!_pairs.TryGetValue(row.Name, out var pairs)) _pairs[row.Name] = pairs = [];
        pairs.Add((ours, plain));
        if (!options.Json) Write(round.ToString(CultureInfo.InvariantCulture), Line.Of(row.Name, [(ours, plain)]));
    }

    public void End()
    {
        foreach (var (name, pairs) in _pairs)
        {
            var line = Line.Of(name, pairs);
            if (options.Json) Console.WriteLine(JsonSerializer.Serialize(line));
            else Write("middle", line);
        }
    }

    private static void Write(string head, Line line) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{head,-8}{line.Row,-20}{line.Ours,12:N0}{line.Plain,12:N0}{line.Ratio,8:0.00}{line.OurBytes,10:N0}{line.PlainBytes,10:N0}{line.MoreBytes,10:N0}{line.OurMicroseconds,10:0.00}{line.PlainMicroseconds,10:0.00}"));

    /// <summary>The JSON line; its names are part of the benchmark's interface.</summary>
    private sealed record Line
    {
        [JsonPropertyName("row")]
        public required string Row { get; init; }

        [JsonPropertyName("commands_per_second")]
        public required double Ours { get; init; }

        [JsonPropertyName("plain_commands_per_second")]
        public required double Plain { get; init; }

        [JsonPropertyName("ratio")]
        public required double Ratio { get; init; }

        [JsonPropertyName("bytes_per_command")]
        public required double OurBytes { get; init; }

        [JsonPropertyName("plain_bytes_per_command")]
        public required double PlainBytes { get; init; }

        [JsonPropertyName("more_bytes_per_command")]
        public required double MoreBytes { get; init; }

        /// <summary>Processor time of the process, without the server's.</summary>
        [JsonPropertyName("cpu_us_per_command")]
        public required double OurMicroseconds { get; init; }

        [JsonPropertyName("plain_cpu_us_per_command")]
        public required double PlainMicroseconds { get; init; }

        public static Line Of(string row, List<(Figures Ours, Figures Plain)> pairs) => new()
        {
            Row = row,
            Ours = Middle(pairs, pair => pair.Ours.CommandsPerSecond, 0),
            Plain = Middle(pairs, pair => pair.Plain.CommandsPerSecond, 0),
            Ratio = Middle(pairs, pair => pair.Ours.CommandsPerSecond / pair.Plain.CommandsPerSecond, 3),
            OurBytes = Middle(pairs, pair => pair.Ours.BytesPerCommand, 0),
            PlainBytes = Middle(pairs, pair => pair.Plain.BytesPerCommand, 0),
            OurMicroseconds = Middle(pairs, pair => pair.Ours.MicrosecondsPerCommand, 3),
            PlainMicroseconds = Middle(pairs, pair => pair.Plain.MicrosecondsPerCommand, 3),
            MoreBytes = Middle(pairs, pair => pair.Ours.BytesPerCommand - pair.Plain.BytesPerCommand, 0),
        };

        private static double Middle(
            List<(Figures Ours, Figures Plain)> pairs, Func<(Figures Ours, Figures Plain), double> figure, int digits) =>
            Math.Round(Figures.Median(pairs.Select(figure)), digits);
    }
}
