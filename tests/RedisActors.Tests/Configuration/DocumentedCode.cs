using System.Net.Security;
using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisActors.Hosting;
using StackExchange.Redis;

namespace RedisActors.Tests.Configuration;

/// <summary>The pieces of C# in <c>docs/configuration.md</c>, which <see cref="DocumentationTests"/> looks for in here.</summary>
internal static class DocumentedCode
{
    public static void InCode(AkkaConfigurationBuilder akka)
    {
        akka.WithRedis(options =>
        {
            options.Endpoint = "redis-1:6379";
            options.CommandTimeout = TimeSpan.FromSeconds(5);
            options.StashWhenFull = WhenStashFull.DropOldest;
            options.MaxRestarts = RedisOptions.Unlimited;
        });
    }

    public static void ConnectionStrings(AkkaConfigurationBuilder akka, IConfiguration configuration)
    {
        akka.WithRedis("redis-1:6380,password=secret,ssl=true,user=app");   // a connection string of StackExchange.Redis
        akka.WithRedis("rediss://app:secret@redis-1:6380/0");               // a URI
        akka.WithRedisConnectionString("redis");                            // ConnectionStrings:redis, as ASP.NET Core and Aspire have it
        akka.WithRedis(ConfigurationOptions.Parse("redis-1:6380"));
        akka.WithRedis(configuration.GetSection("Redis"));                  // a section of appsettings.json
    }

    public static void Bound(IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<RedisOptions>(configuration.GetSection("Redis"));
        services.AddOptions<RedisOptions>("cache").BindConfiguration("Cache").Validate(options => options.ClientName is not null);
    }

    public static void Objects(AkkaConfigurationBuilder akka)
    {
        akka.WithRedis(options =>
        {
            options.UseCredentialsProvider(services => services.GetRequiredService<RotatedPassword>());
            options.UseBackoffStrategy(_ => new PatientAtNight());
            options.UseServerCertificateValidation((sender, certificate, chain, errors) => errors == SslPolicyErrors.None);
        });
    }

    public static void Clients(IServiceCollection services)
    {
        services.AddRedisClient();
        services.AddRedisClient("cache");
    }

    public static void Health(IHostApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks();
        builder.Services.AddAkka("shop", akka => akka
            .WithRedisConnectionString("redis")
            .WithRedisHealthChecks(limits => limits.Grace = TimeSpan.FromSeconds(20)));
    }

    public static void MapHealth(WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
    }

    public static void Secrets(AkkaConfigurationBuilder akka, IConfiguration configuration)
    {
        akka.WithRedis(options => options.Password = configuration["Redis:Password"]);
    }

    public static ActorSystem SecretsWithoutHost(Config configuration)
    {
        var secrets = RedisSecretsSetup.Empty
            .With("default", new RedisSecrets { User = "app", Password = Environment.GetEnvironmentVariable("REDIS_PASSWORD") })
            .With("cache", new RedisSecrets { Password = Environment.GetEnvironmentVariable("CACHE_PASSWORD") });
        var system = ActorSystem.Create("shop", BootstrapSetup.Create().WithConfig(configuration).And(secrets));
        return system;
    }

    public static void Delivery(IActorRef redis)
    {
        redis.Tell(new RedisCommand("INCR", "orders") { Delivery = DeliveryMode.ExactlyOnce });
    }

    public static IActorRef Several(ActorSystem system)
    {
        IActorRef cache = RedisExtension.Get(system).Connection("cache");
        return cache;
    }

    public static void SeveralHosted(AkkaConfigurationBuilder akka)
    {
        akka.WithRedis<Cache>("cache", options => options.CommandTimeout = TimeSpan.FromMilliseconds(200));
        akka.WithRedis<Sessions>("sessions");
    }

    public static async Task WithoutHost(Config configuration)
    {
        var system = ActorSystem.Create("job", configuration);
        await system.WhenTerminated;
    }

    public static void ShutdownTimeout(IServiceCollection services)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(15));
    }

    public sealed class Cache;

    public sealed class Sessions;

    public sealed class Login(IRequiredActor<Sessions> sessions)
    {
        public Task<RedisReply> FindAsync(string id) => sessions.ActorRef.ExecuteAsync(new RedisCommand("GET", id));
    }

    public sealed class Carts(RedisClient redis, [FromKeyedServices("cache")] RedisClient cache)
    {
        public Task<RespValue> AddAsync(string cart, string item) => redis.ExecuteAsync("HINCRBY", cart, item, 1);

        public Task<RedisReply> FindAsync(string key, CancellationToken cancellation) => cache.ExecuteAsync(new RedisCommand("GET", key), cancellation);
    }

    public sealed class PatientAtNight : IBackoffStrategy
    {
        public TimeSpan DelayBefore(int attempt, TimeSpan previous, double chance) =>
            DateTime.Now.Hour < 6 ? TimeSpan.FromSeconds(30) : TimeSpan.FromMilliseconds(200 * attempt);
    }

    public sealed class RotatedPassword : IRedisCredentialsProvider
    {
        public async ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) =>
            new("app", await File.ReadAllTextAsync("/run/secrets/redis", cancellation));
    }
}
