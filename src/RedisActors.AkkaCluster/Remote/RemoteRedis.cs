using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using static Akka.Cluster.ClusterEvent;

namespace RedisActors.AkkaCluster;

/// <summary>
/// The address on each node of a cluster that users send <see cref="RedisCommand"/>s to when the connection to Redis is on other nodes:
/// the nodes of a role, or the one that has the cluster singleton. Its reference comes from <see cref="RemoteRedisExtension"/>, or with
/// Akka.Hosting from <c>IRequiredActor&lt;RemoteRedis&gt;</c>.
/// </summary>
/// <remarks>
/// <para>It answers as a <see cref="RedisActor"/> does, each command once and with the truth, also when the node is lost that had it: it
/// knows which node has which command. A command that may be asked again elsewhere is asked again elsewhere: those with
/// <see cref="DeliveryMode.ExactlyOnce"/>, which get a token here unless their sender gave one and so bring the one original reply,
/// those with <see cref="DeliveryMode.AtLeastOnce"/>, and those that only read unless they are <see cref="DeliveryMode.AtMostOnce"/>. The
/// others end as <see cref="Outcome.Unknown"/>.</para>
/// <para>Commands wait here while there is no node to send them to, each as long as its timeout. Commands of one sender for one key
/// keep their order, also when they move from one node to another.</para>
/// </remarks>
public sealed class RemoteRedis : ReceiveActor, IWithTimers, IRemoteCalls
{
    private static readonly TimeSpan DeadlineResolution = TimeSpan.FromMilliseconds(100);

    private readonly RemoteRedisSettings _settings;
    private readonly RemoteLedger _ledger;
    private readonly TokenSource _tokens = new();

    // Lost ones too: what one of them has sent back may still come, and must not be taken for a user's command.
    private readonly Dictionary<IActorRef, RemoteNode> _services = [];
    private readonly Dictionary<UniqueAddress, Member> _members = [];
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    internal RemoteRedis(RemoteRedisSettings settings)
    {
        _settings = settings;
        _ledger = new RemoteLedger(settings.MaxUnanswered, settings.TokensKeptFor, settings.Grace, this);
        Receive<RedisCommand>(OnCommand);
        Receive<RedisReply>(reply => OnAnswer(reply.State, Outcome.Applied, command => new RedisReply(reply.Value, command.Command.State)));
        Receive<Status.Failure>(OnFailure);
        Receive<MemberRemoved>(OnMemberRemoved);
        Receive<IMemberEvent>(OnMember);
        Receive<IReachabilityEvent>(OnReachability);
        Receive<ActorIdentity>(OnIdentity);
        Receive<Terminated>(OnTerminated);
        Receive<Look>(_ => LookForServices());
        Receive<Tick>(_ => _ledger.Expire(Now));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => (long)_clock.MonotonicClock.TotalMilliseconds;

    void IRemoteCalls.Send(RemoteNode node, RedisCommand command) => node.Service.Tell(command, Self);

    void IRemoteCalls.End(RemoteCommand command, Outcome outcome, string why) => Fail(command, outcome, why, null);

    internal static Props Props(RemoteRedisSettings settings) => Akka.Actor.Props.CreateBy(new Producer(settings));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent), typeof(IReachabilityEvent));
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, TimeSpan.Zero, _settings.IdentifyInterval);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, DeadlineResolution);
    }

    /// <summary>Commands that were never given to a node certainly did not run.</summary>
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _ledger.EndAll("the actor that had it stopped");
    }

    private void OnCommand(RedisCommand command)
    {
        if (_services.ContainsKey(Sender))
        {
            OnReturned(command);
            return;
        }

        var now = Now;
        var delivery = command.Delivery ?? _settings.Delivery;
        var timeout = command.Timeout ?? _settings.CommandTimeout;
        _ledger.Accept(
            new RemoteCommand(
                command, Sender, delivery,
                delivery == DeliveryMode.ExactlyOnce ? command.IdempotencyKey ?? _tokens.Next() : command.IdempotencyKey,
                timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : now + (long)timeout.TotalMilliseconds),
            now);
    }

    private void OnReturned(RedisCommand command)
    {
        _services[Sender].IsLeaving = true;
        _ledger.Returned((long)command.State!, Now);
        _ledger.Changed(Now);
    }

    private void OnFailure(Status.Failure failure)
    {
        if (failure.Cause is not RedisOutcomeException cause)
        {
            Unhandled(failure);
            return;
        }

        OnAnswer(cause.State ?? failure.State, cause.Outcome, command =>
        {
            Fail(command, command.Truth(cause.Outcome), cause.Message, cause.ServerError);
            return null;
        });
    }

    private void OnAnswer(object? attempt, Outcome outcome, Func<RemoteCommand, object?> answer)
    {
        if (attempt is not long number || _ledger.TakeAnswered(number, outcome, Now) is not { } command) return;
        if (answer(command) is { } message) command.Sender.Tell(message);
    }

    private void Fail(RemoteCommand command, Outcome outcome, string why, string? serverError)
    {
        var text = serverError is null ? $"{command.Command.Name}: {why}" : why;
        command.Sender.Tell(new Status.Failure(
            new RedisOutcomeException(outcome, command.Command, text, serverError), command.Command.State));
    }

    private void OnMember(IMemberEvent change)
    {
        var member = change.Member;
        if (member.Status is MemberStatus.Up)
        {
            _members[member.UniqueAddress] = member;
            LookForServices();
        }
        else if (member.Status is MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down)
        {
            _members.Remove(member.UniqueAddress);

            // A singleton says itself when it goes: it may stay where it is for a while yet.
            if (_settings.ServedBy == ServedBy.Role) Change(member.Address, node => node.IsLeaving = true);
        }
    }

    private void OnMemberRemoved(MemberRemoved change)
    {
        _members.Remove(change.Member.UniqueAddress);
        foreach (var node in NodesAt(change.Member.Address)) Lose(node);
    }

    private void OnReachability(IReachabilityEvent change)
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

    private void Change(Address address, Action<RemoteNode> change)
    {
        foreach (var node in NodesAt(address)) change(node);
        _ledger.Changed(Now);
    }

    private List<RemoteNode> NodesAt(Address address) => [.. _ledger.Nodes.Where(node => node.Address.Equals(address))];

    /// <summary>
    /// Asks the nodes of the role who it is that serves there; where it is a singleton, only one has an answer. Not through Akka's
    /// ClusterSingletonProxy, which does not tell who has what it was given.
    /// </summary>
    private void LookForServices()
    {
        if (_settings.ServedBy == ServedBy.Singleton && _ledger.Nodes.Any(node => node.TakesCommands)) return;
        foreach (var member in _members.Values)
        {
            if (_settings.Role is { } role && !member.HasRole(role)) continue;
            if (NodesAt(member.Address).Any(node => !node.IsLeaving)) continue;
            Context.ActorSelection(new RootActorPath(member.Address) / _settings.ServicePath).Tell(new Identify(string.Empty));
        }
    }

    private void OnIdentity(ActorIdentity identity)
    {
        if (identity.Subject is not { } service || _services.ContainsKey(service)) return;
        var address = service.Path.Address.HasLocalScope ? _cluster.SelfAddress : service.Path.Address;
        var node = new RemoteNode(service, address)
        {
            IsReachable = !_cluster.State.Unreachable.Any(member => member.Address.Equals(address)),
        };
        _services.Add(service, node);
        Context.Watch(service);
        _log.Info("redis is served by {0}", address);
        _ledger.Join(node, Now);
    }

    /// <summary>Where only the actor has stopped, and not the node, what it gave on is answered by the node's RedisActor.</summary>
    private void OnTerminated(Terminated message)
    {
        if (!_services.TryGetValue(message.ActorRef, out var node)) return;
        if (message.AddressTerminated)
        {
            Lose(node);
        }
        else
        {
            node.IsLeaving = true;
            _ledger.Changed(Now);
            LookForServices();
        }
    }

    private void Lose(RemoteNode node)
    {
        if (node.IsLost) return;
        _log.Warning("redis is not served by {0} any more: the node has left or is lost", node.Address);
        Context.Unwatch(node.Service);
        _ledger.Lost(node, Now);
        LookForServices();
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }

    private sealed class Producer(RemoteRedisSettings settings) : IIndirectActorProducer
    {
        public Type ActorType => typeof(RemoteRedis);

        public ActorBase Produce() => new RemoteRedis(settings);

        public void Release(ActorBase actor)
        {
        }
    }
}
