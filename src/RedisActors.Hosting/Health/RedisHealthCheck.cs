using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisActors.Hosting.Health;

/// <summary>The two checks of a connection, for Akka.Hosting and for Microsoft.Extensions.Diagnostics.HealthChecks.</summary>
internal sealed class RedisHealthCheck(string connection, RedisHealthOptions options, bool readiness) : IAkkaHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default) =>
        CheckAsync(context.ActorSystem, context.Registration?.FailureStatus ?? HealthStatus.Unhealthy, cancellationToken);

    /// <summary>The same for an application's own registration.</summary>
    public IHealthCheck ForServices(IServiceProvider services) => new OfServices(this, services);

    private async Task<HealthCheckResult> CheckAsync(ActorSystem system, HealthStatus failure, CancellationToken cancellation)
    {
        if (system.WhenTerminated.IsCompleted) return new HealthCheckResult(failure, $"redis {connection}: the actor system has terminated");
        var watch = ConnectionWatch.Of(system, connection);
        var status = watch.Current.IsOver ? null : await AskAsync(watch.Redis, cancellation).ConfigureAwait(false);

        // The answer may be newer than what the watch has heard.
        var watched = status is null ? watch.Current : watch.Current.With(status.State, watch.Now);
        return readiness
            ? HealthRules.Readiness(connection, watched, status, options, failure, watch.Now)
            : HealthRules.Liveness(connection, watched, status, failure);
    }

    /// <summary>Null: there is no answer in time.</summary>
    private async Task<RedisStatus?> AskAsync(IActorRef redis, CancellationToken cancellation)
    {
        try
        {
            return await redis.Ask<RedisStatus>(GetStatus.Instance, options.AnswerTimeout, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is AskTimeoutException or TimeoutException)
        {
            return null;
        }
    }

    private sealed class OfServices(RedisHealthCheck check, IServiceProvider services) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            check.CheckAsync(services.GetRequiredService<ActorSystem>(), context.Registration.FailureStatus, cancellationToken);
    }
}
