using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary><c>AspNetCore.HealthChecks.Redis</c>.</summary>
public sealed class HealthCheckTests
{
    [Fact]
    public async Task A_server_that_is_away_is_unhealthy_within_the_timeout_of_the_connection_and_healthy_when_it_is_back()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised, settings: "connections.health { command-timeout = 300ms }");
        await using var services = Checks(RedisExtension.Get(redis.System).Multiplexer(connection: "health"));
        var checks = services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await checks.CheckHealthAsync()).Status);

        redis.Server.Kill();
        var report = await checks.CheckHealthAsync().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal(Outcome.NotSent, RedisOutcome.Of(report.Entries["redis"].Exception!));

        await redis.Server.StartAgainAsync();
        await Eventually.HoldsAsync(async () => (await checks.CheckHealthAsync()).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_check_over_a_patient_connection_waits_for_the_server()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised);
        await using var services = Checks(redis.Multiplexer);
        redis.Server.Kill();

        var checking = services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        await Task.Delay(500);
        Assert.False(checking.IsCompleted);
        await redis.Server.StartAgainAsync();

        Assert.Equal(HealthStatus.Healthy, (await checking).Status);
    }

    internal static ServiceProvider Checks(IConnectionMultiplexer multiplexer)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHealthChecks().AddRedis(_ => multiplexer);
        return services.BuildServiceProvider();
    }
}
