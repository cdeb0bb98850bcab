using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.Wire;

/// <summary>
/// Registers the serializer of RedisActors' messages (<see cref="RedisMessageSerializer"/>) in an actor system.
/// <see cref="RedisExtension"/> starts it. A node that has no <see cref="RedisActor"/> of its own, and sends to those of other nodes,
/// starts this extension alone.
/// </summary>
/// <remarks>
/// It adds the library's <c>reference.conf</c> to the configuration, which makes Akka read its serializers again. A binding of your
/// own for one of the messages wins.
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
    /// Akka alone writes a <c>Status.Failure</c> as JSON, which it cannot read. Only then is it bound to our serializer: Akka.Remote has one
    /// for it that carries our exception (<see cref="RedisOutcomeException"/>), and so may the user. In <c>reference.conf</c> the binding
    /// would win over Akka.Remote's.
    /// </summary>
    private static readonly Config FailureBinding =
        ConfigurationFactory.ParseString($"{Bindings} {{ \"{Failure}\" = redis-actors }}");

    internal RedisMessages(ExtendedActorSystem system)
    {
        var settings = system.Settings;
        settings.InjectTopLevelFallback(RedisExtension.DefaultConfig());
        if (!IsBound(settings.Config, Failure)) settings.InjectTopLevelFallback(FailureBinding);
    }

    /// <summary>Registers the serializer in this actor system, once.</summary>
    /// <param name="system">The actor system.</param>
    public static RedisMessages Get(ActorSystem system) => system.WithExtension<RedisMessages, RedisMessagesProvider>();

    private static bool IsBound(Config config, string type) =>
        config.GetConfig(Bindings).AsEnumerable().Any(binding => binding.Key.Trim('"') == type);
}

/// <summary>The name of <see cref="RedisMessages"/> in <c>akka.extensions</c>, which starts it with the actor system.</summary>
public sealed class RedisMessagesProvider : ExtensionIdProvider<RedisMessages>
{
    /// <inheritdoc/>
    public override RedisMessages CreateExtension(ExtendedActorSystem system) => new(system);
}
