using Akka;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using RedisActors.Wire;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Redis for all nodes of a cluster through a connection that some of them have, with the settings under <c>redis-actors.akka-cluster</c>:
/// starts what the node serves to the others, if it is one that serves, and on every node the <see cref="RemoteRedis"/> that commands
/// are sent to, at <c>/user/redis-remote</c>.
/// </summary>
/// <example>
/// From HOCON alone, on every node:
/// <code>
/// akka.extensions = ["RedisActors.AkkaCluster.RemoteRedisExtensionProvider, RedisActors.AkkaCluster"]
/// redis-actors.akka-cluster { served-by = role, role = redis }
/// </code>
/// or from code, when first asked for: <code>IActorRef redis = RemoteRedisExtension.Get(system).Redis;</code>
/// </example>
public sealed class RemoteRedisExtension : IExtension
{
    private const string FrontName = "redis-remote";

    internal RemoteRedisExtension(ExtendedActorSystem system)
    {
        // Adds the settings of RedisActors too. Those of this package are read without being added, which would make Akka's serialization
        // anew.
        RedisMessages.Get(system);
        var settings = RemoteRedisSettings.Create(system.Settings.Config);
        var serves = settings.Role is not { } role || Akka.Cluster.Cluster.Get(system).SelfRoles.Contains(role);
        if (serves) Serve(system, settings);
        Redis = system.ActorOf(RemoteRedis.Props(settings), FrontName);
    }

    /// <summary>The address to send commands to, on this node.</summary>
    public IActorRef Redis { get; }

    /// <summary>The extension of this actor system; starts its actors when it is asked for first.</summary>
    /// <exception cref="ConfigurationException">
    /// A setting is missing or invalid; the message names each by its full path, with what would be valid.
    /// </exception>
    public static RemoteRedisExtension Get(ActorSystem system) =>
        system.WithExtension<RemoteRedisExtension, RemoteRedisExtensionProvider>();

    /// <summary>The package's settings with their defaults, those of <see cref="RedisLease"/> included.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource("RedisActors.AkkaCluster.reference.conf", typeof(RemoteRedisExtension).Assembly);

    private static void Serve(ExtendedActorSystem system, RemoteRedisSettings settings)
    {
        var service = RedisService.Props(settings.Connection, settings.Linger);
        if (settings.ServedBy == ServedBy.Singleton)
        {
            system.ActorOf(
                ClusterSingletonManager.Props(
                    service,
                    RedisService.Leave.Instance,
                    ClusterSingletonManagerSettings.Create(system).WithRole(settings.Role)
                        .WithSingletonName(RemoteRedisSettings.SingletonName)),
                RemoteRedisSettings.SingletonManagerName);
            return;
        }

        var actor = system.ActorOf(service, RemoteRedisSettings.ServiceName);

        // While the node is still a member, so that the others hear of it and what they get back has somewhere to go.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, "redis-service-leave", async () =>
        {
            await actor.GracefulStop(settings.Linger * 2, RedisService.Leave.Instance).ConfigureAwait(false);
            return Done.Instance;
        });
    }
}

/// <summary>Makes the <see cref="RemoteRedisExtension"/>; what <c>akka.extensions</c> names to start it with the actor system.</summary>
public sealed class RemoteRedisExtensionProvider : ExtensionIdProvider<RemoteRedisExtension>
{
    /// <inheritdoc/>
    public override RemoteRedisExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
