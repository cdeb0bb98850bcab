using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisActors.Hosting.Health;

/// <summary>What is checked.</summary>
/// <param name="Name">How it is called in what is reported.</param>
/// <param name="Watch">Finds what is known of it.</param>
internal sealed record HealthSubject(string Name, Func<ActorSystem, ConnectionWatch> Watch);

/// <summary>The two checks of a connection, for Akka.Hosting and for Microsoft.Extensions.Diagnostics.HealthChecks.</summary>
internal sealed class RedisHealthCheck(HealthSubject subject, RedisHealthOptions options, bool readiness) : IAkkaHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default) =>
        CheckAsync(context.ActorSystem, context.Registration?.FailureStatus ?? HealthStatus.Unhealthy, cancellationToken);

    /// <summary>The same for an application's own registration.</summary>
    public IHealthCheck ForServices(IServiceProvider services) => new OfServices(this, services);

    private async Task<HealthCheckResult> CheckAsync(ActorSystem system, HealthStatus failure, CancellationToken cancellation)
    {
        if (system.WhenTerminated.IsCompleted) return new HealthCheckResult(failure, $"redis {subject.Name}: the actor system has terminated");
        var watch = subject.Watch(system);
        var status = watch.Current.IsOver ? null : await AskAsync(watch.Redis, cancellation).ConfigureAwait(false);

        // The answer may be newer than what the watch has heard.
        var watched = status is null ? watch.Current : watch.Current.With(status.State, watch.Now);
        return readiness
            ? HealthRules.Readiness(subject.Name, watched, status, options, failure, watch.Now)
            : HealthRules.Liveness(subject.Name, watched, status, failure);
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
