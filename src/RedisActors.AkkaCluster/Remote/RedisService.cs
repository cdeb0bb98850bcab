using Akka.Actor;
using Akka.Cluster;
using Akka.Coordination;
using RedisActors.Connection;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Hands the commands and subscriptions of other nodes to the <see cref="RedisActor"/> of its own. When its node is about to leave, or to
/// lose the singleton, it sends them back to the <see cref="RemoteRedis"/> they came from, which sends them to another node, and stops
/// after a while. What it has handed on is answered all the same.
/// </summary>
internal sealed class RedisService : ReceiveActor, IWithTimers
{
    /// <summary>How long it has to be without a connection to Redis before the others hear of it.</summary>
    private static readonly TimeSpan AwayAfter = TimeSpan.FromSeconds(1);

    private readonly RemoteRedisSettings _settings;
    private readonly HashSet<int> _ready = [];
    private readonly Dictionary<int, ClientIdentity> _clients = [];
    private readonly IActorRef _redis;
    private readonly ServingNode _node;

    public RedisService(RemoteRedisSettings settings, Action<ServingNode> started)
    {
        _settings = settings;

        // Not earlier: a node that does not have the singleton needs no connection.
        _redis = RedisExtension.Get(Context.System).Connection(settings.Connection);
        _node = new ServingNode((ExtendedActorSystem)Context.System, Self, _redis, settings.MessageLimit) { Lease = LeaseOfSingleton() };
        started(_node);
        Serving();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RemoteRedisSettings settings, Action<ServingNode> started) =>
        Akka.Actor.Props.CreateBy(new Producer(settings, started));

    protected override void PreStart()
    {
        _redis.Tell(new SubscribeToState(Self));
        PlanAway();
    }

    protected override void PostStop() => _node.Serving = RemoteServing.Leaving;

    /// <summary>
    /// The very lease that Akka's singleton manager, this actor's parent, has acquired before it started it, since the provider has one object
    /// for each. Null where it uses none.
    /// </summary>
    private Lease? LeaseOfSingleton()
    {
        if (_settings.ServedBy != ServedBy.Singleton) return null;
        if (_settings.Singleton(Context.System).LeaseSettings is not { } lease) return null;
        var acquired = LeaseProvider.Get(Context.System).GetLease(
            $"{Context.System.Name}-singleton-{Context.Parent.Path}",
            lease.LeaseImplementation,
            Akka.Cluster.Cluster.Get(Context.System).SelfAddress.HostPort());
        return acquired.CheckLease() ? acquired : null;
    }

    private void Serving()
    {
        Receive<RedisSubscribe>(subscribe => _redis.Forward(subscribe));
        Receive<RedisConnectionEvent>(OnState);
        Receive<Away>(_ => SetServing(RemoteServing.Away));
        Receive<Leave>(_ =>
        {
            Become(Leaving);
            _node.Serving = RemoteServing.Leaving;
            Timers.Cancel(Away.Instance);
            Timers.StartSingleTimer(End.Instance, End.Instance, _settings.Linger);
        });
        Always();
    }

    private void Leaving()
    {
        Receive<RedisSubscribe>(subscribe => Sender.Tell(subscribe));
        Receive<RedisConnectionEvent>(_ => { });
        Receive<Away>(_ => { });
        Receive<Leave>(_ => { });
        Receive<End>(_ => Context.Stop(Self));
        Always();
    }

    private void Always()
    {
        Receive<CommandFrame>(frame =>
        {
            if (_node.Receive(frame, Sender)) Context.Watch(Sender);
        });
        Receive<EndClients>(message => _redis.Forward(message));
        Receive<Terminated>(message => _node.End(message.ActorRef));
    }

    /// <summary>Of several connections, one that stands is enough: the others lead to the same server, or to one shard of several.</summary>
    private void OnState(RedisConnectionEvent state)
    {
        if (state is RedisReady ready)
        {
            _clients[state.Lane] = new ClientIdentity(ready.ClientId, ready.ClientAddress);
            _node.Clients = [.. _clients.Values];
        }

        // A lane of another database ends without a word.
        if (state.Lane > _settings.OwnLanes) return;
        if (state is RedisReady)
        {
            _ready.Add(state.Lane);
            Timers.Cancel(Away.Instance);
            SetServing(RemoteServing.Ready);
        }
        else if (_ready.Remove(state.Lane) && _ready.Count == 0)
        {
            PlanAway();
        }
    }

    /// <summary>A lease that was lost does not come back to this one.</summary>
    private void SetServing(RemoteServing serving)
    {
        if (_node.Serving != RemoteServing.Leaving) _node.Serving = serving;
    }

    private void PlanAway() => Timers.StartSingleTimer(Away.Instance, Away.Instance, AwayAfter);

    /// <summary>Send commands back from now on, and stop in a while.</summary>
    public sealed record Leave : INoSerializationVerificationNeeded
    {
        public static Leave Instance { get; } = new();
    }

    private sealed record Away : INoSerializationVerificationNeeded
    {
        public static Away Instance { get; } = new();
    }

    private sealed record End : INoSerializationVerificationNeeded
    {
        public static End Instance { get; } = new();
    }

    private sealed class Producer(RemoteRedisSettings settings, Action<ServingNode> started) : IIndirectActorProducer
    {
        public Type ActorType => typeof(RedisService);

        public ActorBase Produce() => new RedisService(settings, started);

        public void Release(ActorBase actor)
        {
        }
    }
}
