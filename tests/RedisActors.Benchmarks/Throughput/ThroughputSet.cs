namespace RedisActors.Benchmarks.Throughput;

/// <summary>A series of cases in which one thing varies.</summary>
/// <param name="Name">What the command line and the report call it.</param>
internal sealed record ThroughputSet(string Name)
{
    public const string Drain = "drain";

    public static readonly ThroughputSet Base = new("base");

    public static readonly IReadOnlyList<ThroughputSet> All =
    [
        Base,
        new("windows") { InFlight = [1, 10, 100, 1_000, 10_000] },
        new("values") { ValueBytes = [3, 1_000, 100_000, 1_000_000] },
        new("lanes") { Lanes = [1, 2, 4] },
        new("latency") { InFlight = [1, 100], Latency = true },
        new("connections") { Connections = [1, 10, 100] },
        new("cluster") { Nodes = 3 },
    ];

    public IReadOnlyList<int> InFlight { get; init; } = [2_000];

    public IReadOnlyList<int> ValueBytes { get; init; } = [3];

    public IReadOnlyList<int> Lanes { get; init; } = [1];

    public IReadOnlyList<int> Connections { get; init; } = [1];

    /// <summary>Servers; several are a Redis Cluster.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Whether the time of each command is measured.</summary>
    public bool Latency { get; init; }

    /// <summary>Each combination of what varies.</summary>
    public IEnumerable<ThroughputCase> Cases() =>
        from inFlight in InFlight
        from valueBytes in ValueBytes
        from lanes in Lanes
        from connections in Connections
        select new ThroughputCase
        {
            Set = Name,
            InFlight = ThroughputCase.WindowOf(inFlight, valueBytes),
            ValueBytes = valueBytes,
            Lanes = lanes,
            Connections = connections,
            Nodes = Nodes,
            Latency = Latency,
        };
}
