using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RedisActors.Testing;
using Xunit.Abstractions;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>The runs of the tests beside this, over either multiplexer: the figures of <c>docs/ecosystem.md</c>. It asserts nothing.</summary>
/// <example><c>REDISACTORS_COMPARE=5 dotnet test tests/RedisActors.Ecosystem.Tests --filter Comparison --logger "console;verbosity=detailed"</c></example>
public sealed class Comparison(ITestOutputHelper output)
{
    [ComparedFact]
    public Task Distributed_cache() => RunAsync(DeliveryMode.AtLeastOnce, async redis =>
    {
        var (calls, missing) = await DistributedCacheTests.WriteAndReadAsync(redis);
        return $"{calls}, {missing.Count} missing";
    });

    [ComparedFact]
    public Task Hybrid_cache() => RunAsync(DeliveryMode.AtLeastOnce, async redis =>
    {
        var (calls, madeAnew) = await DistributedCacheTests.ReadHybridAsync(redis);
        return $"{calls}, {madeAnew} made anew";
    });

    [ComparedFact]
    public Task Data_protection() => RunAsync(DeliveryMode.ExactlyOnce, async redis =>
    {
        var (calls, created, stored) = await DataProtectionTests.CreateKeysAsync(redis);
        return $"{calls}, {created.Except(stored).Count()} created and not stored, {stored.Except(created).Count()} stored and not told, " +
            $"{stored.Count - stored.Distinct().Count()} stored twice";
    });

    [ComparedFact]
    public Task Data_protection_of_an_application_that_starts_during_an_outage() => RunAsync(DeliveryMode.ExactlyOnce, async redis =>
    {
        redis.Server.Kill();
        await using var protection = DataProtectionTests.Protection(redis);
        var clock = Stopwatch.StartNew();
        var protecting = Task.Run(() => protection.GetRequiredService<IDataProtectionProvider>().CreateProtector("cookies").Protect("user 17"));
        await Task.WhenAny(protecting, Task.Delay(redis.Away!.Value));
        await redis.Server.StartAgainAsync();
        await Task.WhenAny(protecting);
        return $"{protecting.Exception?.InnerException?.GetType().Name ?? "protected"} after {clock.ElapsedMilliseconds} ms";
    });

    [ComparedFact]
    public Task Output_cache() => RunAsync(DeliveryMode.AtLeastOnce, async redis =>
    {
        var (calls, madeAgain) = await OutputCacheTests.RequestAsync(redis);
        return $"{calls}, {madeAgain} made again";
    });

    [ComparedFact]
    public async Task SignalR()
    {
        foreach (var delivery in new[] { DeliveryMode.AtLeastOnce, DeliveryMode.WhenSafe })
        {
            await RunAsync(delivery, async redis =>
            {
                var (calls, heard) = await SignalRTests.SayAsync(redis.Client, redis.Server, delivery, redis.Away);
                return $"{delivery}: {calls}, not heard: {calls.Before.Except(heard).Count()} before, {calls.Meanwhile.Except(heard).Count()} of " +
                    $"{calls.Meanwhile.Count} meanwhile, {calls.After.Except(heard).Count()} after; {heard.Count - heard.Distinct().Count()} heard twice";
            });
        }
    }

    [ComparedFact]
    public Task Health_check() => RunAsync(null, async redis =>
    {
        var multiplexer = redis.Client == Client.Plain ? redis.Multiplexer : RedisExtension.Get(redis.System).Multiplexer(connection: "health");
        await using var services = HealthCheckTests.Checks(multiplexer);
        var checks = services.GetRequiredService<HealthCheckService>();
        await checks.CheckHealthAsync();
        redis.Server.Kill();
        var (unhealthy, first) = await UntilAsync(HealthStatus.Unhealthy);
        await redis.Server.StartAgainAsync();
        var (healthy, _) = await UntilAsync(HealthStatus.Healthy);
        return $"unhealthy after {unhealthy.TotalMilliseconds:0} ms ({first}), healthy {healthy.TotalMilliseconds:0} ms after the server was back";

        async Task<(TimeSpan, string?)> UntilAsync(HealthStatus status)
        {
            var clock = Stopwatch.StartNew();
            while (true)
            {
                var report = await checks.CheckHealthAsync();
                if (report.Status == status) return (clock.Elapsed, report.Entries["redis"].Exception?.Message[..30]);
            }
        }
    });

    private async Task RunAsync(DeliveryMode? delivery, Func<Redis, Task<string>> run)
    {
        foreach (var away in new[] { 0.5, 8 })
        {
            for (var round = 0; round < ComparedFactAttribute.Rounds; round++)
            {
                foreach (var client in Enum.GetValues<Client>())
                {
                    await using var redis = await Redis.StartAsync(client, delivery, settings: "connections.health { command-timeout = 1s }");
                    redis.Away = TimeSpan.FromSeconds(away);
                    output.WriteLine($"away {away} s, {client}: {await run(redis)}");
                }
            }
        }
    }
}

/// <summary>Runs where <c>REDISACTORS_COMPARE</c> says how many rounds; it takes minutes.</summary>
internal sealed class ComparedFactAttribute : FactAttribute
{
    public ComparedFactAttribute()
    {
        if (Rounds == 0) Skip = "It measures, where REDISACTORS_COMPARE says how often.";
    }

    public static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("REDISACTORS_COMPARE"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 0;
}
