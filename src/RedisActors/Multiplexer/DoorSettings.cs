using Akka.Actor;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors.Multiplexer;

/// <summary>How commands go in through a door.</summary>
/// <param name="Redis">The <see cref="RedisActor"/>.</param>
/// <param name="System">Its actor system.</param>
/// <param name="CommandTimeout">The connection's <c>command-timeout</c>: how long a subscription, too, may take to be confirmed.</param>
internal sealed record DoorSettings(IActorRef Redis, ExtendedActorSystem System, TimeSpan CommandTimeout)
{
    /// <summary>The mode of all commands; null: the connection's own, which is not exactly-once. See <see cref="DoorDelivery"/>.</summary>
    public DeliveryMode? Delivery { get; init; }

    /// <summary>The database of the connection.</summary>
    public int Database { get; init; }

    /// <summary>Whether scripts that are loaded go along with each call: there is no one server to keep them.</summary>
    public bool IsCluster { get; init; }

    /// <summary>What StackExchange.Redis asks before it takes a connection for established; null: the client is another one.</summary>
    public DoorHandshake? Handshake { get; init; }

    /// <summary>What a client has to log in with, as the user <c>default</c>; null: nothing.</summary>
    public string? Password { get; init; }

    /// <summary>How many requests may be unanswered before there is no room for more.</summary>
    public int MaxOutstanding { get; init; } = int.MaxValue;

    /// <summary>How many bytes of replies may be unread before there is no room for more requests.</summary>
    public long MaxUnread { get; init; } = long.MaxValue;

    /// <summary>Doors to a connection.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="redis">Its <see cref="RedisActor"/>.</param>
    /// <param name="system">The actor system.</param>
    /// <param name="delivery">The mode of all commands; null: the connection's own.</param>
    public static DoorSettings Of(RedisSettings settings, IActorRef redis, ExtendedActorSystem system, DeliveryMode? delivery) =>
        new(redis, system, settings.Commands.Timeout)
        {
            Delivery = delivery ?? (settings.Commands.Delivery == DeliveryMode.ExactlyOnce ? DeliveryMode.ExactlyOnce : null),
            Database = settings.Link.Database,
            IsCluster = settings.Link.Topology == RedisTopology.Cluster,
        };
}
