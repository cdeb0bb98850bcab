using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisActors.Hosting.Health;

namespace RedisActors.Hosting;

/// <summary>
/// Health checks of a connection. <c>redis-live</c>, with the tag <c>live</c>: its actors answer; that Redis is away is no reason to restart
/// the application. <c>redis-ready</c>, with the tag <c>ready</c>: healthy when commands flow, degraded while the connection is away and
/// commands wait, unhealthy when that lasts too long or too many wait (<see cref="RedisHealthOptions"/>), or when it has been given up. Those of
/// another connection are <c>redis-cache-live</c> and <c>redis-cache-ready</c>. The data of both: <c>state</c>, <c>since</c>, <c>awaySince</c>,
/// <c>endpoint</c>, <c>attempt</c>, <c>cause</c>, <c>stashed</c>, <c>inFlight</c>.
/// </summary>
public static class RedisHealthExtensions
{
    /// <summary>
    /// Adds both to the health checks of Akka.Hosting. The application calls <c>services.AddHealthChecks()</c>, and maps them
    /// (<c>app.MapHealthChecks</c>) as any others.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="configure">Sets the limits.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedisHealthChecks(
        this AkkaConfigurationBuilder builder, Action<RedisHealthOptions>? configure = null) =>
        builder.WithRedisHealthChecks(RedisConnections.DefaultName, configure);

    /// <summary>The same for a further connection.</summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="connection">The connection's name.</param>
    /// <param name="configure">Sets the limits.</param>
    /// <returns>The builder.</returns>
    public static AkkaConfigurationBuilder WithRedisHealthChecks(
        this AkkaConfigurationBuilder builder, string connection, Action<RedisHealthOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        foreach (var (name, check, tags) in Checks(connection, configure))
        {
            builder.WithHealthCheck(new AkkaHealthCheckRegistration(name, check, HealthStatus.Unhealthy, tags));
        }

        // From the beginning, so that it is known since when the connection is away.
        return builder.AddStartup((system, _) => ConnectionWatch.Of(system, connection));
    }

    /// <summary>
    /// Adds both to the application's own health checks, instead of <see cref="WithRedisHealthChecks(AkkaConfigurationBuilder, Action{RedisHealthOptions}?)"/>
    /// (the names would be there twice).
    /// </summary>
    /// <param name="builder">The builder of <c>services.AddHealthChecks()</c>.</param>
    /// <param name="connection">The connection's name.</param>
    /// <param name="configure">Sets the limits.</param>
    /// <param name="failureStatus">How a failure is reported; <see langword="null"/>: as unhealthy.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddRedisActors(
        this IHealthChecksBuilder builder, string connection = "default", Action<RedisHealthOptions>? configure = null, HealthStatus? failureStatus = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        foreach (var (name, check, tags) in Checks(connection, configure))
        {
            builder.Add(new HealthCheckRegistration(name, check.ForServices, failureStatus, tags));
        }

        return builder;
    }

    private static IEnumerable<(string Name, RedisHealthCheck Check, string[] Tags)> Checks(string connection, Action<RedisHealthOptions>? configure)
    {
        var options = new RedisHealthOptions();
        configure?.Invoke(options);
        options.Checked();
        var subject = new HealthSubject(connection, system => ConnectionWatch.Of(system, connection));
        var prefix = connection == RedisConnections.DefaultName ? "redis" : $"redis-{connection}";
        yield return ($"{prefix}-live", new RedisHealthCheck(subject, options, readiness: false), ["redis", "live"]);
        yield return ($"{prefix}-ready", new RedisHealthCheck(subject, options, readiness: true), ["redis", "ready"]);
    }
}
