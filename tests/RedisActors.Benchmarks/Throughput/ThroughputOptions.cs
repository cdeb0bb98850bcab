namespace RedisActors.Benchmarks.Throughput;

/// <summary>The options of the command line.</summary>
internal sealed record ThroughputOptions
{
    public required IReadOnlyList<ThroughputRow> Rows { get; init; }

    /// <summary>Whether redis-benchmark is measured through the gateway.</summary>
    public bool Gateway { get; init; }

    /// <summary>What is measured, one after the other.</summary>
    public required IReadOnlyList<ThroughputCase> Cases { get; init; }

    /// <summary>Whether the plain client uses <c>ExecuteAsync</c>.</summary>
    public required bool PlainExecutes { get; init; }

    /// <summary>Commands that wait during the outage of the set <c>drain</c>; null when that is not measured.</summary>
    public required int? Stashed { get; init; }

    public required int Rounds { get; init; }

    /// <summary>How long each is measured per round.</summary>
    public required TimeSpan Measured { get; init; }

    public required bool Json { get; init; }
}
