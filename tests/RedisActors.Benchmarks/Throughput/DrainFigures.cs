using System.Text.Json.Serialization;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>What one client did in one round of the drain.</summary>
/// <param name="ReadyRate">Commands per second with a full window, before the outage.</param>
/// <param name="DrainRate">Commands per second from the first write that the server executed after the outage to the last answer.</param>
/// <param name="Seconds">From the moment when the server answered again to the last answer.</param>
internal readonly record struct DrainFigures(double ReadyRate, double DrainRate, double Seconds)
{
    /// <summary>The rate of the drain, relative to the ready rate.</summary>
    public double OfReady => DrainRate / ReadyRate;
}

/// <summary>
/// A row of the set <c>drain</c> as a JSON object; its names are part of the benchmark's interface. Its values are the medians of the
/// rounds.
/// </summary>
internal sealed record DrainLine
{
    [JsonPropertyName("set")]
    public string Set { get; init; } = ThroughputSet.Drain;

    [JsonPropertyName("row")]
    public required string Row { get; init; }

    [JsonPropertyName("stashed")]
    public required int Stashed { get; init; }

    [JsonPropertyName("commands_per_second")]
    public required double Ours { get; init; }

    [JsonPropertyName("plain_commands_per_second")]
    public required double Plain { get; init; }

    /// <summary>Our rate divided by the plain client's.</summary>
    [JsonPropertyName("ratio")]
    public required double Ratio { get; init; }

    [JsonPropertyName("ready_commands_per_second")]
    public required double OurReady { get; init; }

    [JsonPropertyName("plain_ready_commands_per_second")]
    public required double PlainReady { get; init; }

    /// <summary>A client's rate divided by its own ready rate.</summary>
    [JsonPropertyName("of_ready")]
    public required double OurShare { get; init; }

    [JsonPropertyName("plain_of_ready")]
    public required double PlainShare { get; init; }

    /// <summary>From the moment when the server answered again to the last answer.</summary>
    [JsonPropertyName("seconds")]
    public required double OurSeconds { get; init; }

    [JsonPropertyName("plain_seconds")]
    public required double PlainSeconds { get; init; }

    public static DrainLine Of(string row, int stashed, IReadOnlyList<Pair<DrainFigures>> pairs)
    {
        return new DrainLine
        {
            Row = row,
            Stashed = stashed,
            Ours = Middle(pair => pair.Ours.DrainRate, 0),
            Plain = Middle(pair => pair.Plain.DrainRate, 0),
            Ratio = Middle(pair => pair.Ours.DrainRate / pair.Plain.DrainRate, 3),
            OurReady = Middle(pair => pair.Ours.ReadyRate, 0),
            PlainReady = Middle(pair => pair.Plain.ReadyRate, 0),
            OurShare = Middle(pair => pair.Ours.OfReady, 3),
            PlainShare = Middle(pair => pair.Plain.OfReady, 3),
            OurSeconds = Middle(pair => pair.Ours.Seconds, 3),
            PlainSeconds = Middle(pair => pair.Plain.Seconds, 3),
        };

        double Middle(Func<Pair<DrainFigures>, double> figure, int digits) => Pair<DrainFigures>.Middle(pairs, figure, digits);
    }
}
