namespace RedisActors.Benchmarks.Throughput;

/// <summary>What a load sends.</summary>
/// <param name="InFlight">Commands in flight, over all senders.</param>
/// <param name="Work">The keys and the value.</param>
/// <param name="Latency">Where the time of each command is recorded; null where it is not measured.</param>
internal sealed record LoadShape(int InFlight, Work Work, LatencyRecorder? Latency = null);
