namespace RedisActors;

/// <summary>
/// How long to wait before a connection attempt. Name a class of yours in <c>backoff.strategy</c>; it needs a constructor without
/// parameters. Each supervisor (one per lane) has its own instance and calls it from one thread at a time; one more instance is made
/// when the settings are checked. Whatever it returns, no wait is shorter than 10 ms or longer than <c>backoff.max</c>. If it
/// throws, the wait is <c>backoff.max</c>; if its constructor throws, the settings are refused.
/// </summary>
public interface IBackoffStrategy
{
    /// <summary>The wait before an attempt.</summary>
    /// <param name="attempt">The number of the wait in the present outage, from 1.</param>
    /// <param name="previous">The previous wait of this outage; zero for the first.</param>
    /// <param name="chance">A random number from 0 to below 1, for jitter.</param>
    TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance);
}
