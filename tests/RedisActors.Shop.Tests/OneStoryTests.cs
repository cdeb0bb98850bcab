using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RedisActors.Testing;

namespace RedisActors.Shop.Tests;

/// <summary>Spans and metrics are of the whole process, so no other shop is open meanwhile.</summary>
[CollectionDefinition(nameof(OneShop), DisableParallelization = true)]
public sealed class OneShop;

/// <summary>Spans, metrics, health and page are the same story of one outage.</summary>
[Collection(nameof(OneShop))]
public sealed class OneStoryTests
{
    private const int InFlight = 4;
    private const int Later = 6;

    /// <summary>How far two of them may be apart: each takes its own time when it is told.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(100);

    /// <summary>The page is told by an actor of its own, which waits for its turn.</summary>
    private static readonly TimeSpan ApartOnPage = TimeSpan.FromMilliseconds(300);

    private readonly List<Activity> _spans = [];
    private readonly List<MetricSnapshot> _metrics = [];

    [Fact]
    public async Task They_agree_when_it_began_and_ended_and_how_many_commands_waited_and_were_sent_again()
    {
        await using var shop = await ShopHost.OpenAsync(services: services =>
        {
            services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(_spans));
            services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddInMemoryExporter(_metrics));
        });
        await shop.AddAsync("ada", "book");
        await Eventually.HoldsAsync("nothing waits", async () => await GaugesAsync(shop) == (1, 0));
        Assert.Equal("Healthy", (await shop.HealthAsync()).Status);

        // Some requests are in flight when the server dies, and some come while it is away.
        shop.Redis.Suspend();
        var requests = Enumerable.Range(0, InFlight).Select(number => shop.Http.GetAsync($"carts/early-{number}")).ToList();
        await Eventually.HoldsAsync("they are in flight", async () => Number(await shop.HealthAsync(), "inFlight") >= InFlight);
        shop.Redis.Kill();
        await Eventually.HoldsAsync("it is away", async () => (await shop.HealthAsync()).Status == "Degraded");
        requests.AddRange(Enumerable.Range(0, Later).Select(number => shop.Http.GetAsync($"carts/late-{number}")));
        await Eventually.HoldsAsync("they wait", async () => Number(await shop.HealthAsync(), "stashed") >= InFlight + Later);
        await Task.Delay(300);
        var asked = DateTime.UtcNow;
        var during = await shop.HealthAsync();
        var answered = DateTime.UtcNow;
        var stashed = await GaugesAsync(shop);
        var metered = DateTime.UtcNow;
        var seen = Assert.Single(await OutagesOnPageAsync(shop));
        await shop.Redis.StartAgainAsync();
        foreach (var request in requests) Assert.Equal(HttpStatusCode.OK, (await request).StatusCode);
        await Eventually.HoldsAsync("it is ready", async () => (await shop.HealthAsync()).Status == "Healthy");
        var after = await shop.HealthAsync();
        var gauges = await GaugesAsync(shop);
        var seenAfter = Assert.Single(await OutagesOnPageAsync(shop));

        // Nothing is added while it is read.
        shop.Services.GetRequiredService<TracerProvider>().Shutdown();

        // When it began, and when it ended.
        var (began, ended) = (Time(during, "awaySince"), Time(after, "since"));
        Assert.Equal(1, Count("redisactors.connection.away"));
        Assert.Null(seen.To);
        Assert.Equal(seen.From, seenAfter.From);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(seenAfter.From), began - ApartOnPage, began + ApartOnPage);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(seenAfter.To!.Value), ended - ApartOnPage, ended + ApartOnPage);
        Assert.InRange(TimeSpan.FromSeconds(Sum("redisactors.connection.away")), ended - began - Apart, ended - began + Apart);
        var carts = Commands().Where(span => span.DisplayName == "HGETALL" && span.Events.Any(each => each.Name == "stashed")).ToArray();
        Assert.Equal(InFlight + Later, carts.Length);
        foreach (var span in carts)
        {
            Assert.InRange(At(span, "stashed"), began - Apart, ended);
            Assert.InRange(span.Events.Last().Timestamp, ended - Apart, ended + TimeSpan.FromSeconds(2));
        }

        // How many waited, and how many of these had been sent before.
        Assert.Equal(0, stashed.Ready);
        Assert.InRange(stashed.Stashed, Number(during, "stashed"), WaitedAt(metered));
        Assert.Equal((1, 0), gauges);
        Assert.InRange(Number(during, "stashed"), WaitedAt(asked), WaitedAt(answered));
        var again = Commands().Count(span => span.Events.Any(each => each.Name == "retried"));
        Assert.Equal(InFlight, carts.Count(span => span.Events.Any(each => each.Name == "retried")));
        Assert.Equal(again, Sum("redisactors.commands.retried"));
    }

    /// <summary>
    /// How many commands waited at a time while the server was away, by their spans.
    /// </summary>
    private int WaitedAt(DateTime time) => Commands().Count(span =>
        End(span) > time && span.Events.Any(each => each.Name == "stashed" && each.Timestamp <= time));

    private static DateTimeOffset At(Activity span, string name) => span.Events.First(each => each.Name == name).Timestamp;

    private static DateTime End(Activity span) => span.StartTimeUtc + span.Duration;

    private static long Number(Health health, string name) => long.Parse(health.Data[name], CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(Health health, string name) => DateTimeOffset.Parse(health.Data[name], CultureInfo.InvariantCulture);

    /// <summary>The outages of the connection, as a browser is told of them when it opens the page.</summary>
    private static async Task<IReadOnlyList<Outage>> OutagesOnPageAsync(ShopHost shop)
    {
        await using var events = await shop.Http.GetStreamAsync("redis/events");
        using var reader = new StreamReader(events);
        var first = (await reader.ReadLineAsync())!["data: ".Length..];
        return JsonSerializer.Deserialize<Page>(first, JsonSerializerOptions.Web)!.Connections.Single(each => each.Name == "default").Outages;
    }

    /// <summary>Without the worker's reads: they block, on a connection of their own, slice after slice.</summary>
    private Activity[] Commands() => [.. _spans.Where(span => span.Source.Name == RedisTracing.SourceName && span.DisplayName != "XREADGROUP")];

    /// <summary>How many connections are ready and how many commands wait, by the metrics.</summary>
    private Task<(long Ready, long Stashed)> GaugesAsync(ShopHost shop)
    {
        _metrics.Clear();
        shop.Services.GetRequiredService<MeterProvider>().ForceFlush();
        shop.Services.GetRequiredService<TracerProvider>().ForceFlush();
        return Task.FromResult(((long)Sum("redisactors.connection.ready"), (long)Sum("redisactors.commands.stashed")));
    }

    private double Sum(string name) => Points(name).Sum(each => each.Metric.MetricType switch
    {
        MetricType.Histogram => each.Point.GetHistogramSum(),
        MetricType.LongSum or MetricType.LongSumNonMonotonic => each.Point.GetSumLong(),
        var other => throw new InvalidOperationException($"{other}"),
    });

    private long Count(string name) => Points(name).Sum(each => each.Point.GetHistogramCount());

    private IEnumerable<(MetricSnapshot Metric, MetricPoint Point)> Points(string name) => _metrics
        .Where(metric => metric.Name == name)
        .SelectMany(metric => metric.MetricPoints.Select(point => (metric, point)))
        .Where(each => IsOfTheConnection(each.point));

    /// <summary>Not of the connection on which the worker's reads block.</summary>
    private static bool IsOfTheConnection(MetricPoint point)
    {
        foreach (var tag in point.Tags)
        {
            if (tag is { Key: "lane", Value: > 1 }) return false;
        }

        return true;
    }

    private sealed record Page(Connection[] Connections);

    private sealed record Connection(string Name, Outage[] Outages);

    private sealed record Outage(int Lane, long From, long? To);
}
