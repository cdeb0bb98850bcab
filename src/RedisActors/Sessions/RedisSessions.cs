using Akka.Actor;
using Akka.Event;
using RedisActors.CommandMetadata;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.Lanes;
using RedisActors.Supervision;

namespace RedisActors.Sessions;

/// <summary>
/// Takes the commands that block, and sends each over a session: a lane that it has for itself while it waits. Who gets which session the
/// <see cref="SessionPool"/> decides, and what is sent over it the <see cref="BlockingWait"/>.
/// </summary>
internal sealed class RedisSessions : ReceiveActor, IWithTimers, ISessionPoolOwner
{
    /// <summary>The number of the first session as a lane; beyond those of lanes that share their commands.</summary>
    public const int FirstLane = 100_000;

    private static readonly TimeSpan LongestSlice = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan IdleTickInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MoveDelay = TimeSpan.FromMilliseconds(20);

    private readonly RedisSettings _settings;
    private readonly Func<RedisCommand, Lane> _laneOf;
    private readonly IRedisLinkFactory? _links;
    private readonly LogBudget _logBudget;
    private readonly RedisConnectionLog _log;
    private readonly SessionPool _pool;
    private readonly long _slice;
    private readonly CommandDrain _drain = new();
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly IActorRef _redis = Context.Parent;
    private readonly Dictionary<BlockingWait, Waiting> _waits = [];
    private readonly Dictionary<Session, Lane> _lanes = [];
    private readonly Dictionary<Session, RedisReady> _ready = [];
    private readonly Dictionary<IActorRef, HashSet<BlockingWait>> _senders = [];
    private readonly Dictionary<int, Lane> _shards = [];
    private PauseConnection? _pause;
    private int _lastName;
    private int _undos;
    private TimeSpan _nextTick = TimeSpan.MaxValue;

    public RedisSessions(RedisSettings settings, Func<RedisCommand, Lane> laneOf, IRedisLinkFactory? links, LogBudget logBudget)
    {
        _settings = settings;
        _laneOf = laneOf;
        _links = links;
        _logBudget = logBudget;
        _log = new RedisConnectionLog(Context.GetLogger(), logBudget, settings.Name, lane: 1);
        _pool = new SessionPool(settings.Sessions.Max, (long)settings.Sessions.IdleTimeout.TotalMilliseconds, this);
        _slice = (long)Math.Max(1, Math.Min(LongestSlice.TotalMilliseconds, settings.Link.Heartbeat.Timeout.TotalMilliseconds / 4));
        Receive<RedisCommand>(OnCommand);
        Receive<RedisReply>(OnReply);
        Receive<Status.Failure>(OnFailure);
        Receive<GaveUp>(message => OnGaveUp(message.Wait));
        Receive<Paused>(message => OnPaused(message.Wait));
        Receive<TickDue>(_ => OnTick());
        Receive<Terminated>(OnTerminated);
        Receive<LaneStarted>(message => LaneOf(message.Number)?.Started(message));
        Receive<RedisConnectionEvent>(OnState);
        Receive<PauseConnection>(message => Control(message, message));
        Receive<ResumeConnection>(message => Control(message, null));
        Receive<ForceReconnect>(message => Control(message, null));
        Receive<GetStatus>(_ => Sender.Tell(Status(), _redis));
        Receive<DrainCommands>(OnDrain);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long Now => (long)_clock.MonotonicClock.TotalMilliseconds;

    public static Props Props(RedisSettings settings, Func<RedisCommand, Lane> laneOf, IRedisLinkFactory? links, LogBudget logBudget) =>
        Akka.Actor.Props.Create(() => new RedisSessions(settings, laneOf, links, logBudget));

    /// <summary>Whether a command blocks, so that it needs a session.</summary>
    public static bool Takes(RedisCommand command) =>
        command.Name[0] is 'B' or 'b' or 'X' or 'x' or 'W' or 'w' && CommandTable.Find(command)?.Blocks(command.ArgumentArray) == true;

    void ISessionPoolOwner.Open(Session session)
    {
        var number = FirstLane + session.Number;
        var place = session.Place;
        var common = place.Database == _settings.Link.Database ? _settings : _settings.ForDatabase(place.Database);
        var settings = common.ForSession(session.Number);
        var lane = new Lane(number);
        lane.Actor = Context.Watch(Context.ActorOf(RedisLane.Props(number, settings, _links ?? LinksOf(place, settings.Link), _logBudget, isSession: true), $"session-{++_lastName}"));
        _lanes[session] = lane;
        lane.ToSupervisor(new SubscribeToState(Self), Self);
        if (_pause is not null) lane.ToSupervisor(_pause, Self);
    }

    void ISessionPoolOwner.Close(Session session) => _lanes[session].Actor.Tell(CloseLane.Instance);

    void ISessionPoolOwner.Grant(Session session, ISessionUser user)
    {
        var waiting = _waits[(BlockingWait)user];
        waiting.Session = session;
        Do(waiting, waiting.Wait.OnSession(Now));
    }

    protected override SupervisorStrategy SupervisorStrategy()
    {
        // Akka may ask for it when there is no context any more.
        var (log, clock) = (_log, _clock);
        return new OneForOneStrategy(
            maxNrOfRetries: -1,
            withinTimeMilliseconds: -1,
            failure =>
            {
                log.Failed(failure, clock.MonotonicClock);
                return Directive.Stop;
            },
            loggingEnabled: false);
    }

    /// <summary>Whoever has sent nothing yet certainly did not; whoever has may have.</summary>
    protected override void PostStop()
    {
        foreach (var waiting in _waits.Values)
        {
            if (waiting.HasGivenUp) waiting.Sender.Forget();
            else waiting.Sender.Fail(waiting.IsAsking ? Outcome.Unknown : Outcome.NotSent, $"{waiting.Wait.Command.Name}: the RedisActor stopped");
        }
    }

    private void OnCommand(RedisCommand command)
    {
        var sender = new WaitSender(command, Sender, _redis);
        if (_drain.HasBegun)
        {
            sender.Fail(Outcome.NotSent, $"{command.Name} was refused: the RedisActor is about to stop and takes no more");
            return;
        }

        var deadline = command.DeadlineFrom(Now, _settings.Commands.Timeout);
        if (deadline <= Now)
        {
            sender.Fail(Outcome.NotSent, $"{command.Name}: its timeout passed before it reached the RedisActor; it never ran and never will");
            return;
        }

        var wait = new BlockingWait(command, command.Delivery ?? _settings.Commands.Delivery, deadline, _slice);
        if ((AdmissionRules.WhyTokenIsIgnored(command, command.Delivery ?? _settings.Commands.Delivery) ?? WhyNotInCluster(command)) is { } reason)
        {
            sender.Fail(Outcome.NotSent, $"{command.Name} was refused: {reason}");
            return;
        }

        var waiting = _waits[wait] = new Waiting(wait, sender);
        Watch(waiting);
        Do(waiting, wait.Begin(Now));
    }

    private string? WhyNotInCluster(RedisCommand command) =>
        _settings.Link.Topology == RedisTopology.Cluster ? CommandTable.Find(command)!.WhyRefusedInCluster : null;

    private void AskSession(Waiting waiting, WaitStep.AskSession step)
    {
        if (waiting.Session is { } session)
        {
            if (!step.IsOptional && !waiting.Sender.TryClaim())
            {
                Forget(waiting);
                return;
            }

            waiting.IsAsking = true;
            if (step.Before is { } before) _lanes[session].ToCommands(before, Self);
            _lanes[session].ToCommands(step.Command, Self);
            return;
        }

        if (!step.IsOptional)
        {
            RequestSession(waiting);
            return;
        }

        waiting.Wait.Place = PlaceOf(waiting.Wait.Command);
        if (!_pool.TryTake(waiting.Wait, Now)) Do(waiting, waiting.Wait.OnNoSession());
        Tick();
    }

    private void RequestSession(Waiting waiting)
    {
        waiting.Sender.Stashed();
        waiting.Wait.Place = PlaceOf(waiting.Wait.Command);
        _pool.Request(waiting.Wait, Now);
        Tick();
    }

    /// <summary>In a Redis Cluster it leads to the node that has the key.</summary>
    private SessionPlace PlaceOf(RedisCommand command)
    {
        var database = command.Database ?? _settings.Link.Database;
        if (_settings.Link.Topology != RedisTopology.Cluster) return new SessionPlace(database, Lane: 0);
        var shard = _laneOf(command);
        _shards[shard.Number] = shard;
        return new SessionPlace(database, shard.Number);
    }

    private IRedisLinkFactory LinksOf(SessionPlace place, LinkSettings settings) =>
        _shards.TryGetValue(place.Lane, out var shard) ? shard.Links(settings) : new StackExchangeLinkFactory(settings);

    private void Do(Waiting waiting, WaitStep step)
    {
        switch (step)
        {
            case WaitStep.NeedSession:
                if (waiting.Session is null) RequestSession(waiting);
                else Do(waiting, waiting.Wait.OnSession(Now));
                break;
            case WaitStep.AskSession ask:
                AskSession(waiting, ask);
                break;
            case WaitStep.AskShared { Command.Delivery: DeliveryMode.ExactlyOnce } when !waiting.Sender.TryClaim():
                Forget(waiting);
                break;
            case WaitStep.AskShared ask:
                waiting.IsAsking = true;
                _redis.Tell(ask.Command, Self);
                break;
            case WaitStep.Pause pause:
                if (waiting.TakeSession() is { } unneeded) _pool.Release(unneeded, Now);
                Timers.StartSingleTimer(waiting.Wait, new Paused(waiting.Wait), TimeSpan.FromMilliseconds(pause.Time));
                break;
            case WaitStep.Move:
                if (waiting.TakeSession() is { } elsewhere) _pool.Retire(elsewhere, Now);
                _redis.Tell(RedisClusterSuspect.Instance);
                Timers.StartSingleTimer(waiting.Wait, new Paused(waiting.Wait), MoveDelay);
                break;
            case WaitStep.Reply reply:
                if (waiting.HasGivenUp || !waiting.Sender.TryReply(reply.Value)) PutBack(waiting, reply.Value);
                Forget(waiting);
                break;
            case WaitStep.Fail fail:
                // Who has given up is told so by its own cancellation, which may come only after this.
                if (!waiting.HasGivenUp) waiting.Sender.Fail(fail.Outcome, fail.Message, fail.ServerError);
                Forget(waiting);
                break;
        }
    }

    private void OnReply(RedisReply reply)
    {
        if (reply.State is Undo)
        {
            _undos--;
            return;
        }

        if (reply.State is not BlockingWait wait || !_waits.TryGetValue(wait, out var waiting)) return;
        waiting.IsAsking = false;
        var step = wait.OnReply(reply.Value, Now);
        if (step is not WaitStep.Reply) waiting.Sender.Unclaim();
        Do(waiting, step);
    }

    private void OnFailure(Status.Failure message)
    {
        if (message.Cause is not RedisOutcomeException failure) return;
        if (failure.State is Undo undo) OnUndoFailed(undo, failure);
        if (failure.State is not BlockingWait wait || !_waits.TryGetValue(wait, out var waiting)) return;
        waiting.IsAsking = false;
        var step = wait.OnFailure(failure, Now);
        if (step is not WaitStep.Fail) waiting.Sender.Unclaim();
        Do(waiting, step);
    }

    private void OnPaused(BlockingWait wait)
    {
        if (_waits.TryGetValue(wait, out var waiting)) Do(waiting, wait.OnPaused(Now));
    }

    /// <summary>
    /// Nobody waits for the answer any more. What was sent is answered all the same, at once where the server can be told to end the wait.
    /// </summary>
    private void OnGaveUp(BlockingWait wait)
    {
        if (!_waits.TryGetValue(wait, out var waiting)) return;
        waiting.HasGivenUp = true;
        wait.End();
        if (!waiting.IsAsking)
        {
            Forget(waiting);
        }
        else if (waiting.Session is { } session && _ready.TryGetValue(session, out var ready))
        {
            _redis.Tell(new UnblockClient(wait.Command, ready.ClientId));
        }
    }

    /// <summary>Once: it must not come twice, whatever happens on the way.</summary>
    private void PutBack(Waiting waiting, RespValue reply)
    {
        if (waiting.Wait.Undo(reply) is not { } command) return;
        _undos++;
        command = command with
        {
            Database = waiting.Wait.Command.Database,
            Delivery = DeliveryMode.ExactlyOnce,
            Timeout = Timeout.InfiniteTimeSpan,
            State = new Undo(command),
        };
        if (waiting.Session is { } session) _lanes[session].ToCommands(command, Self);
        else _redis.Tell(command, Self);
    }

    /// <summary>The slot has moved meanwhile; anything else is told to whoever operates the application.</summary>
    private void OnUndoFailed(Undo undo, RedisOutcomeException failure)
    {
        if (SlotRedirect.TryParse(failure.ServerError ?? string.Empty, out _))
        {
            _redis.Tell(failure.Command, Self);
            return;
        }

        _undos--;
        _log.LinkWarning(
            $"what a blocking command took for a sender that had stopped or given up could not be put back: {undo.Command.Name} {failure.Outcome}: {failure.Message}",
            _clock.MonotonicClock);
    }

    private void Forget(Waiting waiting)
    {
        _waits.Remove(waiting.Wait);
        waiting.Sender.Forget();
        Unwatch(waiting);
        _pool.Withdraw(waiting.Wait);
        Timers.Cancel(waiting.Wait);
        if (waiting.TakeSession() is { } session) _pool.Release(session, Now);
    }

    private void Watch(Waiting waiting)
    {
        var (self, wait) = (Self, waiting.Wait);
        waiting.Sender.WhenGivenUp(() => self.Tell(new GaveUp(wait)));
        if (waiting.Sender.Watched is not { } sender) return;
        if (_senders.TryGetValue(sender, out var waits)) waits.Add(wait);
        else
        {
            // A reference that is no actor cannot be watched; then nobody says that it has stopped.
            _log.Guard(() => Context.Watch(sender));
            _senders[sender] = [wait];
        }
    }

    private void Unwatch(Waiting waiting)
    {
        if (waiting.Sender.Watched is not { } sender || !_senders.TryGetValue(sender, out var waits)) return;
        waits.Remove(waiting.Wait);
        if (waits.Count > 0) return;
        _senders.Remove(sender);
        _log.Guard(() => Context.Unwatch(sender));
    }

    private void OnTerminated(Terminated message)
    {
        if (_senders.TryGetValue(message.ActorRef, out var waits))
        {
            foreach (var wait in waits.ToList()) OnGaveUp(wait);
            return;
        }

        foreach (var (session, lane) in _lanes)
        {
            if (!lane.Actor.Equals(message.ActorRef)) continue;
            lane.Strand(Context.System, Self);
            _lanes.Remove(session);
            _ready.Remove(session);

            // What its user had sent is answered by the lane, or by whoever answers what it left behind.
            if (session.User is BlockingWait wait && _waits.TryGetValue(wait, out var waiting)) waiting.TakeSession();
            _pool.Ended(session, Now);
            return;
        }
    }

    private void OnState(RedisConnectionEvent state)
    {
        if (_lanes.Keys.FirstOrDefault(session => session.Number + FirstLane == state.Lane) is not { } session) return;
        if (state is RedisReady ready) _ready[session] = ready;
        else _ready.Remove(session);
    }

    private void Control(object message, PauseConnection? pause)
    {
        _pause = pause;
        foreach (var lane in _lanes.Values) lane.ToSupervisor(message, Sender);
    }

    /// <summary>What is blocked counts as in flight, what waits for a session as stashed. The state is no lane's.</summary>
    private RedisStatus Status() => new(
        new RedisReady(_settings.Name, 0, string.Empty, 0, TimeSpan.Zero) { Lane = FirstLane },
        _waits.Count - _pool.Waiting,
        _pool.Waiting);

    private void OnDrain(DrainCommands message)
    {
        _drain.Begin(Sender, message.Timeout, Now);
        foreach (var waiting in _waits.Values.ToList())
        {
            waiting.Wait.End("the RedisActor is about to stop");
            if (!waiting.IsAsking) Fail(waiting, Outcome.NotSent, "the RedisActor is about to stop; nothing was taken");
        }

        OnTick();
    }

    private void Fail(Waiting waiting, Outcome outcome, string reason) =>
        Do(waiting, new WaitStep.Fail(outcome, $"{waiting.Wait.Command.Name}: {reason}"));

    private void OnTick()
    {
        _nextTick = TimeSpan.MaxValue;
        var now = Now;
        foreach (var user in _pool.Expire(now))
        {
            Fail(
                _waits[(BlockingWait)user],
                Outcome.NotSent,
                $"no session was free in time: all {_pool.Count} are in use, and sessions.max is {_settings.Sessions.Max}; it never ran and never will");
        }

        _pool.CloseIdle(now);
        if (_drain.HasBegun && _drain.IsOver(_waits.Count + _undos, now))
        {
            var unfinished = _waits.Count;
            foreach (var waiting in _waits.Values.ToList()) Fail(waiting, Outcome.Unknown, "it was sent, and the RedisActor was drained before it was answered");
            _drain.Tell(unfinished, _redis);
        }

        Tick();
    }

    private void Tick()
    {
        if (_pool.Count == 0 && _pool.Waiting == 0 && !_drain.HasBegun) return;
        var interval = _pool.Waiting > 0 || _drain.HasBegun ? TickInterval : IdleTickInterval;
        if (_nextTick <= interval) return;
        _nextTick = interval;
        Timers.StartSingleTimer(TickDue.Instance, TickDue.Instance, interval);
    }

    private Lane? LaneOf(int number) => _lanes.Values.FirstOrDefault(lane => lane.Number == number);

    /// <summary>A wait and what the actor knows of it.</summary>
    private sealed class Waiting(BlockingWait wait, WaitSender sender)
    {
        public BlockingWait Wait => wait;

        public WaitSender Sender => sender;

        public Session? Session { get; set; }

        /// <summary>Whether something was sent for it that is not answered yet.</summary>
        public bool IsAsking { get; set; }

        /// <summary>Whether nobody waits for the answer any more.</summary>
        public bool HasGivenUp { get; set; }

        public Session? TakeSession()
        {
            var session = Session;
            Session = null;
            return session;
        }
    }

    /// <summary>The state of a command that puts something back.</summary>
    private sealed record Undo(RedisCommand Command) : IPartOfCommand;

    private sealed record GaveUp(BlockingWait Wait) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Paused(BlockingWait Wait) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class TickDue : Tick<TickDue>;
}
