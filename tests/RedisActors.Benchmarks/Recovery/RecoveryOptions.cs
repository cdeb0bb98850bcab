namespace RedisActors.Benchmarks.Recovery;

/// <summary>The options of the command line.</summary>
internal sealed record RecoveryOptions
{
    public required IReadOnlyList<string> Clients { get; init; }

    public required RecoveryFault Fault { get; init; }

    /// <summary>The lengths of the outages, in order.</summary>
    public required IReadOnlyList<TimeSpan> Outages { get; init; }

    /// <summary>Commands in flight per client.</summary>
    public required int InFlight { get; init; }

    public required bool Json { get; init; }
}
