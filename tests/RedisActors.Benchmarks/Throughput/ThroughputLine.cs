using System.Text.Json.Serialization;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// A row as a JSON object; its names are part of the benchmark's interface. Its values are the medians of the rounds, and its ratios,
/// ours divided by the plain client's, are the medians of the rounds' ratios.
/// </summary>
internal sealed record ThroughputLine
{
    [JsonPropertyName("set")]
    public required string Set { get; init; }

    [JsonPropertyName("row")]
    public required string Row { get; init; }

    [JsonPropertyName("in_flight")]
    public required int InFlight { get; init; }

    [JsonPropertyName("value_bytes")]
    public required int ValueBytes { get; init; }

    [JsonPropertyName("lanes")]
    public required int Lanes { get; init; }

    [JsonPropertyName("connections")]
    public required int Connections { get; init; }

    [JsonPropertyName("nodes")]
    public required int Nodes { get; init; }

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

    /// <summary>The percentiles; null, and not written, where they were not measured. So are the following.</summary>
    [JsonPropertyName("p50_us"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OurP50 { get; init; }

    [JsonPropertyName("plain_p50_us"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PlainP50 { get; init; }

    [JsonPropertyName("p50_ratio"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatioP50 { get; init; }

    [JsonPropertyName("p99_us"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OurP99 { get; init; }

    [JsonPropertyName("plain_p99_us"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PlainP99 { get; init; }

    [JsonPropertyName("p99_ratio"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatioP99 { get; init; }

    [JsonPropertyName("p999_us"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OurP999 { get; init; }

    [JsonPropertyName("plain_p999_us"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PlainP999 { get; init; }

    [JsonPropertyName("p999_ratio"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatioP999 { get; init; }

    public static ThroughputLine Of(ThroughputCase which, string row, IReadOnlyList<Pair<Figures>> pairs)
    {
        var line = new ThroughputLine
        {
            Set = which.Set,
            Row = row,
            InFlight = which.InFlight,
            ValueBytes = which.ValueBytes,
            Lanes = which.Lanes,
            Connections = which.Connections,
            Nodes = which.Nodes,
            Ours = Middle(pair => pair.Ours.CommandsPerSecond, 0),
            Plain = Middle(pair => pair.Plain.CommandsPerSecond, 0),
            Ratio = Middle(pair => pair.Ours.CommandsPerSecond / pair.Plain.CommandsPerSecond, 3),
            OurBytes = Middle(pair => pair.Ours.BytesPerCommand, 0),
            PlainBytes = Middle(pair => pair.Plain.BytesPerCommand, 0),
            OurMicroseconds = Middle(pair => pair.Ours.MicrosecondsPerCommand, 3),
            PlainMicroseconds = Middle(pair => pair.Plain.MicrosecondsPerCommand, 3),
            MoreBytes = Middle(pair => pair.Ours.BytesPerCommand - pair.Plain.BytesPerCommand, 0),
        };
        if (!which.Latency) return line;

        return line with
        {
            OurP50 = Middle(pair => pair.Ours.Latency!.Value.P50, 1),
            PlainP50 = Middle(pair => pair.Plain.Latency!.Value.P50, 1),
            RatioP50 = Middle(pair => pair.Ours.Latency!.Value.P50 / pair.Plain.Latency!.Value.P50, 3),
            OurP99 = Middle(pair => pair.Ours.Latency!.Value.P99, 1),
            PlainP99 = Middle(pair => pair.Plain.Latency!.Value.P99, 1),
            RatioP99 = Middle(pair => pair.Ours.Latency!.Value.P99 / pair.Plain.Latency!.Value.P99, 3),
            OurP999 = Middle(pair => pair.Ours.Latency!.Value.P999, 1),
            PlainP999 = Middle(pair => pair.Plain.Latency!.Value.P999, 1),
            RatioP999 = Middle(pair => pair.Ours.Latency!.Value.P999 / pair.Plain.Latency!.Value.P999, 3),
        };

        double Middle(Func<Pair<Figures>, double> figure, int digits) => Pair<Figures>.Middle(pairs, figure, digits);
    }
}
