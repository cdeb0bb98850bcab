namespace RedisActors;

/// <summary>
/// How long to wait before a connection attempt. A class of yours is named in <c>backoff.strategy</c>; it needs a constructor
/// without arguments, each supervisor has an instance of its own, and calls come one at a time. Whatever it answers, no wait is
/// shorter than 10 ms or longer than <c>backoff.max</c>; where it throws, the wait is <c>backoff.max</c>.
/// </summary>
public interface IBackoffStrategy
{
    /// <summary>The wait before an attempt.</summary>
    /// <param name="attempt">Which attempt of the present outage is waited for, from 1.</param>
    /// <param name="previous">The wait before the attempt before it; zero for the first.</param>
    /// <param name="chance">A random number from 0 to below 1, for jitter.</param>
    TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance);
}
