namespace RedisActors.Benchmarks.Throughput;

/// <summary>The options of the command line.</summary>
internal sealed record ThroughputOptions
{
    public required IReadOnlyList<ThroughputRow> Rows { get; init; }

    /// <summary>Whether the plain client uses <c>ExecuteAsync</c>.</summary>
    public required bool PlainExecutes { get; init; }

    /// <summary>Commands in flight, over all senders.</summary>
    public required int InFlight { get; init; }

    public required int Rounds { get; init; }

    /// <summary>How long each is measured per round.</summary>
    public required TimeSpan Measured { get; init; }

    public required bool Json { get; init; }
}
