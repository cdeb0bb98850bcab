namespace RedisActors.AkkaCluster;

/// <summary>A lease that was acquired.</summary>
/// <param name="Id">
/// Names this one acquisition, and no other of the same owner: whatever is still on its way for an earlier one cannot touch it.
/// </param>
/// <param name="Token">The fencing token, larger than that of every acquisition before.</param>
/// <param name="Until">When the holder stops to rely on it, by its <see cref="LeaseClock"/>.</param>
internal sealed record LeaseHolding(string Id, long Token, TimeSpan Until);
