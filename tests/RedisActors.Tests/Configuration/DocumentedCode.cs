using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RedisActors.Hosting;

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
