namespace RedisActors.Benchmarks.Throughput;

/// <summary>What was asked for on the command line.</summary>
internal sealed record ThroughputOptions
{
    public required IReadOnlyList<ThroughputRow> Rows { get; init; }

    /// <summary>Whether the plain client uses <c>ExecuteAsync</c>.</summary>
    public required bool PlainExecutes { get; init; }

    /// <summary>Commands under way at once, of all senders together.</summary>
    public required int InFlight { get; init; }

    public required int Rounds { get; init; }

    /// <summary>How long each is measured in each round.</summary>
    public required TimeSpan Measured { get; init; }

    public required bool Json { get; init; }
}
