using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace RedisActors;

/// <summary>
/// The package RedisActors.Hosting, where an application has it. It is told of each RedisActor, also of one that HOCON alone has started
/// (<c>akka.extensions</c>), so that the registry of Akka.Hosting has it.
/// </summary>
internal abstract class RedisHost
{
    private const string Name = "RedisActors.Hosting.RegistryOfHost, RedisActors.Hosting";

    private static readonly Lazy<RedisHost?> Found = new(Create);

    public static RedisHost? Find() => Found.Value;

    /// <summary>Whether the connection <c>default</c> is to be started, although there are connections with names.</summary>
    public abstract bool WantsDefault(ActorSystem system);

    /// <summary>The RedisActor of a connection was started.</summary>
    public abstract void Started(ActorSystem system, string connection, IActorRef redis);

    [UnconditionalSuppressMessage("Trimming", "IL2072", Justification = "Our assemblies are kept whole; without the package there is nobody to tell.")]
    private static RedisHost? Create() =>
        Type.GetType(Name, throwOnError: false) is { } type ? (RedisHost?)Activator.CreateInstance(type) : null;
}
