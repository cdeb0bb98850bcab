using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.Lanes;
using RedisActors.RedisCluster;
using RedisActors.Sessions;
using RedisActors.Subscriptions;
using RedisActors.Supervision;

namespace RedisActors;

/// <summary>
/// The address that users send to: <see cref="RedisCommand"/>, <see cref="Subscribe"/> and its like, <see cref="SubscribeToState"/>,
/// <see cref="UnsubscribeFromState"/>, <see cref="GetStatus"/>, <see cref="ForceReconnect"/>, <see cref="PauseConnection"/>,
/// <see cref="ResumeConnection"/> and <see cref="DrainCommands"/>. It lives as long as the actor system, at <c>/user/redis</c>; its reference
/// comes from <see cref="RedisExtension"/>, or with Akka.Hosting from <c>IRequiredActor&lt;RedisActor&gt;</c>. Any other message is answered
/// with a <c>Status.Failure</c> whose cause is an <see cref="ArgumentException"/>.
/// </summary>
/// <remarks>
/// Below it are its lanes, one unless the settings say otherwise: each a supervisor, which owns the connection, and an actor that
/// takes the commands. Should one of the two fail, both start anew together; stashed commands are answered first,
/// each with its truthful outcome. Commands for one key always go the same lane; the order of commands that name keys of several lanes
/// holds for their first key. Commands that block, and subscriptions, have connections of their own.
/// </remarks>
public sealed class RedisActor : ReceiveActor, IWithTimers
{
    private const int MostDatabases = 64;
    private const string ClusterWatcher = "redis-cluster";

    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StatusPatience = TimeSpan.FromSeconds(5);

    private readonly RedisSettings _settings;
    private readonly IRedisLinkFactory? _links;
    private readonly LogBudget _logBudget;
    private readonly RedisConnectionLog _log;
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly List<Lane> _lanes = [];
    private readonly HashSet<IActorRef> _subscribers = [];
    private readonly DatabaseLanes _databases;
    private readonly TracedServer _server;
    private ISubscriptionLanes _subscriptions = null!;
    private ClusterSubscriptionLanes? _clusterSubscriptions;
    private LaneTable _table = null!;
    private RedisClusterRouter? _cluster;
    private PauseConnection? _pause;
    private IActorRef? _sessions;
    private int _lastLane;
    private bool _gathers;
    private CommandBatch? _batch;
    private readonly Func<RedisCommand, bool> _isForLanes;

    internal RedisActor(RedisSettings settings, IRedisLinkFactory? links, LogBudget logBudget)
    {
        _settings = settings;
        _links = links;
        _logBudget = logBudget;
        _log = new RedisConnectionLog(Context.GetLogger(), logBudget, settings.Name, lane: 1);
        _server = settings.Link is { Topology: RedisTopology.Standalone, Endpoints: [var only] }
            ? new TracedServer(only.Host, only.Port, settings.Link.Database)
            : new TracedServer(null, 0, settings.Link.Database);
        _databases = new DatabaseLanes(OpenDatabase, Close, MostDatabases);
        _isForLanes = command => !RedisSessions.Takes(command) && !IsElsewhere(command);
        Receive<RedisCommand>(OnCommand);
        Receive<CommandBatch>(OnBatch);
        Receive<SendGathered>(_ => OnSendGathered());
        Receive<GetStatus>(query => AskLanes<RedisStatus>(query, Sum, StatusPatience));
        Receive<DrainCommands>(message => AskLanes<DrainedCommands>(message, LaneSums.Of, PatienceOf(message)));
        Receive<LookForIdle>(_ => OnLookForIdle());
        Receive<LaneIdle>(_ => OnLaneIdle());
        Receive<SubscribeToState>(OnSubscribe);
        Receive<UnsubscribeFromState>(OnUnsubscribe);
        Receive<RedisSubscribe>(OnSubscribe);
        Receive<RedisUnsubscribe>(message => _subscriptions.Unsubscribe(message, Sender));
        Receive<SubscriberStopped>(OnSubscriberStopped);
        Receive<ForceReconnect>(message => Control(message, null));
        Receive<PauseConnection>(message => Control(message, message));
        Receive<ResumeConnection>(message => Control(message, null));
        Receive<BudgetSpent>(OnBudgetSpent);
        Receive<LaneStarted>(message => _lanes.Find(lane => lane.Number == message.Number)?.Started(message));
        Receive<Terminated>(OnLaneEnded);
        Receive<UnblockClient>(message => _table.LaneOf(message.About).ToCommands(message));
        Receive<EndClients>(message => _table.Keyless.ToCommands(message, Sender));
        if (settings.Link.Topology == RedisTopology.Cluster) ReceiveFromCluster();
    }

    /// <summary>Set by Akka.</summary>
    ITimerScheduler IWithTimers.Timers { get; set; } = null!;

    private ITimerScheduler Timers => ((IWithTimers)this).Timers;

    internal static Props Props(RedisSettings settings, IRedisLinkFactory? links = null, LogBudget? logBudget = null) =>
        Akka.Actor.Props.CreateBy(new Producer(settings, links, logBudget ?? new LogBudget()));

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy()
    {
        // Akka may ask for it when there is no context any more.
        return new ChildStrategy(_log, _clock);
    }

    /// <inheritdoc/>
    protected override void PreStart()
    {
        if (_settings.Link.Topology == RedisTopology.Cluster)
        {
            _cluster = new RedisClusterRouter(OpenNode, Close, Context.ActorOf(RedisClusterWatcher.Props(_settings.Link), ClusterWatcher));
            _table = _cluster.Table;
            _subscriptions = _clusterSubscriptions = new ClusterSubscriptionLanes(_cluster, OpenSubscriptions, Close, Self);
        }
        else
        {
            _subscriptions = new SubscriptionLane(OpenSubscriptions, Close, Self);
            for (var i = 0; i < _settings.Lanes; i++) Open(_settings, settings => new StackExchangeLinkFactory(settings));
            _table = new LaneTable(_lanes, isFinal: true);
        }
    }

    /// <inheritdoc/>
    protected override void Unhandled(object message)
    {
        base.Unhandled(message);
        RefuseUnknown(
            message, Context, nameof(RedisActor),
            "RedisCommand, Subscribe, PSubscribe, SSubscribe, Unsubscribe, PUnsubscribe, SUnsubscribe, SubscribeToState, UnsubscribeFromState, GetStatus, ForceReconnect, PauseConnection, ResumeConnection, DrainCommands");
    }

    /// <summary>
    /// Tells the sender of a message that an actor cannot take what it can, so that an <c>Ask</c> ends. Answers are not answered: two
    /// actors could go on with that for ever.
    /// </summary>
    internal static void RefuseUnknown(object message, IActorContext context, string actor, string known)
    {
        var sender = context.Sender;
        if (message is Status or RedisReply || sender.IsNobody() || sender.Equals(context.System.DeadLetters)) return;
        sender.Tell(
            new Status.Failure(new ArgumentException(
                $"A {actor} cannot take a {message.GetType().Name}. It takes: {known}. A command is sent as new RedisCommand(\"PING\").")),
            context.Self);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        SendGatheredCommands();
        while (_batch?.TryTake(out var command, out var sender) == true) Refuse(command, sender, "the RedisActor stopped");
        foreach (var lane in _lanes) lane.Strand(Context.System, Self);
        _clusterSubscriptions?.EndAll("the RedisActor stopped");
    }

    /// <summary>Commands that are in the mailbox together go on together: a message behind them sees to it.</summary>
    private void OnCommand(RedisCommand command)
    {
        if (!_gathers && ((ActorCell)Context).HasMessages)
        {
            _gathers = true;
            Self.Tell(SendGathered.Instance);
        }

        OnCommand(command, Sender);
    }

    /// <summary>As it is, where all of it goes the same way.</summary>
    private void OnBatch(CommandBatch batch)
    {
        if (_table.Only is { } only && !TracedSender.IsWanted && batch.IsOf(_isForLanes))
        {
            only.ToCommands(batch);
            return;
        }

        var gathered = _gathers;
        _gathers = true;
        _batch = batch;
        while (batch.TryTake(out var command, out var sender)) OnCommand(command, sender);
        _batch = null;
        _gathers = gathered;
        if (!gathered) SendGatheredCommands();
    }

    private void OnSendGathered()
    {
        _gathers = false;
        SendGatheredCommands();
    }

    private void SendGatheredCommands()
    {
        foreach (var lane in _lanes) lane.SendGathered();
    }

    private void OnCommand(RedisCommand command, IActorRef from)
    {
        var sender = TracedSender.Of(command, from, Self, _server);
        var elsewhere = IsElsewhere(command);
        if (RedisSessions.Takes(command) && (!elsewhere || _settings.Link.Topology != RedisTopology.Cluster)) Sessions().Tell(command, sender);
        else if (elsewhere) OnCommandElsewhere(command, command.Database!.Value, sender);
        else ToLane(_table.LaneOf(command), command, sender);
    }

    private bool IsElsewhere(RedisCommand command) => command.Database is { } database && database != _settings.Link.Database;

    private void ToLane(Lane lane, RedisCommand command, IActorRef sender)
    {
        if (_gathers) lane.Gather(command, sender);
        else lane.ToCommands(command, sender);
    }

    private void OnCommandElsewhere(RedisCommand command, int database, IActorRef sender)
    {
        if (_settings.Link.Topology == RedisTopology.Cluster)
        {
            Refuse(command, sender, $"a Redis Cluster has database 0 only, and the command names database {database}");
            return;
        }

        LookForIdleLanes();
        if (_databases.LaneOf(command, database) is { } lane) ToLane(lane, command, sender);
        else Refuse(command, sender, $"{MostDatabases} other databases are in use at this moment, and no more may be");
    }

    /// <summary>What blocks goes there; they are started when there is something for the first time.</summary>
    private IActorRef Sessions()
    {
        if (_sessions is null)
        {
            _sessions = Context.Watch(Context.ActorOf(
                RedisSessions.Props(_settings, command => _table.LaneOf(command), _links, _logBudget), RedisMetrics.SessionsName));
            if (_pause is not null) _sessions.Tell(_pause);
        }

        return _sessions;
    }

    private void Refuse(RedisCommand command, IActorRef sender, string reason) =>
        new PendingCommand(command, sender, Self, DeliveryMode.AtMostOnce, long.MaxValue, sequence: 0)
            .EndAs(Outcome.NotSent, $"{command.Name} was refused: {reason}");

    private List<Lane> OpenDatabase(int database)
    {
        var settings = _settings.ForDatabase(database);
        return [.. Enumerable.Range(0, _settings.Lanes).Select(_ => Open(settings, link => new StackExchangeLinkFactory(link)))];
    }

    private Lane OpenSubscriptions() => OpenSubscriptions(link => new SubscriptionLinkFactory(link), inCluster: false);

    private Lane OpenSubscriptions(RedisClusterTarget target) =>
        OpenSubscriptions(link => new SubscriptionLinkFactory(link, new RedisClusterNodeFinder(link, target)), inCluster: true);

    private Lane OpenSubscriptions(Func<LinkSettings, IRedisLinkFactory> links, bool inCluster)
    {
        LookForIdleLanes();
        return Open(_settings.ForSubscriptions(), links, (redis, supervisor) => RedisSubscriptionActor.Props(redis, supervisor, inCluster));
    }

    /// <summary>Called before one is opened that may become idle.</summary>
    private void LookForIdleLanes()
    {
        if (_databases.IsEmpty && _subscriptions.IsEmpty) Timers.StartPeriodicTimer(nameof(LookForIdle), LookForIdle.Instance, IdleTime);
    }

    private void OnLookForIdle()
    {
        if (_databases.IsEmpty && _subscriptions.IsEmpty) Timers.Cancel(nameof(LookForIdle));
        foreach (var lane in _databases.TakeUnused().Concat(_subscriptions.TakeUnused())) lane.ToCommands(ReportIdle.Instance, Self);
    }

    private void OnLaneIdle()
    {
        if (_lanes.Find(lane => lane.IsTakenBy(Sender)) is not { } lane) return;
        _databases.OnIdle(lane.Number);
        _subscriptions.OnIdle(lane.Number);
    }

    private RedisStatus Sum(IReadOnlyList<RedisStatus> lanes) =>
        LaneSums.Of(lanes, lane => lane < RedisSessions.FirstLane && !_databases.Has(lane) && !_subscriptions.Has(lane));

    /// <summary>A little longer than the lanes may take.</summary>
    private static TimeSpan? PatienceOf(DrainCommands drain) =>
        drain.Timeout == Timeout.InfiniteTimeSpan ? null : drain.Timeout + StatusPatience;

    private void ReceiveFromCluster()
    {
        Receive<RedisConnectionEvent>(state => _cluster!.OnState(state));
        Receive<RedisClusterSeen>(OnSeen);
        Receive<TopicMoved>(message => _clusterSubscriptions!.OnMoved(message.Entry));
        Receive<TopicEnded>(message => _clusterSubscriptions!.OnEnded(message.Topic, Sender));
        Receive<RedisClusterUnseen>(message => _cluster!.OnUnseen(message));
        Receive<RedisClusterWatcherRestarted>(_ => _cluster!.OnWatcherRestarted());
        Receive<SlotMoved>(message => _cluster!.OnSlotMoved(message, Sender));
        Receive<AdoptCommands>(message => _cluster!.OnAdoptCommands(message));
        Receive<RedisClusterSuspect>(_ => _cluster!.OnSuspect());
        Receive<SlotsArrived>(message => _cluster!.OnSlotsArrived(message));
    }

    private void OnSeen(RedisClusterSeen message)
    {
        _cluster!.OnSeen(message);
        _clusterSubscriptions!.OnSeen(message.Ticket);
    }

    private Lane OpenNode(RedisClusterTarget target)
    {
        var lane = Open(_settings, settings => new StackExchangeLinkFactory(settings, new RedisClusterNodeFinder(settings, target)));
        lane.ToSupervisor(new SubscribeToState(Self), Self);
        return lane;
    }

    private Lane Open(RedisSettings common, Func<LinkSettings, IRedisLinkFactory> links, Func<IActorRef, IActorRef, Props>? taker = null)
    {
        var lane = new Lane(++_lastLane) { Links = links };
        var settings = common.ForLane(lane.Number);
        lane.Actor = Context.Watch(Context.ActorOf(
            RedisLane.Props(lane.Number, settings, (taker is null ? _links : _links?.ForSubscriptions) ?? links(settings.Link), _logBudget, taker: taker), $"lane-{lane.Number}"));
        _lanes.Add(lane);
        foreach (var subscriber in _subscribers) lane.ToSupervisor(new SubscribeToState(subscriber), Self);
        if (_pause is not null) lane.ToSupervisor(_pause, Self);
        return lane;
    }

    /// <summary>It finishes what it has, and ends.</summary>
    private void Close(Lane lane)
    {
        _lanes.Remove(lane);
        lane.SendGathered();
        lane.Actor.Tell(CloseLane.Instance);
    }

    /// <summary>
    /// A lane failed more often than it may. Nothing more can be done here, so this actor ends too; what is sent to it from
    /// now on is answered by <see cref="DeadLetterResponder"/>.
    /// </summary>
    private void OnLaneEnded(Terminated message)
    {
        if (message.ActorRef.Equals(_sessions)) _sessions = null;
        if (_lanes.Find(lane => lane.Actor.Equals(message.ActorRef)) is not { } ended) return;
        if (_subscriptions.Has(ended.Number))
        {
            // Its subscribers have been told, and the next subscription opens another one.
            _subscriptions.Forget(ended.Number);
            _lanes.Remove(ended);
            return;
        }

        if (!_databases.Has(ended.Number))
        {
            new RedisConnectionLog(Context.GetLogger(), _logBudget, _settings.Name, ended.Number).Ended();
            Context.Stop(Self);
            return;
        }

        // Another database gets new lanes when it is needed again.
        foreach (var lane in _databases.Forget(ended.Number)) Close(lane);
    }

    /// <summary>Whoever has paused the connection meanwhile wants no other one.</summary>
    private void OnBudgetSpent(BudgetSpent message)
    {
        if (_pause is null) throw new RedisGaveUpException(_settings.Name, message.Cause);
    }

    /// <summary>Lanes that are opened later tell the subscriber too.</summary>
    private void OnSubscribe(SubscribeToState message)
    {
        // A reference that is no actor cannot be watched, and one without a path cannot even be remembered.
        _log.Guard(() =>
        {
            if (_subscribers.Add(message.Subscriber)) Context.WatchWith(message.Subscriber, new SubscriberStopped(message.Subscriber));
        });
        TellSupervisors(message);
    }

    private void OnSubscriberStopped(SubscriberStopped message)
    {
        _subscribers.Remove(message.Subscriber);
        _clusterSubscriptions?.SubscriberStopped(message.Subscriber);
    }

    private void OnUnsubscribe(UnsubscribeFromState message)
    {
        _log.Guard(() =>
        {
            if (_subscribers.Remove(message.Subscriber)) Context.Unwatch(message.Subscriber);
        });
        TellSupervisors(message);
    }

    private void OnSubscribe(RedisSubscribe message)
    {
        if (_clusterSubscriptions is not null && new Topic(message.Kind, message.Name).IsOfEachNode)
        {
            _log.Guard(() => Context.WatchWith(message.Subscriber, new SubscriberStopped(message.Subscriber)));
        }

        _subscriptions.Subscribe(message, Sender);
    }

    private void Control(object message, PauseConnection? pause)
    {
        _pause = pause;
        TellSupervisors(message);
    }

    private void TellSupervisors(object message)
    {
        foreach (var lane in _lanes) lane.ToSupervisor(message, Sender);
        if (message is not SubscribeToState and not UnsubscribeFromState) _sessions?.Tell(message, Sender);
    }

    private void AskLanes<T>(object question, Func<IReadOnlyList<T>, T> sum, TimeSpan? patience)
        where T : class
    {
        var count = _lanes.Count + (_sessions is null ? 0 : 1);
        var asker = count == 1 ? Sender : Context.ActorOf(LaneAnswers<T>.Props(count, Sender, sum, patience));
        foreach (var lane in _lanes) lane.ToCommands(question, asker);
        _sessions?.Tell(question, asker);
    }

    /// <summary>
    /// A lane that fails has failed for good. The watcher is needed as long as this actor lives, and what it forgets it is told again;
    /// only one that cannot even start is given up.
    /// </summary>
    private sealed class ChildStrategy(RedisConnectionLog log, IScheduler clock) : OneForOneStrategy(-1, -1, _ => Directive.Stop, loggingEnabled: false)
    {
        protected override Directive Handle(IActorRef child, Exception error)
        {
            log.Failed(error, clock.MonotonicClock);
            return child.Path.Name == ClusterWatcher && error is not ActorInitializationException ? Directive.Restart : Directive.Stop;
        }
    }

    /// <summary>Behind the commands that were in the mailbox together.</summary>
    private sealed class SendGathered : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly SendGathered Instance = new();
    }

    private sealed class LookForIdle : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookForIdle Instance = new();
    }

    private sealed record SubscriberStopped(IActorRef Subscriber) : INoSerializationVerificationNeeded;

    /// <summary>What outlives a restart of the actor by its parent is here.</summary>
    private sealed class Producer(RedisSettings settings, IRedisLinkFactory? links, LogBudget logBudget) : IIndirectActorProducer
    {
        public Type ActorType => typeof(RedisActor);

        public ActorBase Produce() => new RedisActor(settings, links, logBudget);

        public void Release(ActorBase actor)
        {
        }
    }
}
