using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RedisActors.AkkaCluster.Hosting;

/// <summary>What the leases of an actor system mean for the health of its node.</summary>
internal sealed class LeaseHealthCheck : IAkkaHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(LeasesOfSystem.Of(context.ActorSystem).Look(), context.Registration?.FailureStatus ?? HealthStatus.Unhealthy));

    public static HealthCheckResult Judge(IReadOnlyList<LeaseSight> leases, HealthStatus failure)
    {
        var data = new Dictionary<string, object>();
        foreach (var lease in leases) data[lease.Name] = Describe(lease);
        if (leases.FirstOrDefault(lease => lease.LostBecause is not null) is { } lost)
        {
            return new HealthCheckResult(failure, $"redis lease {lost.Name}: {Describe(lost)}", data: data);
        }

        return leases.FirstOrDefault(lease => lease.IsOverdue) is { } overdue
            ? HealthCheckResult.Degraded($"redis lease {overdue.Name}: {Describe(overdue)}", data: data)
            : HealthCheckResult.Healthy($"redis leases: {leases.Count(lease => lease.Token is not null)} held", data: data);
    }

    private static string Describe(LeaseSight lease) => lease switch
    {
        { LostBecause: { } why } => $"lost: {why}",
        { Token: { } token, IsOverdue: true } => $"held, token {token}, not renewed for {lease.SinceRenewal.TotalSeconds:0.0} s",
        { Token: { } token } => $"held, token {token}",
        _ => "not held",
    };
}
