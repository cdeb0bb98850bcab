namespace RedisActors.AkkaCluster;

/// <summary>The times of a lease.</summary>
/// <param name="TimeToLive">For how long the server lets a holder have it that does not renew it.</param>
/// <param name="Trusted">
/// For how long the holder itself relies on it, counted from before it sent the request that the server granted: the time to live less
/// a margin.
/// </param>
/// <param name="RenewalInterval">The time from one renewal to the next.</param>
internal sealed record LeaseTimes(TimeSpan TimeToLive, TimeSpan Trusted, TimeSpan RenewalInterval)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>The time from a renewal that failed to the next: it is tried several times before the lease is over.</summary>
    public TimeSpan PauseAfterFailure { get; } = Clamp(RenewalInterval / 5);

    private static TimeSpan Clamp(TimeSpan pause) =>
        pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause;
}
