using System.Net;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Configuration;
using RedisActors.Lanes;
using RedisActors.Multiplexer;
using RedisActors.Wire;

namespace RedisActors.Gateway;

/// <summary>
/// A port or a Unix socket at which programs in any language find Redis, with the settings under <c>redis-actors.gateway</c>. It speaks
/// Redis' own protocol, RESP2 and RESP3; what is asked becomes commands of the <see cref="RedisActor"/>. Clients stay connected while Redis
/// is away: their commands wait, each for as long as <c>command-timeout</c>.
/// </summary>
/// <remarks>
/// An outcome other than the server's own answer reaches a client as an error that begins with <c>NOTSENT</c> (it did not run and will not)
/// or <c>UNKNOWN</c> (it was sent, and the reply was lost).
/// </remarks>
/// <example>
/// From HOCON alone, started with the actor system:
/// <code>
/// akka.extensions = ["RedisActors.Gateway.RedisGatewayProvider, RedisActors.Gateway"]
/// redis-actors.default.endpoint = "redis:6379"
/// redis-actors.gateway.listen = "127.0.0.1:6380"
/// </code>
/// or from code, started when first asked for: <c>RedisGateway.Get(system)</c>.
/// </example>
public sealed class RedisGateway : IExtension
{
    private readonly GatewayListener _listener;

    internal RedisGateway(ExtendedActorSystem system)
    {
        // Adds RedisActors' own settings as well. Those of this package are read without being added to the actor system's, since Akka
        // would build all its serializers anew for them.
        RedisMessages.Get(system);
        var settings = GatewaySettings.Create(system.Settings.Config, ConnectionAdditionsSetup.Of(system));
        var connection = settings.Connection;
        var door = DoorSettings.Of(connection, RedisExtension.Get(system).Connection(connection.Name), system, settings.Delivery) with
        {
            Password = settings.Password,
            MaxOutstanding = settings.MaxOutstanding,
            MaxUnread = settings.MaxUnread,
        };
        _listener = GatewayListener.Start(settings, door);
        StopBeforeShutdown(system, settings.DrainInPhase);
    }

    /// <summary>Where it listens: an <see cref="IPEndPoint"/>, or the endpoint of a Unix socket.</summary>
    public EndPoint Endpoint => _listener.Endpoint;

    /// <summary>How many clients are connected now.</summary>
    public int Connections => _listener.Connections;

    /// <summary>The gateway of this actor system; starts to listen when it is asked for first.</summary>
    /// <exception cref="ConfigurationException">
    /// A setting is missing or invalid, or it is not possible to listen there; the message names each by its full path.
    /// </exception>
    public static RedisGateway Get(ActorSystem system) => system.WithExtension<RedisGateway, RedisGatewayProvider>();

    /// <summary>The package's settings with their defaults.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource("RedisActors.Gateway.reference.conf", typeof(RedisGateway).Assembly);

    private void StopBeforeShutdown(ExtendedActorSystem system, string? phase)
    {
        if (phase is not null)
        {
            var shutdown = CoordinatedShutdown.Get(system);
            shutdown.AddTask(phase, "redis-gateway-drain", async () =>
            {
                await _listener.StopAsync(shutdown.Timeout(phase) * 0.9).ConfigureAwait(false);
                return Akka.Done.Instance;
            });
        }

        system.RegisterOnTermination(_listener.Close);
    }
}

/// <summary>Makes the <see cref="RedisGateway"/>; what <c>akka.extensions</c> names to start it with the actor system.</summary>
public sealed class RedisGatewayProvider : ExtensionIdProvider<RedisGateway>
{
    /// <inheritdoc/>
    public override RedisGateway CreateExtension(ExtendedActorSystem system) => new(system);
}
