using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.AspNetCore.OutputCaching.StackExchangeRedis;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using RedisActors.Hosting;
using SignalROptions = Microsoft.AspNetCore.SignalR.StackExchangeRedis.RedisOptions;

namespace RedisActors.Ecosystem.Tests.Web;

/// <summary>The pieces of C# in <c>docs/ecosystem.md</c>, which <see cref="DocumentationTests"/> looks for in here.</summary>
internal static class DocumentedCode
{
    public static void Before(WebApplicationBuilder builder)
    {
        builder.Services.AddAkka("shop", akka => akka.WithRedis("localhost:6379"));
    }

    public static void Caching(WebApplicationBuilder builder)
    {
        builder.Services.AddStackExchangeRedisCache(_ => { });
        builder.Services.AddOptions<RedisCacheOptions>().Configure<ActorSystem>((options, system) =>
            options.ConnectionMultiplexerFactory = () => Task.FromResult(RedisExtension.Get(system).Multiplexer(DeliveryMode.AtLeastOnce)));
        builder.Services.AddHybridCache();      // if you use it: over the same cache
    }

    public static void Protection(WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("shop");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<ActorSystem>((options, system) =>
            options.XmlRepository = new RedisXmlRepository(
                () => RedisExtension.Get(system).Multiplexer(DeliveryMode.ExactlyOnce).GetDatabase(), "DataProtection-Keys"));
    }

    public static void OutputCaching(WebApplicationBuilder builder)
    {
        builder.Services.AddOutputCache();
        builder.Services.AddStackExchangeRedisOutputCache(_ => { });
        builder.Services.AddOptions<RedisOutputCacheOptions>().Configure<ActorSystem>((options, system) =>
            options.ConnectionMultiplexerFactory = () => Task.FromResult(RedisExtension.Get(system).Multiplexer(DeliveryMode.AtLeastOnce)));
    }

    public static void SignalR(WebApplicationBuilder builder)
    {
        builder.Services.AddSignalR().AddStackExchangeRedis();
        builder.Services.AddOptions<SignalROptions>().Configure<ActorSystem>((options, system) =>
            options.ConnectionFactory = _ => Task.FromResult(RedisExtension.Get(system).Multiplexer(DeliveryMode.AtLeastOnce)));
    }

    public static void Health(WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddRedis(services =>
            RedisExtension.Get(services.GetRequiredService<ActorSystem>()).Multiplexer(connection: "health"));
    }

    public static void Telemetry(TracerProviderBuilder tracing)
    {
        tracing.AddRedisInstrumentation().ConfigureRedisInstrumentation((services, redis) =>
            redis.AddConnection(RedisExtension.Get(services.GetRequiredService<ActorSystem>()).Multiplexer()));
    }
}
