using Akka;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Wire;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Redis for all nodes of an Akka cluster through connections that some of them have, with the settings under
/// <c>redis-actors.akka-cluster</c>. Starts a <see cref="AkkaCluster.RemoteRedis"/> on every node, which commands are sent to, at
/// <c>/user/remote-redis</c>; and on the nodes that serve, what the others reach them by.
/// </summary>
/// <example>
/// From HOCON alone, on every node:
/// <code>
/// akka.extensions = ["RedisActors.AkkaCluster.RemoteRedisExtensionProvider, RedisActors.AkkaCluster"]
/// redis-actors.akka-cluster { served-by = role, role = redis }
/// </code>
/// or from code, started when first asked for: <code>IActorRef redis = RemoteRedisExtension.Get(system).RemoteRedis;</code>
/// </example>
public sealed class RemoteRedisExtension : IExtension
{
    internal RemoteRedisExtension(ExtendedActorSystem system)
    {
        // Adds RedisActors' own settings as well. Those of this package are read without being added to the actor system's, since Akka
        // would build all its serializers anew for them.
        RedisMessages.Get(system);
        var settings = RemoteRedisSettings.Create(system.Settings.Config, ConnectionAdditionsSetup.Of(system));
        var serves = settings.Role is not { } role || Akka.Cluster.Cluster.Get(system).SelfRoles.Contains(role);
        if (serves) Serve(system, settings);
        RemoteRedis = system.ActorOf(AkkaCluster.RemoteRedis.Props(settings), RemoteRedisSettings.ActorName);
        DeadLetterResponder.AnswerFor(system, RemoteRedis.Path, (command, letter) => letter.Sender.Tell(
            AkkaCluster.RemoteRedis.Failure(command, Outcome.NotSent, "the RemoteRedis stopped"), RemoteRedis));
        DrainBeforeShutdown.Register(system, settings.DrainInPhase, RemoteRedis);
    }

    /// <summary>The address to send commands to on this node.</summary>
    public IActorRef RemoteRedis { get; }

    /// <summary>The extension of this actor system; starts its actors when first asked for.</summary>
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
        // What comes too late even for a service that lingers goes back as well.
        var path = system.Provider.RootPath / settings.ServicePath;
        var nodes = new StoppedServices();
        DeadLetterResponder.AnswerFor(
            system,
            path,
            (command, letter) => letter.Sender.Tell(
                AkkaCluster.RemoteRedis.Failure(command, Outcome.NotSent, "the node no longer serves"), letter.Recipient),
            (subscribe, letter) => subscribe.Subscriber.Tell(subscribe, letter.Recipient),
            (message, letter) =>
            {
                if (message is CommandFrame frame) nodes.Receive(frame, letter.Sender, letter.Recipient);
            });

        var service = RedisService.Props(settings, nodes.Add);
        if (settings.ServedBy == ServedBy.Singleton)
        {
            system.ActorOf(
                ClusterSingletonManager.Props(
                    service,
                    RedisService.Leave.Instance,
                    settings.Singleton(system)),
                RemoteRedisSettings.SingletonManagerName);
            return;
        }

        var actor = system.ActorOf(service, RemoteRedisSettings.ServiceName);

        // While the node is still a member, so that the others learn of it while there are nodes to send their commands to.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeClusterShutdown, $"{actor.Path.Name}-leave", async () =>
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
