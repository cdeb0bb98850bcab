using Akka.Actor;
using Akka.Configuration;

namespace RedisActors.Wire;

/// <summary>
/// The messages of RedisActors in the serialization of an actor system. <see cref="RedisExtension"/> starts it. A node of a cluster that
/// has no <see cref="RedisActor"/> of its own, and sends to those of other nodes, starts this one alone.
/// </summary>
/// <remarks>
/// Akka reads serializers from the configuration before it starts any extension. Where the configuration has them already (see
/// <see cref="RedisExtension.DefaultConfig"/>), nothing is done here; otherwise they are added to the actor system as it is. A binding
/// of your own for one of the messages is left alone.
/// </remarks>
/// <example>
/// <code>
/// akka.extensions = ["RedisActors.Wire.RedisMessagesProvider, RedisActors"]
/// </code>
/// or in code <c>RedisMessages.For(system)</c>, or with the configuration that the actor system is made with:
/// <c>ActorSystem.Create("name", config.WithFallback(RedisExtension.DefaultConfig()))</c>
/// </example>
public sealed class RedisMessages : IExtension
{
    private const string SerializerName = "redis-actors";
    private const string Serializers = "akka.actor.serializers";
    private const string Bindings = "akka.actor.serialization-bindings";

    internal RedisMessages(ExtendedActorSystem system)
    {
        var readByAkka = system.Settings.Config;
        system.Settings.InjectTopLevelFallback(RedisExtension.DefaultConfig());
        var serializer = new RedisMessageSerializer(system);
        if (!Names(readByAkka, Serializers).Contains(SerializerName)) system.Serialization.AddSerializer(SerializerName, serializer);
        AddBindings(system, Names(readByAkka, Bindings), serializer);
        BindFailures(system, serializer);
    }

    /// <summary>Sees to it that the messages are known in this actor system.</summary>
    public static RedisMessages For(ActorSystem system) => system.WithExtension<RedisMessages, RedisMessagesProvider>();

    private static void AddBindings(ExtendedActorSystem system, HashSet<string> readByAkka, RedisMessageSerializer serializer)
    {
        foreach (var name in Names(RedisExtension.DefaultConfig(), Bindings).Where(name => !readByAkka.Contains(name)))
        {
            system.Serialization.AddSerializationMap(Type.GetType(name, throwOnError: true)!, serializer);
        }
    }

    /// <summary>
    /// Akka alone writes a <c>Status.Failure</c> as JSON, and cannot read it. Only there it is ours: Akka.Remote has a serializer for it,
    /// which knows how to carry our exception within (<see cref="RedisOutcomeException"/>), and so may the user. That is why this binding
    /// is not in the configuration, where it would go before Akka.Remote's.
    /// </summary>
    private static void BindFailures(ExtendedActorSystem system, RedisMessageSerializer serializer)
    {
        var bound = system.Serialization.FindSerializerForType(typeof(Status.Failure), SerializerName);
        var byDefault = system.Serialization.FindSerializerForType(typeof(object));
        if (bound is RedisMessageSerializer || bound == byDefault)
        {
            system.Serialization.AddSerializationMap(typeof(Status.Failure), serializer);
        }
    }

    private static HashSet<string> Names(Config config, string path) =>
        [.. config.GetConfig(path).AsEnumerable().Select(entry => entry.Key.Trim('"'))];
}

/// <summary>Makes <see cref="RedisMessages"/>; what <c>akka.extensions</c> names to start it with the actor system.</summary>
public sealed class RedisMessagesProvider : ExtensionIdProvider<RedisMessages>
{
    /// <inheritdoc/>
    public override RedisMessages CreateExtension(ExtendedActorSystem system) => new(system);
}
