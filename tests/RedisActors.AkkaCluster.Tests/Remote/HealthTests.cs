using Akka.Actor;
using Akka.Configuration;
using Akka.Coordination;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RedisActors.AkkaCluster.Hosting;
using RedisActors.Hosting;

namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>The health checks of the served Redis and of leases, with a server that is killed.</summary>
public sealed class HealthTests : OneNodeSpec
{
    private const string Heartbeat = "redis-actors.default.heartbeat { interval = 100ms, timeout = 300ms }";

    [Fact]
    public async Task The_served_Redis_is_ready_degraded_and_then_unhealthy()
    {
        using var host = BuildHost(Heartbeat, akka => akka
            .WithRedisOnRole(new RemoteRedisOptions { Role = "redis", IdentifyInterval = TimeSpan.FromMilliseconds(100) })
            .WithRemoteRedisHealthChecks(health => health.Grace = TimeSpan.FromSeconds(2)));
        await host.StartAsync();

        // Not a member yet, so that no node serves.
        var entry = await EntryAsync(host, "remote-redis-ready");
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        JoinItself(host.Services.GetRequiredService<ActorSystem>());
        await BecomesAsync(host, "remote-redis-ready", HealthStatus.Healthy);

        Server.Kill();
        await BecomesAsync(host, "remote-redis-ready", HealthStatus.Degraded);
        await BecomesAsync(host, "remote-redis-ready", HealthStatus.Unhealthy);
        Assert.Contains("has no connection to Redis", (string)(await EntryAsync(host, "remote-redis-ready")).Data["cause"]);
        Assert.Equal(HealthStatus.Healthy, (await EntryAsync(host, "remote-redis-live")).Status);

        await Server.StartAgainAsync();
        await BecomesAsync(host, "remote-redis-ready", HealthStatus.Healthy);

        await host.Services.GetRequiredService<IRequiredActor<RemoteRedis>>().ActorRef.GracefulStop(Eventually.Patience);
        await BecomesAsync(host, "remote-redis-live", HealthStatus.Unhealthy);
        Assert.Contains("the RemoteRedis has stopped", (await EntryAsync(host, "remote-redis-live")).Description);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_lost_lease_is_unhealthy_until_theServer_has_answered_again()
    {
        using var host = BuildHost(Heartbeat, akka => akka
            .WithRedis()
            .WithRedisLease(new RedisLeaseOption
            {
                HeartbeatTimeout = TimeSpan.FromMilliseconds(1500), HeartbeatInterval = TimeSpan.FromMilliseconds(300), OperationTimeout = TimeSpan.FromSeconds(1),
            })
            .WithRedisLeaseHealthCheck());
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal(HealthStatus.Healthy, (await EntryAsync(host, "redis-lease")).Status);
        var lease = LeaseProvider.Get(system).GetLease("billing", "redis-actors.lease", "me");
        await AcquireAsync(lease);
        var held = await EntryAsync(host, "redis-lease");
        Assert.Equal((HealthStatus.Healthy, $"held, token {((RedisLease)lease).Token}"), (held.Status, held.Data["billing"]));

        Server.Kill();
        await BecomesAsync(host, "redis-lease", HealthStatus.Degraded);
        await BecomesAsync(host, "redis-lease", HealthStatus.Unhealthy);
        Assert.Equal("redis lease billing: lost: it could not be renewed in time", (await EntryAsync(host, "redis-lease")).Description);

        await Server.StartAgainAsync();
        await AcquireAsync(lease);
        Assert.Equal(HealthStatus.Healthy, (await EntryAsync(host, "redis-lease")).Status);
        await host.StopAsync();
    }

    private static Task AcquireAsync(Lease lease) =>
        Eventually.HoldsAsync("it is acquired", async () =>
        {
            try
            {
                return await lease.Acquire();
            }
            catch (Exception error) when (error is LeaseException or LeaseTimeoutException)
            {
                return false;
            }
        });

    private static Task BecomesAsync(IHost host, string check, HealthStatus status) =>
        Eventually.HoldsAsync($"{check} is {status}", async () => (await EntryAsync(host, check)).Status == status);

    private static async Task<HealthReportEntry> EntryAsync(IHost host, string check) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[check];
}
