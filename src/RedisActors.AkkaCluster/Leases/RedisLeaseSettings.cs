using Akka.Configuration;
using Akka.Coordination;
using RedisActors.Configuration;

namespace RedisActors.AkkaCluster;

/// <summary>The times of a lease.</summary>
/// <param name="TimeToLive">How long the server keeps the lease for a holder that does not renew it.</param>
/// <param name="Trusted">
/// How long the holder itself relies on it, counted from before it sent the request that the server granted: the time to live less a
/// margin.
/// </param>
/// <param name="RenewalInterval">The time from one renewal to the next.</param>
internal sealed record LeaseTimes(TimeSpan TimeToLive, TimeSpan Trusted, TimeSpan RenewalInterval)
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRetryDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The time from a failed renewal to its retry, short enough for several retries before the lease is over.</summary>
    public TimeSpan RetryDelay { get; } = Clamp(RenewalInterval / 5);

    private static TimeSpan Clamp(TimeSpan delay) =>
        delay < ShortestRetryDelay ? ShortestRetryDelay : delay > LongestRetryDelay ? LongestRetryDelay : delay;
}

/// <summary>The settings of one lease.</summary>
internal sealed record RedisLeaseSettings(
    string Name, string Owner, string Key, LeaseTimes Times, TimeSpan OperationTimeout, string Connection, bool WaitsForForgottenHolder)
{
    /// <summary>How long acquiring waits while nobody has the lease, all in all.</summary>
    public TimeSpan LongestWait { get; } =
        WaitsForForgottenHolder ? Times.TimeToLive + LeaseScripts.HeadStart + OperationTimeout : TimeSpan.Zero;

    private const string Path = "redis-actors.lease";

    /// <exception cref="ConfigurationException">A setting is invalid; the message names each by its path.</exception>
    public static RedisLeaseSettings Create(LeaseSettings settings)
    {
        var reference = RedisLease.DefaultConfig().GetConfig(Path);
        var config = settings.LeaseConfig.WithFallback(reference);
        var problems = new SettingsProblems();
        var reader = new SettingsReader(config, SettingsOrigin.OfDefault(Path, config, reference), problems, problems);
        var margin = reader.Fraction("safety-margin", 0, 0.5);

        // Akka has read these, and takes a number without a unit for milliseconds.
        foreach (var path in new[] { "heartbeat-timeout", "heartbeat-interval", "lease-operation-timeout" })
        {
            reader.Duration(path, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365));
        }

        var prefix = reader.Text("key-prefix");
        var timeouts = settings.TimeoutSettings;
        var times = new LeaseTimes(timeouts.HeartbeatTimeout, timeouts.HeartbeatTimeout * (1 - margin), timeouts.HeartbeatInterval);
        reader.Require(
            timeouts.OperationTimeout < times.Trusted,
            "lease-operation-timeout",
            $"less than heartbeat-timeout without its safety-margin, which is {times.Trusted.TotalMilliseconds} ms,");
        var connection = reader.Text("connection");
        var waits = reader.Switch("wait-for-forgotten-holder");
        problems.ThrowIfAny();
        return new RedisLeaseSettings(
            settings.LeaseName, settings.OwnerName, prefix + settings.LeaseName, times, timeouts.OperationTimeout, connection, waits);
    }
}
