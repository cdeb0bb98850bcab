using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using static Akka.Cluster.ClusterEvent;

namespace RedisActors.AkkaCluster;

/// <summary>What <see cref="RemoteNodes"/> has its owner do.</summary>
internal interface IRemoteNodeCalls
{
    /// <summary>Asks whether there is a service; the answer comes as an <see cref="ActorIdentity"/>.</summary>
    void Identify(ActorPath service);

    void Send(IActorRef service, CommandFrame frame);

    void Watch(IActorRef service);

    void Unwatch(IActorRef service);

    /// <summary>Calls <see cref="RemoteNodes.Lost"/> after a time.</summary>
    void PlanLoss(RemoteNode node, TimeSpan time);

    /// <summary>Which nodes there are, or how they are, has changed; so much waited before.</summary>
    void Changed(int waiting);
}

/// <summary>
/// The nodes that serve: finds them, keeps a session with each, and knows when one is lost. No actor; who has which command is for the
/// <see cref="RemoteLedger"/>.
/// </summary>
internal sealed class RemoteNodes(
    RemoteRedisSettings settings, Akka.Cluster.Cluster cluster, RemoteLedger ledger, Takeover takeover, Func<long> clock, ILoggingAdapter log, IRemoteNodeCalls calls)
{
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly Dictionary<IActorRef, RemoteNode> _services = [];
    private readonly Dictionary<long, RemoteNode> _sessions = [];

    // Of sessions that are over, and which still have answers to come.
    private readonly List<RemoteNode> _former = [];
    private long _nextSession = Random.Shared.NextInt64(1, long.MaxValue / 2);

    /// <summary>The node of a session; null: there is none any more.</summary>
    public RemoteNode? Of(long session) => _sessions.GetValueOrDefault(session);

    public IReadOnlyList<RemoteNode> At(Address address) => [.. ledger.Nodes.Where(node => node.Address.Equals(address))];

    public void OnMember(IMemberEvent change)
    {
        var member = change.Member;
        switch (member.Status)
        {
            case MemberStatus.Up:
                _members[member.UniqueAddress] = member;
                Identify();
                break;
            case MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down:
                _members.Remove(member.UniqueAddress);

                // A singleton says itself when it leaves, which may be later.
                if (settings.ServedBy == ServedBy.Role) Change(member.Address, node => node.IsLeaving = true);
                break;
            case MemberStatus.Removed:
                _members.Remove(member.UniqueAddress);
                foreach (var node in At(member.Address)) Lose(node);
                break;
        }
    }

    public void OnReachability(IReachabilityEvent change)
    {
        switch (change)
        {
            case UnreachableMember unreachable:
                Change(unreachable.Member.Address, node => node.IsReachable = false);
                break;
            case ReachableMember reachable:
                Change(reachable.Member.Address, node => node.IsReachable = true);
                break;
        }
    }

    /// <summary>
    /// Asks the nodes of the role for their service; of a singleton, only one node has an answer. Akka's ClusterSingletonProxy would find
    /// it too, but does not tell which node got a message.
    /// </summary>
    public void Identify()
    {
        if (settings.ServedBy == ServedBy.Singleton && ledger.Nodes.Any(node => node.TakesCommands)) return;
        foreach (var member in _members.Values)
        {
            if (settings.Role is { } role && !member.HasRole(role)) continue;
            if (At(member.Address).Any(node => !node.IsLeaving)) continue;
            calls.Identify(new RootActorPath(member.Address) / settings.ServicePath);
        }
    }

    /// <summary>A service has answered to <see cref="Identify"/>.</summary>
    public void OnIdentity(IActorRef service)
    {
        if (_services.ContainsKey(service)) return;
        calls.Watch(service);
        Begin(service);
    }

    /// <summary>
    /// Where only the service has stopped, and not its node, what it forwarded is still answered by the node's RedisActor, and what it did
    /// not is sent back.
    /// </summary>
    public void OnTerminated(Terminated message)
    {
        foreach (var node in _sessions.Values.Where(node => node.Service.Equals(message.ActorRef)).ToList())
        {
            if (message.AddressTerminated)
            {
                Lose(node);
            }
            else
            {
                node.IsLeaving = true;
                node.Channel.SendAgain();
                Changed();
                Identify();
            }
        }
    }

    /// <summary>A node has said how it is. Of one that leaves, the services of others are looked for at once.</summary>
    /// <param name="node">The node.</param>
    /// <param name="serving">What it said.</param>
    /// <param name="isNew">Whether it has not said anything before.</param>
    public void OnServing(RemoteNode node, RemoteServing serving, bool isNew)
    {
        var ends = serving is RemoteServing.Leaving or RemoteServing.Lapsed;
        if (isNew)
        {
            (node.HasRedis, node.IsLeaving) = (serving != RemoteServing.Away, ends);
            log.Info("remote redis: the node {0} serves", node.Address);
            Changed(now => ledger.Join(node, now));
            return;
        }

        var (hasRedis, isLeaving) = (ends ? node.HasRedis : serving != RemoteServing.Away, node.IsLeaving || ends);
        if (node.HasRedis == hasRedis && node.IsLeaving == isLeaving) return;
        if (node.HasRedis && !hasRedis) log.Info("remote redis: the node {0} has no connection to Redis; others are preferred", node.Address);
        if (serving == RemoteServing.Lapsed && !node.IsLeaving) BeginAnew(node);
        (node.HasRedis, node.IsLeaving) = (hasRedis, isLeaving);
        Changed();
        if (isLeaving) Identify();
    }

    /// <summary>Called about ten times a second.</summary>
    public void Tick(long now)
    {
        foreach (var node in _services.Values) node.Channel.Tick(now);
        foreach (var node in _former) node.Channel.Tick(now);
        _former.RemoveAll(HasAnsweredAll);
        takeover.Tick(now);
    }

    /// <summary>It is no longer a member, or has forgotten what it had.</summary>
    public void Lost(RemoteNode node)
    {
        if (node.IsLost) return;
        log.Warning("remote redis: the node {0} no longer serves: it has left the Akka cluster or is lost", node.Address);
        if (_services.GetValueOrDefault(node.Service) == node)
        {
            calls.Unwatch(node.Service);
            _services.Remove(node.Service);
        }

        _former.Remove(node);
        _sessions.Remove(node.Channel.Session);
        Changed(now => takeover.Lost(node, now));
        Identify();
    }

    /// <summary>Something about a node has changed.</summary>
    public void Changed() => Changed(ledger.Changed);

    private void Changed(Action<long> tell)
    {
        var (waiting, now) = (ledger.Waiting, clock());
        tell(now);
        takeover.NodesChanged(now);
        calls.Changed(waiting);
    }

    private void Change(Address address, Action<RemoteNode> change)
    {
        foreach (var node in At(address)) change(node);
        Changed();
    }

    /// <summary>It is lost as soon as it may start no command any more.</summary>
    private void Lose(RemoteNode node)
    {
        if (node.IsLost || node.IsGoing) return;
        node.Go();
        Changed();
        var rest = node.Channel.StartUntil - clock();
        if (rest <= 0 || !ledger.HasSentTo(node)) Lost(node);
        else calls.PlanLoss(node, TimeSpan.FromMilliseconds(rest));
    }

    private void Begin(IActorRef service)
    {
        var address = service.Path.Address.HasLocalScope ? cluster.SelfAddress : service.Path.Address;
        var channel = new NodeChannel(
            _nextSession++, FrameSize.MaxBatch(settings.MessageLimit.MaxBytes), ledger.IsAwaited, clock, frame => calls.Send(service, frame));
        var node = new RemoteNode(service, address, channel)
        {
            IsReachable = !cluster.State.Unreachable.Any(member => member.Address.Equals(address)),
        };
        _services[service] = node;
        _sessions.Add(channel.Session, node);
        channel.Ask(clock());
    }

    /// <summary>The session is over, and the node serves on. It still answers what it has.</summary>
    private void BeginAnew(RemoteNode node)
    {
        log.Info("remote redis: the node {0} has not heard from this one in time; it is given commands in a new session", node.Address);
        _former.Add(node);
        Begin(node.Service);
    }

    private bool HasAnsweredAll(RemoteNode node)
    {
        if (ledger.HasSentTo(node)) return false;
        ledger.Remove(node);
        _sessions.Remove(node.Channel.Session);
        return true;
    }
}
