using Akka.Actor;
using Akka.Actor.Setup;
using RedisActors.Connection;

namespace RedisActors;

/// <summary>Where all connections of an actor system lead instead of to their endpoints: for tests.</summary>
/// <param name="links">Makes the links.</param>
/// <param name="onUsed">Told which system uses them.</param>
internal sealed class LinksSetup(IRedisLinkFactory links, Action<ActorSystem> onUsed) : Setup
{
    /// <summary>The links that a system was given; null: it has none, and connects.</summary>
    public static IRedisLinkFactory? Of(ActorSystem system)
    {
        if (system.Settings.Setup.Get<LinksSetup>() is not { HasValue: true, Value: var setup }) return null;
        setup.Used(system);
        return setup.Links;
    }

    private IRedisLinkFactory Links => links;

    private void Used(ActorSystem system) => onUsed(system);
}
