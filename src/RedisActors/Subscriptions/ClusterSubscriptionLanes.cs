using Akka.Actor;
using RedisActors.CommandMetadata;
using RedisActors.Configuration;
using RedisActors.Lanes;
using RedisActors.RedisCluster;
using RedisActors.Supervision;

namespace RedisActors.Subscriptions;

/// <summary>
/// The lanes of the subscriptions of a Redis Cluster, one per shard at most. A shard channel is on the node of its slot and follows it; other
/// channels and patterns are on one node, since every message of theirs reaches all nodes; those of keyspace notifications, which reach
/// nobody but the clients of their own node, are on every primary.
/// </summary>
/// <param name="router">Knows the shards.</param>
/// <param name="open">Opens a lane to a target.</param>
/// <param name="close">Closes a lane.</param>
/// <param name="redis">The RedisActor.</param>
internal sealed class ClusterSubscriptionLanes(
    RedisClusterRouter router, Func<RedisClusterTarget, Lane> open, Action<Lane> close, IActorRef redis) : ISubscriptionLanes
{
    private readonly List<Shard> _shards = [];
    private readonly Dictionary<Topic, Place> _places = [];
    private readonly Dictionary<(Topic Topic, IActorRef Subscriber), RedisSubscribe> _everywhere = [];
    private readonly List<(long Ticket, TopicEntry Entry)> _moving = [];

    public bool IsEmpty => _shards.Count == 0;

    public bool Has(int lane) => _shards.Exists(shard => shard.Lane.Number == lane);

    public void Subscribe(RedisSubscribe message, IActorRef sender)
    {
        var topic = new Topic(message.Kind, message.Name);
        if (topic.IsOfEachNode)
        {
            _everywhere[(topic, message.Subscriber)] = message;
            var asker = sender;
            foreach (var (lane, target) in router.Shards.ToList())
            {
                ShardOf(lane, target).ToHub(message, asker);
                asker = ActorRefs.NoSender;
            }

            return;
        }

        if (!_places.TryGetValue(topic, out var place)) _places.Add(topic, place = new Place { Shard = ShardOf(topic) });
        place.Send(message, sender);
    }

    public void Unsubscribe(RedisUnsubscribe message, IActorRef sender)
    {
        var topic = new Topic(message.Kind, message.Name);
        if (_everywhere.Remove((topic, message.Subscriber)))
        {
            foreach (var shard in _shards) shard.ToHub(message, sender);
        }
        else if (_places.TryGetValue(topic, out var place))
        {
            place.Send(message, sender);
        }
        else
        {
            message.Subscriber.Tell(message.Answer(), redis);
        }
    }

    /// <summary>A subscriber has stopped: it is not to be subscribed at nodes that are still to come.</summary>
    public void SubscriberStopped(IActorRef subscriber)
    {
        foreach (var key in _everywhere.Keys.Where(key => key.Subscriber.Equals(subscriber)).ToList()) _everywhere.Remove(key);
    }

    /// <summary>Another node has a topic. Which one is looked up anew.</summary>
    public void OnMoved(TopicEntry entry)
    {
        if (entry.Topic.IsOfEachNode)
        {
            // Its node has no slots any more, and the others have it already.
            entry.EndInterruptions(DateTimeOffset.UtcNow);
            return;
        }

        if (!_places.TryGetValue(entry.Topic, out var place)) _places.Add(entry.Topic, place = new Place());
        place.Shard = null;
        _moving.Add((router.Look(), entry));
    }

    /// <summary>Nobody subscribes to a topic in a lane any more.</summary>
    public void OnEnded(Topic topic, IActorRef hub)
    {
        if (_places.TryGetValue(topic, out var place) && place.Shard?.Lane.IsTakenBy(hub) == true) _places.Remove(topic);
    }

    /// <summary>There is a new map of the Redis Cluster, and the router knows it.</summary>
    public void OnSeen(long ticket)
    {
        var known = router.Shards.ToList();
        foreach (var shard in _shards.ToList())
        {
            if (known.Exists(other => other.Lane == shard.Of)) shard.Follow();
            else Leave(shard);
        }

        if (_everywhere.Count > 0)
        {
            foreach (var (lane, target) in known) ShardOf(lane, target);
        }

        foreach (var (number, entry) in _moving.Where(moving => moving.Ticket <= ticket).ToList())
        {
            _moving.Remove((number, entry));
            _places[entry.Topic].Settle(ShardOf(entry.Topic), entry);
        }
    }

    public IEnumerable<Lane> TakeUnused()
    {
        var unused = _shards.Where(shard => !shard.WasUsed).Select(shard => shard.Lane).ToList();
        foreach (var shard in _shards) shard.WasUsed = false;
        return unused;
    }

    public void OnIdle(int lane)
    {
        if (_shards.Find(shard => shard.Lane.Number == lane) is not { WasUsed: false } idle || _everywhere.Count > 0) return;
        Remove(idle);
        close(idle.Lane);
    }

    public void Forget(int lane)
    {
        if (_shards.Find(shard => shard.Lane.Number == lane) is { } ended) Remove(ended);
    }

    /// <summary>The RedisActor stops: what is between two nodes is told.</summary>
    public void EndAll(string reason)
    {
        foreach (var (_, entry) in _moving) entry.EndAll(reason);
        _moving.Clear();
    }

    private void Leave(Shard shard)
    {
        shard.Lane.ToCommands(new DisplaceTopics("its node has no slots of the Redis Cluster any more"));
        _shards.Remove(shard);
        close(shard.Lane);
    }

    private void Remove(Shard shard)
    {
        _shards.Remove(shard);
        foreach (var topic in _places.Where(place => place.Value.Shard == shard).Select(place => place.Key).ToList()) _places.Remove(topic);
    }

    private Shard ShardOf(Topic topic)
    {
        var lane = topic.Kind == RedisSubscriptionKind.ShardChannel ? router.Table[HashSlot.OfKey(topic.Name)] : null;
        var (of, target) = router.Shards.First(shard => lane is null || shard.Lane == lane);
        return ShardOf(of, target);
    }

    private Shard ShardOf(Lane lane, RedisClusterTarget target)
    {
        if (_shards.Find(shard => shard.Of == lane) is { } known) return known;
        var opened = new Shard(lane, target, open(target));
        _shards.Add(opened);
        foreach (var message in _everywhere.Values) opened.ToHub(message, ActorRefs.NoSender);
        return opened;
    }

    /// <summary>The lane of the subscriptions of a shard.</summary>
    private sealed class Shard(Lane of, RedisClusterTarget target, Lane lane)
    {
        private RedisEndpoint? _endpoint = target.Endpoint;

        /// <summary>The lane of the shard's commands.</summary>
        public Lane Of => of;

        public Lane Lane => lane;

        public bool WasUsed { get; set; } = true;

        public void ToHub(object message, IActorRef? sender)
        {
            WasUsed = true;
            lane.ToCommands(message, sender);
        }

        /// <summary>Another node may have taken the place of the primary.</summary>
        public void Follow()
        {
            if (target.Endpoint is not { } endpoint || endpoint == _endpoint) return;
            if (_endpoint is { } former) lane.ToSupervisor(new ReplaceLink($"{endpoint} has taken the place of {former}"));
            _endpoint = endpoint;
        }
    }

    /// <summary>Where a topic is. While it changes nodes, what is sent to it waits.</summary>
    private sealed class Place
    {
        private readonly List<(object Message, IActorRef? Sender)> _waiting = [];

        public Shard? Shard { get; set; }

        public void Send(object message, IActorRef? sender)
        {
            if (Shard is null) _waiting.Add((message, sender));
            else Shard.ToHub(message, sender);
        }

        public void Settle(Shard shard, TopicEntry entry)
        {
            Shard = shard;
            shard.ToHub(new AdoptTopic(entry), ActorRefs.NoSender);
            foreach (var (message, sender) in _waiting) shard.ToHub(message, sender);
            _waiting.Clear();
        }
    }
}
