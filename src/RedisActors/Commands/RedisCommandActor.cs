using System.Diagnostics;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Event;
using RedisActors.Connection;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Commands;

/// <summary>
/// Takes the commands: hands them to the link while there is one, stashes them while there is none, asks again what may be asked
/// again, and sees to it that each is answered once, whatever happens. What is to be done with which command, the ledger decides.
/// </summary>
/// <remarks>
/// The stash is the ledger's and not Akka's, because a stashed command has a deadline, has to be found again when it passes or
/// when the stash is full, and goes back in front of its successors when it has to be retried.
/// </remarks>
internal sealed class RedisCommandActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan DeadlineResolution = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PatienceOfRefused = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceOfTold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookForQuietInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ReleaseInterval = TimeSpan.FromMilliseconds(50);

    private readonly CommandSettings _settings;
    private readonly IActorRef _redis;
    private readonly IActorRef _supervisor;
    private readonly CommandFacts _facts = new();
    private readonly ReplayPolicy _rules;
    private readonly TokenContext _tokens;
    private readonly AdmissionRules _admission;
    private readonly CommandIntake _intake;
    private readonly SideRequests _requests;
    private readonly GroupSize _groupSize;
    private readonly CommandSender _sender;
    private readonly CommandLedger _ledger;
    private readonly LaneGauges _gauges;
    private readonly LinkDeparture _leaving = new();
    private readonly CommandDrain _drain = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly IActorRef _self = Context.Self;
    private readonly StrongBox<CommandBatch?> _untaken;
    private IRedisLink? _link;
    private PendingCommand? _handled;
    private CommandBatch? _batch;
    private RedisConnectionEvent? _state;
    private string _whyThereIsNoLink = string.Empty;
    private bool _deadlinesWatched;
    private bool _hasTokens;

    /// <param name="settings">Of its connection.</param>
    /// <param name="inRedisCluster">Whether the server is a node of a Redis Cluster.</param>
    /// <param name="redis">The RedisActor, for which it answers.</param>
    /// <param name="supervisor">Tells of links.</param>
    /// <param name="isSession">Whether it has one user at a time.</param>
    /// <param name="untaken">Outlives a restart: what came in one message with the command that it failed on, behind it.</param>
    public RedisCommandActor(
        CommandSettings settings, bool inRedisCluster, IActorRef redis, IActorRef supervisor, bool isSession, StrongBox<CommandBatch?> untaken)
    {
        _untaken = untaken;
        _settings = settings;
        _redis = redis;
        _supervisor = supervisor;
        _rules = new ReplayPolicy(settings.WhenSafeLimit, _facts);
        _tokens = new TokenContext(settings.TokensKeptFor, inRedisCluster, settings.TokenPrefix);
        _admission = new AdmissionRules(_tokens, inRedisCluster, isSession, settings.AllowAdmin);
        _intake = new CommandIntake(settings, _tokens, redis);
        _requests = new SideRequests(_facts, _tokens, _self);
        _groupSize = new GroupSize(settings.Group);
        var self = _self;
        _sender = new CommandSender(_tokens, _groupSize, inRedisCluster, self.Tell);
        _ledger = new CommandLedger(
            _rules,
            new InFlightQueue(bounced: command => self.Tell(new CommandRefused(command)), roomAgain: () => self.Tell(RoomAgain.Instance)),
            new CommandStash(settings.Stash.MaxCount, settings.Stash.MaxBytes, settings.Stash.WhenFull),
            new ReplayWindow(settings.Replay.InitialWindow, settings.Replay.MaxWindow),
            settings.InFlight,
            _groupSize) { InCluster = inRedisCluster };
        _gauges = new LaneGauges(() => _ledger.InFlight, () => _ledger.Stashed);
        Away();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long NowMilliseconds => (long)_clock.MonotonicClock.TotalMilliseconds;

    public static Props Props(CommandSettings settings, bool inRedisCluster, IActorRef redis, IActorRef supervisor, bool isSession = false)
    {
        var untaken = new StrongBox<CommandBatch?>();
        return Akka.Actor.Props.Create(() => new RedisCommandActor(settings, inRedisCluster, redis, supervisor, isSession, untaken));
    }

    protected override void PreStart() => _supervisor.Tell(new AttachCommands(Self, _gauges));

    /// <summary>
    /// The ledger answers first: what it holds may have reached the server, the command that it failed on included. A command that
    /// did not come so far certainly did not.
    /// </summary>
    protected override void PreRestart(Exception reason, object message)
    {
        var why = $"the command actor failed: {reason.Message}";
        _ledger.EndAll(why);
        switch (message)
        {
            case RedisCommand command:
                _handled?.EndAs(Outcome.NotSent, $"{command.Name}: {why}");
                break;
            case CommandBatch:
                _handled?.EndAs(Outcome.NotSent, $"{_handled.Command.Name}: {why}");
                (_untaken.Value, _batch) = (_batch, null);
                break;
            case CommandRefused bounced:
                bounced.EndUnretried();
                break;
            case AdoptCommands adopted:
                adopted.EndAll(why);
                break;
        }

        base.PreRestart(reason, message);
    }

    /// <summary>
    /// No second attaching: the supervisor starts anew as well, remembers this actor and tells it of the next link. Asked now it
    /// might be the one from before the failure, and hand out the link that it is about to close. Only what this actor holds is
    /// another one's from here on.
    /// </summary>
    protected override void PostRestart(Exception reason)
    {
        _supervisor.Tell(new ShowGauges(_gauges));
        if (_untaken.Value is not { } batch) return;
        _untaken.Value = null;
        OnBatch(batch);
    }

    protected override void PostStop()
    {
        // Should the link be gone already, these tokens are left to their expiry.
        if (_link is not null) _requests.ReleaseTokens(_link);
        _ledger.EndAll("the RedisActor stopped");
        if (_batch is not null) EndUnsent(_batch, "the RedisActor stopped");
        foreach (var parcel in _ledger.Slots.DepartEmpty()) _redis.Tell(parcel);
    }

    private void Away()
    {
        ReceiveCommands();
        Receive<LinkUp>(OnLinkUp);
        Receive<NoMoreLinks>(OnNoMoreLinks);
        Receive<LinksAgain>(_ => { });
        Always();
    }

    private void Ready()
    {
        ReceiveCommands();
        Receive<Retry>(_ => OnRetry());
        Receive<Leave>(_ => OnLeave());
        Receive<ReleaseTokens>(_ => OnReleaseTokens());
        Receive<SideRequests.CommandInfo>(info => _facts.Learn(info.Name, info.Reply));
        Receive<SideRequests.ScriptLoaded>(_requests.OnScriptLoaded);
        Receive<SideRequests.TimeTold>(OnTimeTold);
        Receive<LeaveLink>(message => LeaveLink(message.Reason, PatienceOfTold));
        Receive<LinkDown>(OnLinkDown);
        Always();
    }

    private void GaveUp()
    {
        Receive<RedisCommand>(command => EndUnsent(command, Sender, _whyThereIsNoLink));
        Receive<CommandBatch>(batch => EndUnsent(batch, _whyThereIsNoLink));
        Receive<LinkUp>(OnLinkUp);
        Receive<LinksAgain>(_ => OnLinksAgain());
        Receive<NoMoreLinks>(OnNoMoreLinks);
        Always();
    }

    private void Always()
    {
        Receive<CommandRefused>(OnCommandRefused);
        Receive<RoomAgain>(_ => OnRoomAgain());
        Receive<DeadlineTick>(_ => OnDeadlineTick());
        Receive<DrainCommands>(OnDrainCommands);
        Receive<DrainTick>(_ => OnDrainTick());
        Receive<ExpectSlots>(message => _ledger.Slots.Hold(message.Slots));
        Receive<SurrenderSlots>(OnSurrenderSlots);
        Receive<LookForQuiet>(_ => LookForQuietSlots());
        Receive<Quiet>(message => _redis.Tell(_ledger.Slots.Depart(message.Order)));
        Receive<AdoptCommands>(OnAdoptCommands);
        Receive<KeepSlots>(OnKeepSlots);
        Receive<RedisConnectionEvent>(state => _state = state);
        Receive<UnblockClient>(message => SideRequests.Unblock(message, _link));
        Receive<EndClients>(message => SideRequests.End(message, _link, Sender));
        Receive<ReportIdle>(_ => OnReportIdle());
        Receive<GetStatus>(_ => Sender.Tell(new RedisStatus(_state, _ledger.InFlight, _ledger.Stashed), _redis));
    }

    private void ReceiveCommands()
    {
        Receive<RedisCommand>(command => OnCommand(command, Sender, NowMilliseconds));
        Receive<CommandBatch>(OnBatch);
    }

    private void OnBatch(CommandBatch batch)
    {
        _batch = batch;
        var now = NowMilliseconds;
        while (batch.TryTake(out var command, out var sender)) OnCommand(command, sender, now);
        _batch = null;
    }

    private void OnCommand(RedisCommand command, IActorRef sender, long now)
    {
        var profile = _facts.Find(command);
        var pending = _handled = _intake.Take(command, profile, sender, now);
        if (pending.Deadline <= now)
        {
            pending.EndAs(Outcome.NotSent, $"{command.Name}: its timeout passed before it reached the RedisActor; it never ran and never will");
            return;
        }

        if (WhyRefused(pending, profile) is { } reason)
        {
            pending.EndAs(Outcome.NotSent, $"{command.Name} was refused: {reason}");
            return;
        }

        if (pending is TokenCommand && !_hasTokens)
        {
            _hasTokens = true;
            ReportRisk();
        }

        if (_ledger.MustHandOverBefore(pending)) HandOver(now);
        if (_ledger.Accept(pending, now)) SendAlone(pending, _link!);
        else if (_ledger.HasGathered) HandOver(now);
        WatchDeadlines();
    }

    private void OnLinkUp(LinkUp message)
    {
        _link = message.Link;
        Become(Ready);
        _facts.Forget();
        var moment = Stopwatch.GetTimestamp();
        _tokens.LinkUp(message.Link, moment, NowMilliseconds);
        _groupSize.Reset();
        _gauges.Returned = 0;
        After(ReleaseInterval, ReleaseTokens.Instance);
        _ledger.LinkUp();
        if (_hasTokens) ReportRisk();
        HandOver();
    }

    /// <summary>Says so if this server can lose the tokens of the exactly-once commands that it gets.</summary>
    private void ReportRisk()
    {
        if (_link is null) return;
        foreach (var risk in TokenRisk.Of(_link)) _supervisor.Tell(new TokensAtRisk(risk));
    }

    private void OnLinkDown(LinkDown message)
    {
        _link = null;
        Timers.Cancel(Retry.Instance);
        Timers.Cancel(Leave.Instance);
        _leaving.End();
        Timers.Cancel(ReleaseTokens.Instance);
        _gauges.Returned = _ledger.LinkLost(message.Cause, NowMilliseconds);
        _ledger.Slots.LinkLost();
        Become(Away);
    }

    private void OnNoMoreLinks(NoMoreLinks message)
    {
        _whyThereIsNoLink = message.Cause;
        _ledger.EndAllStashed(_whyThereIsNoLink);
        Become(GaveUp);
    }

    private void OnLinksAgain()
    {
        _ledger.LinksAgain();
        Become(Away);
    }

    private void OnCommandRefused(CommandRefused message)
    {
        if (!_ledger.HasHandedOver(message.Command))
        {
            message.EndUnretried();
            return;
        }

        if (_ledger.TryEndLate(message.Command, _tokens.LatestNow(NowMilliseconds))) return;
        switch (_ledger.CommandRefused(message.Command, message.Speaker))
        {
            case RefusalAction.Reconnect when _leaving.Reason is null:
                LeaveLink($"the server refuses commands: {message.Command.RefusalReason}", PatienceOfRefused);
                break;
            case RefusalAction.SendAgain:
                HandOver();
                break;
            case RefusalAction.LoadScript when _link is not null:
                LoadScript(message.Command.Script!, _link);
                break;
            case RefusalAction.Moved:
                _redis.Tell(new SlotMoved(message.Command.MovedSlot!.Value));
                break;
            case RefusalAction.Retry when _ledger.InCluster && RetryableErrors.IsClusterDown(message.Command.RefusalReason):
                _redis.Tell(RedisClusterSuspect.Instance);
                break;
        }

        PlanRetry();
        WatchDeadlines();
    }

    private void LeaveLink(string reason, TimeSpan patience)
    {
        _leaving.Begin(reason, patience, NowMilliseconds);
        _ledger.Leave();
        OnLeave();
    }

    private void OnLeave()
    {
        if (_link is null || _leaving.Reason is not { } reason) return;
        if (_leaving.IsDue(_ledger.InFlight, NowMilliseconds)) _link.Abandon(reason);
        else After(DeadlineResolution, Leave.Instance);
    }

    private void OnRoomAgain()
    {
        _ledger.RoomAgain();
        PlanRetry();
        HandOver();
    }

    private void OnRetry()
    {
        if (_ledger.RetryDue(NowMilliseconds) is { } probe)
        {
            _sender.Send(probe, _link!);
            while (_ledger.NextMate(NowMilliseconds) is { } mate) _sender.Send(mate, _link!);
            _sender.Flush(_link!);
            _ledger.AwaitProbe();
        }

        PlanRetry();
        HandOver();
    }

    private void OnDeadlineTick()
    {
        _deadlinesWatched = false;
        _ledger.Expire(NowMilliseconds);
        WatchDeadlines();
    }

    private void OnDrainCommands(DrainCommands message)
    {
        _drain.Begin(Sender, message.Timeout, NowMilliseconds);
        OnDrainTick();
    }

    private void OnDrainTick()
    {
        if (!_drain.HasBegun) return;
        var unfinished = _ledger.InFlight + _ledger.Stashed;
        if (!_drain.IsOver(unfinished, NowMilliseconds))
        {
            After(DeadlineResolution, DrainTick.Instance);
            return;
        }

        _ledger.EndAll("the RedisActor was drained and its time was up");
        _drain.Tell(unfinished, _redis);
    }

    private void OnReportIdle()
    {
        if (_ledger.InFlight + _ledger.Stashed == 0) _redis.Tell(LaneIdle.Instance);
    }

    private void OnSurrenderSlots(SurrenderSlots order)
    {
        _ledger.Slots.Begin(order);
        LookForQuietSlots();
    }

    private void LookForQuietSlots()
    {
        foreach (var order in _ledger.Slots.TakeQuiet()) _self.Tell(new Quiet(order));
        if (!_ledger.Slots.IsEmpty) After(LookForQuietInterval, LookForQuiet.Instance);
    }

    private void OnAdoptCommands(AdoptCommands message)
    {
        _ledger.Slots.Adopt(message.Expected, message.Commands, _intake.Join);
        if (message.Expected.Count > 0) _redis.Tell(new SlotsArrived(message.Expected));
        GoOn();
    }

    private void OnKeepSlots(KeepSlots message)
    {
        _ledger.Slots.Keep(message.Slots);
        GoOn();
    }

    private void GoOn()
    {
        PlanRetry();
        WatchDeadlines();
        HandOver();
    }

    private void OnReleaseTokens()
    {
        _requests.ReleaseTokens(_link!);
        if (_tokens.WantsTime(NowMilliseconds)) _requests.AskTime(_link!);
        After(ReleaseInterval, ReleaseTokens.Instance);
    }

    private void OnTimeTold(SideRequests.TimeTold message)
    {
        var moment = Stopwatch.GetTimestamp();
        if (message.Clock is { } clock && message.Link == _link) _tokens.LearnTime(clock, moment, NowMilliseconds);
    }

    private void After(TimeSpan delay, object tick) => Timers.StartSingleTimer(tick, tick, delay);

    private void SendAlone(PendingCommand command, IRedisLink link)
    {
        _sender.Send(command, link);
        _sender.Flush(link);
    }

    private void HandOver() => HandOver(NowMilliseconds);

    private void HandOver(long now)
    {
        if (_link is null) return;
        while (_ledger.Next(now) is { } pending) _sender.Send(pending, _link);
        _sender.Flush(_link);
    }

    private string? WhyRefused(PendingCommand pending, CommandProfile? profile)
    {
        if (_drain.HasBegun) return "the RedisActor is about to stop and takes no more";
        if (profile is null && _link is not null) _requests.LearnOf(pending.Command, _link);
        return _admission.WhyRefused(pending, profile);
    }

    private void EndUnsent(CommandBatch batch, string why)
    {
        while (batch.TryTake(out var command, out var sender)) EndUnsent(command, sender, why);
    }

    private void EndUnsent(RedisCommand command, IActorRef sender, string why) =>
        _intake.Take(command, null, sender, NowMilliseconds).EndAs(Outcome.NotSent, $"{command.Name}: {why}");

    private void LoadScript(ScriptText script, IRedisLink link)
    {
        _log.Debug("redis {0}: the server does not have the script {1}; loading it", _settings.Name, script.Sha1);
        _requests.LoadScript(script, link);
    }

    private void PlanRetry()
    {
        if (_leaving.Reason is not null || !_ledger.PlanRetry()) return;
        var delay = _settings.Retry.DelayBefore(_ledger.RetryAttempt + 1, Random.Shared.NextDouble());
        After(delay, Retry.Instance);
    }

    private void WatchDeadlines()
    {
        if (_deadlinesWatched || !_ledger.HasDeadlines) return;
        _deadlinesWatched = true;
        After(DeadlineResolution, DeadlineTick.Instance);
    }

    private sealed class RoomAgain : Tick<RoomAgain>;

    private sealed class Retry : Tick<Retry>;

    private sealed class Leave : Tick<Leave>;

    private sealed class LookForQuiet : Tick<LookForQuiet>;

    /// <summary>Nothing is in flight of slots that go, and what bounced of them has been dealt with.</summary>
    private sealed record Quiet(SurrenderSlots Order) : INoSerializationVerificationNeeded;

    private sealed class ReleaseTokens : Tick<ReleaseTokens>;

    private sealed class DrainTick : Tick<DrainTick>;

    private sealed class DeadlineTick : Tick<DeadlineTick>;
}
