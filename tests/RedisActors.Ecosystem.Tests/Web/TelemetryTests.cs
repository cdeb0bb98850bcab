using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.StackExchangeRedis;
using OpenTelemetry.Trace;
using RedisActors.Testing;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary><c>OpenTelemetry.Instrumentation.StackExchangeRedis</c>.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Every_call_is_a_span_and_that_of_a_call_that_waited_is_as_long_as_the_wait()
    {
        await using var redis = await Redis.StartAsync(Client.Supervised);
        var database = redis.Multiplexer.GetDatabase();
        await database.PingAsync();
        var spans = new Spans();
        using (Sdk.CreateTracerProviderBuilder()
            .AddRedisInstrumentation(redis.Multiplexer, options => options.FlushInterval = TimeSpan.FromMilliseconds(50))
            .AddInMemoryExporter(spans)
            .Build())
        {
            await database.StringSetAsync("cart:17", "3 apples");
            await database.StringGetAsync("cart:17");
            redis.Server.Kill();
            var waiting = database.HashGetAllAsync("user:17");
            await Task.Delay(500);
            await redis.Server.StartAgainAsync();
            await waiting;
            await Eventually.HoldsAsync(() => Own().Count >= 3);
        }

        var own = Own();
        Assert.Equal(["SET", "GET", "HGETALL"], own.OrderBy(span => span.StartTimeUtc).Select(span => span.DisplayName));
        var longest = own.MaxBy(span => span.Duration)!;
        Assert.Equal("HGETALL", longest.DisplayName);
        Assert.True(longest.Duration >= TimeSpan.FromMilliseconds(400), $"{longest.Duration}");

        List<Activity> Own() => spans.Of(span => Convert.ToInt32(span.GetTagItem("server.port")) == redis.Server.Port);
    }
}
