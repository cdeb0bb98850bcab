using Akka.Configuration;
using Akka.Hosting;
using RedisActors.Hosting;

namespace RedisActors.Gateway;

/// <summary>Adds the gateway to an Akka.NET host.</summary>
public static class GatewayHostingExtensions
{
    /// <summary>
    /// Starts the <see cref="RedisGateway"/> with the actor system, with the settings under <c>redis-actors.gateway</c>. What it leads to is
    /// configured with <c>WithRedis</c>, or under <c>redis-actors.default</c>.
    /// </summary>
    /// <param name="builder">The builder of the actor system.</param>
    /// <param name="listen">
    /// <c>listen</c>, where clients find it: an address and a port, <c>localhost</c> and a port, or <c>unix:</c> and the path of a socket.
    /// Null: as HOCON says, or <c>127.0.0.1:6380</c>.
    /// </param>
    public static AkkaConfigurationBuilder WithRedisGateway(this AkkaConfigurationBuilder builder, string? listen = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (listen is not null)
        {
            builder.AddHocon(
                ConfigurationFactory.ParseString($"redis-actors.gateway.listen = {RedisOptions.Quoted(listen)}"), HoconAddMode.Prepend);
        }

        return builder.LeaveSignalsToTheHost().WithActors((system, _) => RedisGateway.Get(system));
    }
}
