using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using RedisActors.Commands;
using RedisActors.ExactlyOnce;
using RedisActors.Locks;
using RedisActors.Subscriptions;
using static Akka.Cluster.ClusterEvent;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Takes <see cref="RedisCommand"/>s on a node of an Akka cluster whose connections to Redis are on other nodes: the nodes of a role, or
/// the one that has the cluster singleton. It lives as long as the actor system, at <c>/user/remote-redis</c>; its reference comes from
/// <see cref="RemoteRedisExtension"/>, or with Akka.Hosting from <c>IRequiredActor&lt;RemoteRedis&gt;</c>. It takes what a
/// <see cref="RedisActor"/> takes, but for <see cref="ForceReconnect"/>, <see cref="PauseConnection"/> and <see cref="ResumeConnection"/>: the
/// connections are those of all nodes, and it refuses these with an <see cref="ArgumentException"/>.
/// </summary>
/// <remarks>
/// <para>Every command gets one truthful outcome, as from a <see cref="RedisActor"/>, also when the node that had it is lost: RemoteRedis
/// knows which node has which command, and sends it to another node where that is safe. These are commands with
/// <see cref="DeliveryMode.ExactlyOnce"/>, which carry a token (the sender's, or one made here) and so bring the one original reply;
/// commands with <see cref="DeliveryMode.AtLeastOnce"/>; and commands that only read, unless they are
/// <see cref="DeliveryMode.AtMostOnce"/>. The others end as <see cref="Outcome.Unknown"/>.</para>
/// <para>While no node serves, commands wait here, each as long as its timeout. Commands of one sender for one key keep their order, also
/// when they move from one node to another.</para>
/// <para>It takes <see cref="Subscribe"/> and its like as a <see cref="RedisActor"/> does, and subscribes at a node that serves; when that
/// node serves no longer, at another. The subscriber is told of the gap between them as of any other; epochs are counted by each node for
/// itself. Nothing is read from the stream of a <see cref="RedisBackfill"/> for the gap between two nodes: that gap is told as not
/// complete.</para>
/// <para>What it tells to <see cref="GetStatus"/> and <see cref="SubscribeToState"/> is whether commands flow from this node:
/// <see cref="RedisReady"/> while a node serves that has a connection to Redis, <see cref="RedisLost"/> while none does,
/// <see cref="RedisConnecting"/> before the first. The endpoint is the address of such a node, the epoch grows with each change to another, the
/// client id is 0. In <see cref="RedisStatus"/>, commands that a node has are in flight, and those that wait for one are stashed. It is not
/// published on the event stream.</para>
/// </remarks>
public sealed class RemoteRedis : ReceiveActor, IWithTimers, IRemoteCalls, IRemoteNodeCalls, IRemoteSubscriptionCalls
{
    private static readonly TimeSpan DeadlineResolution = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SignInterval = TimeSpan.FromSeconds(1);

    private readonly RemoteRedisSettings _settings;
    private readonly RemoteLedger _ledger;
    private readonly Takeover _takeover;
    private readonly RemoteNodes _nodes;
    private readonly RemoteSubscriptions _subscriptions;
    private readonly TokenSource _tokens = new();
    private readonly CommandDrain _drain = new();
    private readonly ServedState _state;
    private readonly HashSet<IActorRef> _stateSubscribers = [];

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly LeaseClock _clock = LeaseClock.System;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _readAt = -1;
    private long _recentNow;

    internal RemoteRedis(RemoteRedisSettings settings)
    {
        _settings = settings;
        _ledger = new RemoteLedger(settings.MaxUnanswered, settings.TokensKeptFor, settings.Grace, this);
        _takeover = new Takeover(
            _ledger,
            (node, question) => node.Service.Tell(question, Self),
            why => _log.Warning("remote redis: the connections of a lost node could not be ended ({0}); what is in their sockets may run late", why));
        _nodes = new RemoteNodes(settings, _cluster, _ledger, _takeover, () => Now, _log, this);
        _subscriptions = new RemoteSubscriptions(this);
        _state = new ServedState(settings.Connection);
        Receive<RedisCommand>(OnCommand);
        Receive<AnswerFrame>(OnFrame);
        Receive<FlushDue>(message => message.Channel.Flush());
        Receive<ClientsEnded>(answer => _takeover.Answered(answer, Now));
        Receive<LossDue>(message => _nodes.Lost(message.Node));
        Receive<RemoteInlet.Arrived>(OnArrived);
        Receive<RedisSubscribe>(OnSubscribe);
        Receive<RedisUnsubscribe>(message => _subscriptions.Unsubscribe(message, Membership.AskerOf(Context, message.Subscriber)));
        Receive<SubscriberStopped>(OnSubscriberStopped);
        Receive<GetStatus>(_ => Answer(Sender, new RedisStatus(_state.Current, _ledger.Sent, _ledger.Waiting)));
        Receive<SubscribeToState>(OnSubscribe);
        Receive<UnsubscribeFromState>(message => Guard(() => _stateSubscribers.Remove(message.Subscriber)));
        Receive<ForceReconnect>(RefuseControl);
        Receive<PauseConnection>(RefuseControl);
        Receive<ResumeConnection>(RefuseControl);
        Receive<SignsDue>(_ => _subscriptions.Tick());
        Receive<IMemberEvent>(_nodes.OnMember);
        Receive<IReachabilityEvent>(_nodes.OnReachability);
        Receive<DisassociatedEvent>(OnDisassociated);
        Receive<ActorIdentity>(OnIdentity);
        Receive<Terminated>(_nodes.OnTerminated);
        Receive<DrainCommands>(OnDrainCommands);
        Receive<Identification>(_ => _nodes.Identify());
        Receive<Tick>(_ => OnTick());
    }

    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    /// <summary>Goes on while the process is stopped, or the machine sleeps.</summary>
    private long Now => (long)_clock.Now.TotalMilliseconds;

    /// <summary>A few milliseconds ago at most, which is all the same to a command. The clocks of a lease take long to read.</summary>
    private long RecentNow
    {
        get
        {
            var tick = Environment.TickCount64;
            if (tick != _readAt) (_readAt, _recentNow) = (tick, Now);
            return _recentNow;
        }
    }

    /// <summary>What else is in the mailbox by now goes in the same frame.</summary>
    void IRemoteCalls.Send(RemoteNode node, RemoteRequest request, long bytes)
    {
        if (node.Channel.Add(request, bytes)) Self.Tell(node.Flush);
    }

    string? IRemoteCalls.WhyTooLarge(RemoteNode node, long bytes) =>
        node.IsHere || bytes <= _settings.MessageLimit.MaxBytes ? null : _settings.MessageLimit.TooLarge("the command", bytes);

    void IRemoteCalls.End(RemoteCommand command, Outcome outcome, string why) =>
        Answer(command.Sender, Failure(command.Command, outcome, why));

    void IRemoteNodeCalls.Identify(ActorPath service) => Context.ActorSelection(service).Tell(new Identify(string.Empty));

    void IRemoteNodeCalls.Send(IActorRef service, CommandFrame frame) => service.Tell(frame, Self);

    void IRemoteNodeCalls.Watch(IActorRef service) => Context.Watch(service);

    void IRemoteNodeCalls.Unwatch(IActorRef service) => Context.Unwatch(service);

    void IRemoteNodeCalls.PlanLoss(RemoteNode node, TimeSpan time) => Timers.StartSingleTimer(node, new LossDue(node), time);

    void IRemoteNodeCalls.Changed(int waiting)
    {
        LookAtState(waiting);
        _subscriptions.NodesChanged();
    }

    RemoteNode? IRemoteSubscriptionCalls.Choose(Topic topic) => _ledger.Choose(topic.GetHashCode());

    IActorRef IRemoteSubscriptionCalls.Open(long place) => Context.ActorOf(RemoteInlet.Props(place));

    void IRemoteSubscriptionCalls.Close(IActorRef inlet) => Context.Stop(inlet);

    void IRemoteSubscriptionCalls.Ask(RemoteNode node, RedisSubscribe request) => node.Service.Tell(request, request.Subscriber);

    void IRemoteSubscriptionCalls.Tell(IActorRef actor, object message) => Guard(() => actor.Tell(message, Self));

    void IRemoteSubscriptionCalls.Mark(IActorRef subscriber, long subscription, long mark) =>
        Guard(() => subscriber.Tell(new SubscriberMark(subscription, mark).Question(), Self));

    void IRemoteSubscriptionCalls.Watch(IActorRef subscriber) =>
        Guard(() => Context.WatchWith(subscriber, new SubscriberStopped(subscriber)));

    void IRemoteSubscriptionCalls.Unwatch(IActorRef subscriber) => Guard(() =>
    {
        if (!_stateSubscribers.Contains(subscriber)) Context.Unwatch(subscriber);
    });

    internal static Props Props(RemoteRedisSettings settings) => Akka.Actor.Props.CreateBy(new Producer(settings));

    internal static Status.Failure Failure(RedisCommand command, Outcome outcome, string why) =>
        new(new RedisOutcomeException(outcome, command, $"{command.Name}: {why}"), command.State);

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsEvents, typeof(IMemberEvent), typeof(IReachabilityEvent));
        Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(Identification.Instance, Identification.Instance, TimeSpan.Zero, _settings.IdentifyInterval);
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, DeadlineResolution);
        Timers.StartPeriodicTimer(SignsDue.Instance, SignsDue.Instance, SignInterval);
    }

    /// <summary>Commands that no node ever had certainly did not run.</summary>
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
        _ledger.EndAll("the RemoteRedis stopped");
        _subscriptions.EndAll("the RemoteRedis stopped");
    }

    /// <inheritdoc/>
    protected override void Unhandled(object message)
    {
        base.Unhandled(message);
        RedisActor.RefuseUnknown(
            message,
            Context,
            nameof(RemoteRedis),
            "RedisCommand, Subscribe, PSubscribe, SSubscribe, Unsubscribe, PUnsubscribe, SUnsubscribe, SubscribeToState, UnsubscribeFromState, GetStatus, DrainCommands");
    }

    /// <summary>One node must not take the connection from all others.</summary>
    private void RefuseControl(object message)
    {
        var name = message.GetType().Name;
        _log.Warning("remote redis: {0} from {1} is refused: the connections belong to the nodes that serve", name, Sender.Path);
        if (Sender.IsNobody() || Sender.Equals(Context.System.DeadLetters)) return;
        Answer(Sender, new Status.Failure(new ArgumentException(
            $"A RemoteRedis cannot take a {name}: it has no connection of its own. Send it to the RedisActor of a node that serves.")));
    }

    private void OnCommand(RedisCommand command)
    {
        if (_drain.HasBegun)
        {
            Answer(Sender, Failure(command, Outcome.NotSent, "the RemoteRedis is about to stop and takes no more commands"));
            return;
        }

        var now = RecentNow;
        RemoteCommand accepted;
        try
        {
            accepted = Read(command, now);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Answer(Sender, Failure(command, Outcome.NotSent, $"its arguments could not be read: {error.Message}"));
            return;
        }

        _ledger.Accept(accepted, now);
    }

    private void OnSubscribe(RedisSubscribe message)
    {
        var asker = Membership.AskerOf(Context, message.Subscriber);
        if (_drain.HasBegun) _subscriptions.Refuse(message, asker, "the RemoteRedis is about to stop and takes no more");
        else _subscriptions.Subscribe(message, asker);
    }

    private void OnSubscribe(SubscribeToState message) => Guard(() =>
    {
        if (_stateSubscribers.Add(message.Subscriber)) Context.WatchWith(message.Subscriber, new SubscriberStopped(message.Subscriber));
        message.Subscriber.Tell(_state.Current, Self);
    });

    private void OnSubscriberStopped(SubscriberStopped message)
    {
        _stateSubscribers.Remove(message.Subscriber);
        _subscriptions.SubscriberStopped(message.Subscriber);
    }

    /// <summary>Tells the subscribers if something has changed.</summary>
    /// <param name="waiting">How many commands waited before.</param>
    private void LookAtState(int waiting)
    {
        if (_state.Look(_ledger.Nodes, waiting, Now) is not { } change) return;
        foreach (var subscriber in _stateSubscribers) Guard(() => subscriber.Tell(change, Self));
    }

    private void OnArrived(RemoteInlet.Arrived message)
    {
        if (message.Message is not RedisSubscribe)
        {
            _subscriptions.Arrived(message.Place, message.Message);
        }
        else if (_subscriptions.NodeAt(message.Place) is { } node)
        {
            // Sent back.
            node.IsLeaving = true;
            _nodes.Changed();
        }
    }

    private RemoteCommand Read(RedisCommand command, long now)
    {
        var delivery = command.Delivery ?? _settings.Delivery;
        var timeout = command.Timeout ?? _settings.CommandTimeout;
        return new RemoteCommand(
            command, Sender, delivery,
            delivery == DeliveryMode.ExactlyOnce ? command.IdempotencyKey ?? _tokens.Next() : command.IdempotencyKey,
            timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : now + (long)timeout.TotalMilliseconds);
    }

    private void OnFrame(AnswerFrame frame)
    {
        if (_nodes.Of(frame.Session) is not { IsLost: false } node) return;
        if (frame.Serving == RemoteServing.Forgotten)
        {
            _nodes.Lost(node);
            return;
        }

        if (frame.Number == 0) node.Clients = frame.Clients;
        var isNew = !node.Channel.IsOpen;
        var now = Now;
        var answers = node.Channel.Receive(frame, now);
        _nodes.OnServing(node, frame.Serving, isNew);
        foreach (var answer in answers) OnAnswer(answer, now);
        ContinueDrain();
    }

    private void OnAnswer(in RemoteAnswer answer, long now)
    {
        if (answer.Kind == RemoteAnswerKind.Returned)
        {
            _ledger.Returned(answer.Attempt, now);
            return;
        }

        var outcome = OutcomeOf(answer.Kind);
        if (_ledger.TakeAnswered(answer.Attempt, outcome, now) is not { } command) return;
        if (outcome == Outcome.Applied) Answer(command.Sender, new RedisReply(answer.Value, command.Command.State));
        else Answer(command.Sender, Failed(command, command.TruthfulOutcome(outcome), answer));
    }

    /// <summary>In the words of the node, which name the command where its RedisActor spoke.</summary>
    private static Status.Failure Failed(RemoteCommand command, Outcome outcome, in RemoteAnswer answer)
    {
        var (name, why) = (command.Command.Name, answer.Message ?? "the node that serves gave no reason");
        var message = why.StartsWith(name, StringComparison.OrdinalIgnoreCase) ? why : $"{name}: {why}";
        return new Status.Failure(new RedisOutcomeException(outcome, command.Command, message, answer.ServerError), command.Command.State);
    }

    private static Outcome OutcomeOf(RemoteAnswerKind kind) => kind switch
    {
        RemoteAnswerKind.Applied => Outcome.Applied,
        RemoteAnswerKind.Rejected => Outcome.Rejected,
        RemoteAnswerKind.NotSent => Outcome.NotSent,
        _ => Outcome.Unknown,
    };

    /// <summary>A sender that cannot be told takes no answer from the others.</summary>
    private void Answer(IActorRef sender, object answer)
    {
        try
        {
            sender.Tell(answer, Self);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _log.Warning("remote redis: {0} could not be told what became of its command: {1}", sender.Path, error.Message);
        }
    }

    /// <summary>A subscriber that throws, or is no actor, hurts nobody else.</summary>
    private void Guard(Action act)
    {
        try
        {
            act();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _log.Debug("remote redis: a subscriber failed: {0}", error.Message);
        }
    }

    private void OnDrainCommands(DrainCommands message)
    {
        _drain.Begin(Sender, message.Timeout, Now);
        _subscriptions.EndAll("the RemoteRedis is about to stop and takes no more");
        ContinueDrain();
    }

    private void OnTick()
    {
        var now = Now;
        _ledger.Expire(now);
        _nodes.Tick(now);
        ContinueDrain();
    }

    /// <summary>Without an Akka cluster there is no node left that could take what waits.</summary>
    private void ContinueDrain()
    {
        if (!_drain.HasBegun) return;
        var unfinished = _ledger.Unanswered;
        if (!_drain.IsOver(unfinished, Now) && !_cluster.IsTerminated) return;
        _ledger.EndAll("the RemoteRedis was drained, and the time for that is over");
        _drain.Tell(unfinished, Self);
    }

    /// <summary>
    /// Akka.Remote connects again by itself and says nothing to those whose messages are lost. Of commands and answers, the node and this
    /// one find out what is missing.
    /// </summary>
    private void OnDisassociated(DisassociatedEvent change)
    {
        foreach (var node in _nodes.At(change.RemoteAddress))
        {
            node.Channel.Ask(Now);
            _subscriptions.ConnectionBroken(node);
        }
    }

    private void OnIdentity(ActorIdentity identity)
    {
        if (SubscriberMark.Of(identity) is { } mark)
        {
            _subscriptions.Taken(mark.Member, mark.Count);
            return;
        }

        if (identity.Subject is { } service) _nodes.OnIdentity(service);
    }

    /// <summary>What has gathered for a node is to be sent.</summary>
    internal sealed record FlushDue(NodeChannel Channel) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    private sealed record LossDue(RemoteNode Node) : INoSerializationVerificationNeeded;

    private sealed record SubscriberStopped(IActorRef Subscriber) : INoSerializationVerificationNeeded;

    private sealed record SignsDue : INoSerializationVerificationNeeded
    {
        public static SignsDue Instance { get; } = new();
    }

    private sealed record Identification : INoSerializationVerificationNeeded
    {
        public static Identification Instance { get; } = new();
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
