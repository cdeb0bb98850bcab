namespace RedisActors.Benchmarks.Outage;

/// <summary>The options of the command line.</summary>
internal sealed record OutageOptions
{
    public required IReadOnlyList<string> Clients { get; init; }

    public required IReadOnlyList<OutageFault> Faults { get; init; }

    /// <summary>Commands in flight, over all senders.</summary>
    public required int InFlight { get; init; }

    public required int Rounds { get; init; }

    /// <summary>How long the load runs before each fault and after the last.</summary>
    public required TimeSpan Between { get; init; }

    public required DeliveryMode Delivery { get; init; }

    /// <summary>The mode as spelled in the settings.</summary>
    public required string DeliveryName { get; init; }

    public required bool Json { get; init; }
}
