namespace RedisActors.Benchmarks.Throughput;

/// <summary>The circumstances in which each row is measured.</summary>
internal sealed record ThroughputCase
{
    private const int WindowBytes = 16_000_000;

    /// <summary>The set that it belongs to.</summary>
    public required string Set { get; init; }

    /// <summary>Commands in flight, over all senders.</summary>
    public required int InFlight { get; init; }

    public required int ValueBytes { get; init; }

    /// <summary>Lanes of each RedisActor.</summary>
    public required int Lanes { get; init; }

    /// <summary>RedisActors in the actor system, and as many multiplexers of the plain client.</summary>
    public required int Connections { get; init; }

    /// <summary>Servers; several are a Redis Cluster.</summary>
    public required int Nodes { get; init; }

    /// <summary>Whether the time of each command is measured.</summary>
    public required bool Latency { get; init; }

    /// <summary>
    /// As many commands in flight as were asked for, but no more than 16 MB of values: beyond that, how much may be in flight would be
    /// measured.
    /// </summary>
    public static int WindowOf(int inFlight, int valueBytes) => Math.Clamp(WindowBytes / valueBytes, 1, inFlight);
}
