using Akka.Actor;
using Akka.Configuration;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.Wire;

namespace RedisActors;

/// <summary>
/// RedisActors in an actor system: starts the <see cref="RedisActor"/> at <c>/user/redis</c>, once, with the settings under
/// <c>redis-actors</c>.
/// </summary>
/// <example>
/// From HOCON alone, started with the actor system:
/// <code>
/// akka.extensions = ["RedisActors.RedisExtensionProvider, RedisActors"]
/// redis-actors.default.endpoint = "localhost:6379"
/// </code>
/// or from code, started when first asked for: <code>IActorRef redis = RedisExtension.For(system).RedisActor;</code>
/// </example>
public sealed class RedisExtension : IExtension
{
    private const string ConfigPath = "redis-actors";
    private const string DefaultConnection = "default";

    internal RedisExtension(ExtendedActorSystem system)
    {
        // First, because it has to see the configuration as Akka did.
        RedisMessages.For(system);
        system.Settings.InjectTopLevelFallback(DefaultConfig());
        var settings = RedisSettings.Create(DefaultConnection, system.Settings.Config.GetConfig(ConfigPath));
        StrandedCommands.Answer(system);
        RedisActor = system.ActorOf(RedisActors.RedisActor.Props(settings), "redis");
        DrainBeforeShutdown.Register(system, settings, RedisActor);
    }

    /// <summary>The address to send commands to.</summary>
    public IActorRef RedisActor { get; }

    /// <summary>The extension of this actor system; starts the <see cref="RedisActors.RedisActor"/> when it is asked for first.</summary>
    /// <exception cref="ConfigurationException">
    /// A setting is missing or invalid; the message names each by its full path, with what would be valid.
    /// </exception>
    public static RedisExtension For(ActorSystem system) => system.WithExtension<RedisExtension, RedisExtensionProvider>();

    /// <summary>
    /// The library's <c>reference.conf</c>: every setting with its default, and the serializer of the messages. As the fallback of the
    /// configuration that an actor system is made with, it makes the messages known from the start, see <see cref="RedisMessages"/>.
    /// </summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource("RedisActors.reference.conf", typeof(RedisExtension).Assembly);
}

/// <summary>Makes the <see cref="RedisExtension"/>; what <c>akka.extensions</c> names to start it with the actor system.</summary>
public sealed class RedisExtensionProvider : ExtensionIdProvider<RedisExtension>
{
    /// <inheritdoc/>
    public override RedisExtension CreateExtension(ExtendedActorSystem system) => new(system);
}
