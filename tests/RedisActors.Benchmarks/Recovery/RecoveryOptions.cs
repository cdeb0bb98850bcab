namespace RedisActors.Benchmarks.Recovery;

/// <summary>What was asked for on the command line.</summary>
internal sealed record RecoveryOptions
{
    public required IReadOnlyList<string> Clients { get; init; }

    public required RecoveryFault Fault { get; init; }

    /// <summary>How long the outages take, in their order.</summary>
    public required IReadOnlyList<TimeSpan> Outages { get; init; }

    /// <summary>Commands that each client has under way at once.</summary>
    public required int InFlight { get; init; }

    public required bool Json { get; init; }
}
