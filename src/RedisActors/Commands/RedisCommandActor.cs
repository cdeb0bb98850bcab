using Akka.Actor;
using Akka.Event;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Delivery;
using RedisActors.Supervision;

namespace RedisActors.Commands;

/// <summary>
/// Takes the commands: hands them to the link while there is one, stashes them while there is none, asks again what may be asked
/// again, and sees to it that each is answered once, whatever happens. What is to be done with which command, the ledger decides.
/// </summary>
/// <remarks>
/// The stash is the ledger's and not Akka's, because a stashed command has a deadline, has to be found again when it passes or
/// when the stash is full, and goes back in front of its successors when it has to be asked again.
/// </remarks>
internal sealed class RedisCommandActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan DeadlineResolution = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PatienceOfRefused = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceOfTold = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookForQuietInterval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan ReleaseInterval = TimeSpan.FromMilliseconds(50);

    private readonly RedisSettings _settings;
    private readonly IActorRef _redis;
    private readonly IActorRef _supervisor;
    private readonly CommandFacts _facts = new();
    private readonly ReplayPolicy _rules;
    private readonly TokenContext _tokens;
    private readonly CommandLedger _ledger;
    private readonly LaneFigures _figures;
    private readonly SlotDepartures _departures;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IScheduler _clock = Context.System.Scheduler;
    private readonly IActorRef _self = Context.Self;
    private IRedisLink? _link;
    private PendingCommand? _handled;
    private RedisConnectionEvent? _state;
    private string _whyThereIsNoLink = string.Empty;
    private long _lastSequence;
    private string? _leaving;
    private long _leaveAt;
    private Drain? _drain;
    private bool _deadlinesWatched;
    private bool _releasesPlanned;

    public RedisCommandActor(RedisSettings settings, IActorRef redis, IActorRef supervisor)
    {
        _settings = settings;
        _redis = redis;
        _supervisor = supervisor;
        _rules = new ReplayPolicy(settings.WhenSafeLimit, _facts);
        var cluster = settings.Topology == RedisTopology.Cluster;
        _tokens = new TokenContext(_rules, settings.TokensKeptFor, cluster);
        var self = _self;
        _ledger = new CommandLedger(
            _rules,
            new InFlightQueue(bounced: command => self.Tell(new Bounced(command)), drained: () => self.Tell(Drained.Instance)),
            new CommandStash(settings.Stash.MaxCount, settings.Stash.MaxBytes, settings.Stash.WhenFull),
            new DrainWindow(settings.Drain.InitialWindow, settings.Drain.MaxWindow)) { InCluster = cluster };
        _departures = new SlotDepartures(_ledger.Slots);
        _figures = new LaneFigures(() => _ledger.InFlight, () => _ledger.Stashed);
        Away();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long NowMilliseconds => (long)_clock.MonotonicClock.TotalMilliseconds;

    public static Props Props(RedisSettings settings, IActorRef redis, IActorRef supervisor) =>
        Akka.Actor.Props.Create(() => new RedisCommandActor(settings, redis, supervisor));

    protected override void PreStart() => _supervisor.Tell(new AttachCommands(Self, _figures));

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
            case Bounced bounced:
                bounced.EndAsNotSent();
                break;
            case AdoptCommands adopted:
                adopted.EndAll(why);
                break;
        }

        base.PreRestart(reason, message);
    }

    /// <summary>
    /// No second attaching: the supervisor starts anew as well, remembers this actor and tells it of the next link. Asked now it
    /// might be the one from before the failure, and hand out the link that it is about to close.
    /// </summary>
    protected override void PostRestart(Exception reason)
    {
    }

    protected override void PostStop()
    {
        // Should the link be gone already, these tokens are left to their expiry.
        if (_link is not null) ReleaseTokensNow(_link);
        _ledger.EndAll("the RedisActor stopped");
        foreach (var parcel in _departures.DepartEmpty()) _redis.Tell(parcel);
    }

    private void Away()
    {
        Receive<RedisCommand>(OnCommand);
        Receive<LinkUp>(OnLinkUp);
        Receive<NoMoreLinks>(OnNoMoreLinks);
        Receive<LinksAgain>(_ => { });
        Always();
    }

    private void Ready()
    {
        Receive<RedisCommand>(OnCommand);
        Receive<AskAgain>(_ => OnAskAgain());
        Receive<Leave>(_ => OnLeave());
        Receive<ReleaseTokens>(_ => OnReleaseTokens());
        Receive<CommandInfo>(info => _facts.Learn(info.Name, info.Reply));
        Receive<LeaveLink>(message => LeaveLink(message.Reason, PatienceOfTold));
        Receive<LinkDown>(OnLinkDown);
        Always();
    }

    private void GaveUp()
    {
        Receive<RedisCommand>(command => Pending(command).EndAs(Outcome.NotSent, $"{command.Name}: {_whyThereIsNoLink}"));
        Receive<LinkUp>(OnLinkUp);
        Receive<LinksAgain>(_ => OnLinksAgain());
        Receive<NoMoreLinks>(OnNoMoreLinks);
        Always();
    }

    private void Always()
    {
        Receive<Bounced>(OnBounced);
        Receive<Drained>(_ => OnDrained());
        Receive<DeadlineTick>(_ => OnDeadlineTick());
        Receive<DrainCommands>(OnDrainCommands);
        Receive<DrainTick>(_ => OnDrainTick());
        Receive<ExpectSlots>(message => _ledger.Slots.Hold(message.Slots));
        Receive<SurrenderSlots>(OnSurrenderSlots);
        Receive<LookForQuiet>(_ => LookForQuietSlots());
        Receive<Quiet>(message => _redis.Tell(_departures.Depart(message.Order)));
        Receive<AdoptCommands>(OnAdoptCommands);
        Receive<KeepSlots>(OnKeepSlots);
        Receive<RedisConnectionEvent>(state => _state = state);
        Receive<GetStatus>(_ => Sender.Tell(new RedisStatus(_state, _ledger.InFlight, _ledger.Stashed), _redis));
    }

    private void OnCommand(RedisCommand command)
    {
        var pending = _handled = Pending(command);
        if ((_drain is null ? WhyRefused(pending) : "the RedisActor is about to stop and takes no more") is { } reason)
        {
            pending.EndAs(Outcome.NotSent, $"{command.Name} was refused: {reason}");
            return;
        }

        if (_ledger.Accept(pending, NowMilliseconds))
        {
            _link!.Send(pending);
        }

        WatchDeadlines();
    }

    private void OnLinkUp(LinkUp message)
    {
        _link = message.Link;
        Become(Ready);
        _facts.Forget();
        _figures.Returned = 0;
        PlanReleases();
        _ledger.LinkUp();
        HandOver();
    }

    private void OnLinkDown(LinkDown message)
    {
        _link = null;
        Timers.Cancel(AskAgain.Instance);
        Timers.Cancel(Leave.Instance);
        _leaving = null;
        Timers.Cancel(ReleaseTokens.Instance);
        _releasesPlanned = false;
        _figures.Returned = _ledger.LinkLost(message.Cause, NowMilliseconds);
        _departures.LinkLost();
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

    private void OnBounced(Bounced message)
    {
        switch (_ledger.Bounced(message.Command))
        {
            case AfterBounce.Reconnect when _leaving is null:
                LeaveLink($"the server refuses commands: {message.Command.BounceReason}", PatienceOfRefused);
                break;
            case AfterBounce.LoadScript when _link is not null:
                LoadScript(_link);
                break;
            case AfterBounce.Moved:
                _redis.Tell(new SlotMoved(message.Command.MovedSlot!.Value));
                break;
            case AfterBounce.AskAgain when _ledger.InCluster && RetryableErrors.IsClusterDown(message.Command.BounceReason):
                _redis.Tell(ClusterAmiss.Instance);
                break;
        }

        PlanToAskAgain();
        WatchDeadlines();
    }

    /// <summary>
    /// The link is left when what is in flight has been answered, which it is soon by a server that answers: so nobody is told
    /// Unknown of a command that was refused.
    /// </summary>
    private void LeaveLink(string reason, TimeSpan patience)
    {
        _leaving = reason;
        _leaveAt = NowMilliseconds + (long)patience.TotalMilliseconds;
        _ledger.Leave();
        OnLeave();
    }

    private void OnLeave()
    {
        if (_link is null || _leaving is null) return;
        if (_ledger.InFlight > 0 && NowMilliseconds < _leaveAt)
        {
            Timers.StartSingleTimer(Leave.Instance, Leave.Instance, DeadlineResolution);
        }
        else
        {
            _link.Abandon(_leaving);
        }
    }

    private void OnDrained()
    {
        _ledger.Drained();
        PlanToAskAgain();
        HandOver();
    }

    private void OnAskAgain()
    {
        if (_ledger.AskAgainDue(NowMilliseconds) is { } probe)
        {
            _link!.Send(probe);
            _ledger.AwaitProbe();
        }

        PlanToAskAgain();
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
        var ends = message.Timeout == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : NowMilliseconds + (long)message.Timeout.TotalMilliseconds;
        _drain = new Drain(ends, [.. _drain?.Askers ?? [], Sender]);
        OnDrainTick();
    }

    private void OnDrainTick()
    {
        if (_drain is null) return;
        var unfinished = _ledger.InFlight + _ledger.Stashed;
        if (unfinished > 0 && NowMilliseconds < _drain.Ends)
        {
            Timers.StartSingleTimer(DrainTick.Instance, DrainTick.Instance, DeadlineResolution);
            return;
        }

        _ledger.EndAll("the RedisActor was drained and its time was up");
        foreach (var asker in _drain.Askers) asker.Tell(new DrainedCommands(unfinished), _redis);
        _drain = _drain with { Askers = [] };
    }

    private void OnSurrenderSlots(SurrenderSlots order)
    {
        _departures.Begin(order);
        LookForQuietSlots();
    }

    private void LookForQuietSlots()
    {
        foreach (var order in _departures.TakeQuiet()) _self.Tell(new Quiet(order));
        if (!_departures.IsEmpty) Timers.StartSingleTimer(LookForQuiet.Instance, LookForQuiet.Instance, LookForQuietInterval);
    }

    private void OnAdoptCommands(AdoptCommands message)
    {
        _ledger.Slots.Adopt(message.Expected, message.Commands, command => command.Join(++_lastSequence, _tokens));
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
        PlanToAskAgain();
        WatchDeadlines();
        HandOver();
    }

    private void OnReleaseTokens()
    {
        _releasesPlanned = false;
        ReleaseTokensNow(_link!);
        PlanReleases();
    }

    private void ReleaseTokensNow(IRedisLink link)
    {
        foreach (var keys in _tokens.TakeReleases()) LinkQuery.AskAndForget(link, "UNLINK", keys);
    }

    private void HandOver()
    {
        if (_link is null) return;
        var now = NowMilliseconds;
        while (_ledger.Next(now) is { } pending) _link.Send(pending);
    }

    private PendingCommand Pending(RedisCommand command)
    {
        var timeout = command.Timeout ?? _settings.CommandTimeout;
        var deadline = timeout == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : NowMilliseconds + (long)Math.Ceiling(timeout.TotalMilliseconds);
        var delivery = command.Delivery ?? _settings.Delivery;
        var sequence = ++_lastSequence;
        if (delivery == DeliveryMode.ExactlyOnce && _rules.ClassOf(command) != ReplayClass.ReadOnly)
        {
            return new TokenCommand(
                command, Sender, _redis, deadline, sequence, _tokens, command.Token ?? _tokens.NextToken());
        }

        return new PendingCommand(command, Sender, _redis, delivery, deadline, sequence);
    }

    private string? WhyRefused(PendingCommand pending)
    {
        var command = pending.Command;
        if (SharedConnectionRules.WhyRefused(command, _ledger.InCluster) is { } reason) return reason;
        if (_link is not null && _facts.IsUnheardOf(command)) LearnFromServer(command.Name);
        return pending is TokenCommand ? _tokens.WhyNot(command) : null;
    }

    private void LearnFromServer(string name)
    {
        var self = _self;
        LinkQuery.AskAsync(_link!, "COMMAND", ["INFO", name]).PipeTo(
            self, success: reply => new CommandInfo(name, reply), failure: _ => new CommandInfo(name, RespValue.Array()));
    }

    private void LoadScript(IRedisLink link)
    {
        _log.Debug("redis {0}: the server has lost its scripts; giving it the one for exactly-once again", _settings.Name);
        LinkQuery.AskAndForget(link, "SCRIPT", ExactlyOnceScript.Load().Arguments);
    }

    private void PlanToAskAgain()
    {
        if (_leaving is not null || !_ledger.PlanToAskAgain()) return;
        var delay = _settings.AskAgain.DelayBefore(_ledger.AskAgainAttempt + 1, Random.Shared.NextDouble());
        Timers.StartSingleTimer(AskAgain.Instance, AskAgain.Instance, delay);
    }

    private void PlanReleases()
    {
        if (_releasesPlanned) return;
        _releasesPlanned = true;
        Timers.StartSingleTimer(ReleaseTokens.Instance, ReleaseTokens.Instance, ReleaseInterval);
    }

    private void WatchDeadlines()
    {
        if (_deadlinesWatched || !_ledger.HasDeadlines) return;
        _deadlinesWatched = true;
        Timers.StartSingleTimer(DeadlineTick.Instance, DeadlineTick.Instance, DeadlineResolution);
    }

    /// <summary>The server refused a command for the time being.</summary>
    internal sealed record Bounced(PendingCommand Command) : INoSerializationVerificationNeeded
    {
        /// <summary>Nobody is there to ask again. What was refused certainly did not run, unless an earlier request of it did.</summary>
        public void EndAsNotSent()
        {
            var renewed = Command.Renew(Command.CameBackUnanswered);
            renewed.EndAs(
                renewed.MayHaveRun ? Outcome.Unknown : Outcome.NotSent,
                $"{renewed.Command.Name}: the RedisActor stopped before it could be asked again ({Command.BounceReason ?? "its reply was lost"})");
        }
    }

    private sealed record CommandInfo(string Name, RespValue Reply) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class Drained : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Drained Instance = new();
    }

    private sealed class AskAgain : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly AskAgain Instance = new();
    }

    private sealed class Leave : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Leave Instance = new();
    }

    private sealed class LookForQuiet : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookForQuiet Instance = new();
    }

    /// <summary>Nothing is in flight of slots that go, and what bounced of them has been dealt with.</summary>
    private sealed record Quiet(SurrenderSlots Order) : INoSerializationVerificationNeeded;

    private sealed class ReleaseTokens : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly ReleaseTokens Instance = new();
    }

    /// <summary>No more commands are taken; whoever asked is told when none is left, or time is up.</summary>
    private sealed record Drain(long Ends, IReadOnlyList<IActorRef> Askers);

    private sealed class DrainTick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly DrainTick Instance = new();
    }

    private sealed class DeadlineTick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly DeadlineTick Instance = new();
    }
}
