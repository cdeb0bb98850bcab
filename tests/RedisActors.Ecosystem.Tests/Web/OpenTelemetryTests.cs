using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RedisActors.Testing;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>The library's own spans and metrics in OpenTelemetry's SDK.</summary>
public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task An_OTLP_endpoint_receives_spans_and_metrics()
    {
        await using var server = await RedisServer.StartAsync();
        var received = new ConcurrentDictionary<string, string>();
        var builder = WebApplication.CreateSlimBuilder();
        await using var endpoint = builder.Build();
        endpoint.Urls.Add("http://127.0.0.1:0");
        endpoint.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            received.AddOrUpdate(signal, Encoding.Latin1.GetString(body.ToArray()), (_, former) => former + Encoding.Latin1.GetString(body.ToArray()));
        });
        await endpoint.StartAsync();
        var address = endpoint.Urls.Single();
        using var system = ActorSystem.Create("otlp", $"redis-actors.default.endpoint = \"{server.Endpoint}\"");
        var redis = RedisExtension.Get(system).RedisActor;

        using (Sdk.CreateTracerProviderBuilder()
            .AddSource(RedisTracing.SourceName)
            .AddOtlpExporter(options => To(options, $"{address}/v1/traces"))
            .Build())
        using (Sdk.CreateMeterProviderBuilder()
            .AddMeter(RedisMetrics.MeterName)
            .AddOtlpExporter(options => To(options, $"{address}/v1/metrics"))
            .Build())
        {
            await redis.ExecuteAsync("SET", "text", "4711-secret");
            await Assert.ThrowsAsync<RedisOutcomeException>(() => redis.ExecuteAsync("LPUSH", "text", "4711-secret"));
        }

        await system.Terminate();
        Assert.All(["LPUSH", "db.operation.name", "WRONGTYPE", "redisactors.outcome", "rejected"], text => Assert.Contains(text, received["traces"]));
        Assert.All(
            ["db.client.operation.duration", "redisactors.commands.answered", "redisactors.connection.ready", "WRONGTYPE"],
            text => Assert.Contains(text, received["metrics"]));
        Assert.DoesNotContain("4711-secret", received["traces"] + received["metrics"]);
    }

    /// <summary>The client writes for many callers at a time; a parent would be right by chance.</summary>
    [Fact]
    public async Task Through_the_multiplexer_the_clients_spans_have_the_parent_and_ours_have_none()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised);
        var database = redis.Multiplexer.GetDatabase();
        await database.PingAsync();
        using var source = new ActivitySource("RedisActors.Ecosystem.Tests");
        var ours = new Spans();
        var theirs = new Spans();
        ActivitySpanId parent;
        using (Sdk.CreateTracerProviderBuilder().AddSource(RedisTracing.SourceName, source.Name).AddInMemoryExporter(ours).Build())
        using (Sdk.CreateTracerProviderBuilder()
            .AddRedisInstrumentation(redis.Multiplexer, options => options.FlushInterval = TimeSpan.FromMilliseconds(50))
            .AddInMemoryExporter(theirs)
            .Build())
        {
            using (var caller = source.StartActivity("caller")!)
            {
                parent = caller.SpanId;
                await Task.WhenAll(Enumerable.Range(0, 20).Select(i => database.HashSetAsync("traced", i, i)));
            }

            await Eventually.HoldsAsync(() => theirs.Of(span => span.ParentSpanId == parent).Count >= 20);
        }

        Assert.Equal(20, theirs.Of(span => span.ParentSpanId == parent).Count);
        var hashes = ours.Of(span => span.DisplayName == "HSET");
        Assert.True(hashes.Count >= 20, $"{hashes.Count} spans");
        Assert.All(hashes, span => Assert.Equal(default, span.ParentSpanId));
    }

    private static void To(OtlpExporterOptions options, string address)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(address);
    }
}
