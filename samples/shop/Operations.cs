using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using RedisActors;

namespace Shop;

/// <summary>What those who run the shop look at.</summary>
public static class Operations
{
    /// <summary>Traces and metrics; <c>Telemetry:Exporter</c> says where they go: <c>console</c>, <c>otlp</c> or nowhere.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddSource(RedisTracing.SourceName))
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddMeter(RedisMetrics.MeterName));
        switch (builder.Configuration["Telemetry:Exporter"])
        {
            case "console":
                telemetry.WithTracing(tracing => tracing.AddConsoleExporter()).WithMetrics(metrics => metrics.AddConsoleExporter());
                break;
            case "otlp":
                telemetry.UseOtlpExporter();
                break;
        }
    }

    /// <summary>Degraded, which is away and within the grace, is answered 200: the orders wait, and none is lost.</summary>
    public static void MapShopHealth(this WebApplication app)
    {
        foreach (var tag in new[] { "live", "ready" })
        {
            app.MapHealthChecks($"/health/{tag}", new HealthCheckOptions
            {
                Predicate = check => check.Tags.Contains(tag),
                ResponseWriter = (http, report) => http.Response.WriteAsJsonAsync(new
                {
                    status = report.Status.ToString(),
                    checks = report.Entries.ToDictionary(check => check.Key, check => new { check.Value.Description, check.Value.Data }),
                }),
            });
        }
    }
}

/// <summary>A command that was not applied, or a lock that was lost: 503, with what is true of it. The browser may ask again.</summary>
public static class Outcomes
{
    public static Task AnswerAsync(HttpContext http)
    {
        var error = http.Features.Get<IExceptionHandlerFeature>()?.Error;
        http.Response.StatusCode = error is RedisOutcomeException or RedisLockLostException
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status500InternalServerError;
        var outcome = (error as RedisOutcomeException)?.Outcome.ToString();
        return http.Response.WriteAsJsonAsync(new { outcome, error = error?.Message });
    }
}
