using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.Wire;

/// <summary>
/// The messages of RedisActors in the serialization of an actor system. <see cref="RedisExtension"/> starts it. A node of a cluster that
/// has no <see cref="RedisActor"/> of its own, and sends to those of other nodes, starts this one alone.
/// </summary>
/// <remarks>
/// The configuration of the library says which serializer there is and for which messages; a binding of your own for one of them goes
/// before it. Akka takes it up at any time, and reads all its serializers anew then.
/// </remarks>
/// <example>
/// <code>
/// akka.extensions = ["RedisActors.Wire.RedisMessagesProvider, RedisActors"]
/// </code>
/// or in code: <c>RedisMessages.Get(system);</c>
/// </example>
public sealed class RedisMessages : IExtension
{
    private const string Bindings = "akka.actor.serialization-bindings";
    private const string Failure = "Akka.Actor.Status+Failure, Akka";

    /// <summary>
    /// Akka alone writes a <c>Status.Failure</c> as JSON, and cannot read it. Only there it is ours: Akka.Remote has a serializer for it,
    /// which knows how to carry our exception within (<see cref="RedisOutcomeException"/>), and so may the user. In
    /// <c>reference.conf</c> the binding would go before Akka.Remote's.
    /// </summary>
    private static readonly Config FailureBinding =
        ConfigurationFactory.ParseString($"{Bindings} {{ \"{Failure}\" = redis-actors }}");

    internal RedisMessages(ExtendedActorSystem system)
    {
        var settings = system.Settings;
        settings.InjectTopLevelFallback(RedisExtension.DefaultConfig());
        if (!IsBound(settings.Config, Failure)) settings.InjectTopLevelFallback(FailureBinding);
    }

    /// <summary>Sees to it that the messages are known in this actor system.</summary>
    public static RedisMessages Get(ActorSystem system) => system.WithExtension<RedisMessages, RedisMessagesProvider>();

    private static bool IsBound(Config config, string type) =>
        config.GetConfig(Bindings).AsEnumerable().Any(binding => binding.Key.Trim('"') == type);
}

/// <summary>Makes <see cref="RedisMessages"/>; what <c>akka.extensions</c> names to start it with the actor system.</summary>
public sealed class RedisMessagesProvider : ExtensionIdProvider<RedisMessages>
{
    /// <inheritdoc/>
    public override RedisMessages CreateExtension(ExtendedActorSystem system) => new(system);
}
