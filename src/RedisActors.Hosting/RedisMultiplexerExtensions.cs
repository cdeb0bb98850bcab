using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace RedisActors.Hosting;

/// <summary>Registers StackExchange.Redis' API over a supervised connection.</summary>
public static class RedisMultiplexerExtensions
{
    /// <summary>
    /// Registers the <see cref="IConnectionMultiplexer"/> of <see cref="RedisExtension.Multiplexer"/> as a singleton: for the connection
    /// <c>default</c>, to be taken as it is; for another one under its name as the key. Classes and libraries that take an
    /// <see cref="IConnectionMultiplexer"/> then work over the <see cref="RedisActor"/>. The connection itself comes from <c>AddAkka</c> and
    /// <c>WithRedis</c>, before or after this. The multiplexer is made when the host starts, so that the first requests need not wait for it;
    /// whoever asks for it earlier starts the actor system, if the host has not done so.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connection">The connection's name.</param>
    /// <param name="delivery">The delivery mode of all calls; <see langword="null"/>, the default, is the setting <c>delivery</c>.</param>
    public static IServiceCollection AddRedisMultiplexer(
        this IServiceCollection services, string connection = "default", DeliveryMode? delivery = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(connection);
        services.TryAddKeyedSingleton(
            connection,
            (provider, _) => RedisExtension.Get(provider.GetRequiredService<ActorSystem>()).Multiplexer(delivery, connection));
        services.AddSingleton<IHostedService>(provider =>
            new MultiplexerStart(() => provider.GetRequiredKeyedService<IConnectionMultiplexer>(connection)));
        if (connection == "default") services.TryAddSingleton(provider => provider.GetRequiredKeyedService<IConnectionMultiplexer>("default"));
        return services;
    }

    /// <summary>Makes a multiplexer in the background: a server that is slow does not hold the host up. What fails, fails for whoever asks for it.</summary>
    private sealed class MultiplexerStart(Func<IConnectionMultiplexer> make) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            _ = Task.Run(make, CancellationToken.None).ContinueWith(static made => made.Exception, TaskScheduler.Default);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
