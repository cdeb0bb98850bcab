using Akka.Configuration;
using Akka.Coordination;
using RedisActors.Configuration;
using RedisActors.Locks;

namespace RedisActors.AkkaCluster;

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
