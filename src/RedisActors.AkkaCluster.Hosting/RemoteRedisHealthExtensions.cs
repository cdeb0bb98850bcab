using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisActors.Hosting;
using RedisActors.Hosting.Health;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>Health checks of a node of an Akka cluster: for the Redis that other nodes serve, and for its leases.</summary>
public static class RemoteRedisHealthExtensions
{
    /// <summary>
    /// Adds two checks of the node's <see cref="RemoteRedis"/> to the health checks of Akka.Hosting. <c>remote-redis-live</c>, with the tag
    /// <c>live</c>: it answers. <c>remote-redis-ready</c>, with the tag <c>ready</c>: healthy while a node serves that has Redis, degraded while
    /// none does and commands wait, unhealthy when that lasts too long or too many wait. The data are those of <c>WithRedisHealthChecks</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configure">Sets the limits.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRemoteRedisHealthChecks(
        this AkkaConfigurationBuilder builder, Action<RedisHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new RedisHealthOptions();
        configure?.Invoke(options);
        options.Checked();
        var subject = new HealthSubject(
            RemoteRedisSettings.ActorName,
            system => ConnectionWatch.Of(system, RemoteRedisExtension.Get(system).RemoteRedis, nameof(RemoteRedis)));
        return builder
            .WithHealthCheck(Registration("live", readiness: false))
            .WithHealthCheck(Registration("ready", readiness: true))
            .AddStartup((system, _) => subject.Watch(system));

        AkkaHealthCheckRegistration Registration(string kind, bool readiness) => new(
            $"{RemoteRedisSettings.ActorName}-{kind}", new RedisHealthCheck(subject, options, readiness), HealthStatus.Unhealthy, ["redis", kind]);
    }

    /// <summary>
    /// Adds <c>redis-lease</c>, with the tag <c>ready</c>, to the health checks of Akka.Hosting: unhealthy from when a <see cref="RedisLease"/> of
    /// this node is lost until the server has answered its next request for it, degraded while one is held and its renewal is overdue,
    /// otherwise healthy. That a lease is not held is no fault: another node has it. Data: a line for each lease, by its name.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedisLeaseHealthCheck(this AkkaConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithHealthCheck(new AkkaHealthCheckRegistration(
            "redis-lease", new LeaseHealthCheck(), HealthStatus.Unhealthy, ["redis", "ready"]));
    }
}
