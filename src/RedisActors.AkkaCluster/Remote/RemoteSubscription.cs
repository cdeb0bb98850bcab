using Akka.Actor;
using RedisActors.Subscriptions;

namespace RedisActors.AkkaCluster;

/// <summary>A subscriber of one topic, the node at which it is subscribed, and since when that is certain.</summary>
internal sealed class RemoteSubscription(long number, Topic topic, Membership member)
{
    public long Number => number;

    public Topic Topic => topic;

    /// <summary>What the subscriber has not taken yet.</summary>
    public Membership Member => member;

    /// <summary>What the subscriber asked for last.</summary>
    public required RedisSubscribe Request { get; set; }

    /// <summary>Where it is subscribed; null: nowhere at the moment.</summary>
    public RemotePlace? Place { get; set; }

    /// <summary>The last time at which the node certainly served it, by the clock of the Redis server.</summary>
    public DateTimeOffset Certain { get; set; }

    /// <summary>The number of the node's connection at that time.</summary>
    public long Epoch { get; set; }

    /// <summary>The interruption of which the subscriber has been told and not that it has ended.</summary>
    public SubscriptionGap? Gap { get; set; }

    /// <summary>Whether the subscriber has asked and is to be told that it is subscribed.</summary>
    public bool OwesConfirmation { get; set; } = true;

    /// <summary>What the node gets to hear: the same, for the inlet.</summary>
    public RedisSubscribe RequestFor(IActorRef inlet) => Request switch
    {
        Subscribe channel => new Subscribe(channel.Channel, inlet)
        {
            Backfill = channel.Backfill, MaxUnread = channel.MaxUnread, WhenSlow = channel.WhenSlow,
        },
        SSubscribe channel => new SSubscribe(channel.Channel, inlet)
        {
            Backfill = channel.Backfill, MaxUnread = channel.MaxUnread, WhenSlow = channel.WhenSlow,
        },
        PSubscribe pattern => new PSubscribe(pattern.Pattern, inlet) { MaxUnread = pattern.MaxUnread, WhenSlow = pattern.WhenSlow },
        var other => throw new InvalidOperationException($"a subscription of an unknown kind: {other}"),
    };
}

/// <summary>A subscription at a node. Another time it gets another number, at the same node too.</summary>
internal sealed class RemotePlace(RemoteNode node, long number, IActorRef inlet)
{
    public RemoteNode Node => node;

    public long Number => number;

    public IActorRef Inlet => inlet;

    /// <summary>Whether the node has said that the server has confirmed.</summary>
    public bool IsConfirmed { get; set; }
}
