using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RedisActors.Testing;

namespace RedisActors.Hosting.Tests;

/// <summary>The health checks of an application through an outage.</summary>
public sealed class HealthCheckTests : IAsyncLifetime
{
    private RedisServer _redis = null!;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_tell_the_truth_of_an_outage(bool ofAkkaHosting)
    {
        static void Limits(RedisHealthOptions options) => options.Grace = TimeSpan.FromSeconds(1);
        using var host = await Started.HostAsync(
            akka => _ = ofAkkaHosting ? akka.WithRedis(_redis.Endpoint).WithRedisHealthChecks(Limits) : akka.WithRedis(_redis.Endpoint),
            services => _ = ofAkkaHosting ? services.AddHealthChecks() : services.AddHealthChecks().AddRedisActors(configure: Limits));
        await ReadyIsAsync(host, HealthStatus.Healthy);

        _redis.Kill();
        var away = await ReadyIsAsync(host, HealthStatus.Degraded);
        var client = RedisClient.Of(host.Services.GetRequiredService<ActorSystem>());
        var waiting = client.ExecuteAsync("GET", "key");
        var tooLong = await ReadyIsAsync(host, HealthStatus.Unhealthy);
        var live = await CheckAsync(host, "live");
        await _redis.StartAgainAsync();
        await waiting;
        var back = await ReadyIsAsync(host, HealthStatus.Healthy);

        Assert.Equal(HealthStatus.Healthy, live.Status);
        Assert.Contains(away.Data["state"], new[] { "Lost", "BackingOff", "Connecting" });
        Assert.Equal(1, tooLong.Data["stashed"]);
        Assert.Contains("longer than 1 s", tooLong.Description);
        Assert.NotEqual(string.Empty, tooLong.Data["cause"]);
        Assert.InRange((DateTimeOffset)tooLong.Data["awaySince"], DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.Equal("Ready", back.Data["state"]);
        Assert.DoesNotContain("cause", back.Data);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_connection_with_a_name_has_its_own()
    {
        using var host = await Started.HostAsync(
            akka => akka.WithRedis<Cache>("cache", _redis.Endpoint).WithRedisHealthChecks("cache"), services => services.AddHealthChecks());

        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(["redis-cache-live", "redis-cache-ready"], report.Entries.Keys.Where(name => name.StartsWith("redis", StringComparison.Ordinal)).Order());
        await host.StopAsync();
    }

    [Fact]
    public async Task Actors_that_have_stopped_are_not_alive()
    {
        using var host = await Started.HostAsync(
            akka => akka.WithRedis(_redis.Endpoint).WithRedisHealthChecks(), services => services.AddHealthChecks());
        await ReadyIsAsync(host, HealthStatus.Healthy);

        await host.Services.GetRequiredService<IRequiredActor<RedisActor>>().ActorRef.GracefulStop(TimeSpan.FromSeconds(20));
        var ready = await ReadyIsAsync(host, HealthStatus.Unhealthy);

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(host, "live")).Status);
        Assert.Equal(("Stopped", "redis default: the RedisActor has stopped"), (ready.Data["state"], ready.Description));
        await host.StopAsync();
    }

    private static async Task<HealthReportEntry> ReadyIsAsync(IHost host, HealthStatus status)
    {
        HealthReportEntry entry = default;
        await Until.HoldsAsync($"it is {status}", async () => (entry = await CheckAsync(host, "ready")).Status == status);
        return entry;
    }

    private static async Task<HealthReportEntry> CheckAsync(IHost host, string tag)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Tags.Contains(tag) && check.Tags.Contains("redis"));
        return Assert.Single(report.Entries).Value;
    }

    private sealed class Cache;
}
