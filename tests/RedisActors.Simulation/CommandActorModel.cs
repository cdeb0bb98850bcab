using Akka.Actor;
using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Simulation;

/// <summary>
/// <see cref="RedisCommandActor"/> without Akka: the same messages, the same calls of the ledger in the same order, timers in
/// virtual time, and a mailbox that is worked off when its turn comes. Changes there have to be repeated here.
/// </summary>
internal sealed class CommandActorModel
{
    private const long DeadlineResolution = 20_000;
    private const long ReleaseInterval = 50_000;
    private static readonly TimeSpan PatienceOfRefused = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PatienceOfTold = TimeSpan.FromSeconds(5);

    private readonly VirtualTime _time;
    private readonly Chance _chance;
    private readonly Account _account;
    private readonly Mutation _mutation;
    private readonly Plan _plan;
    private readonly CommandFacts _facts = new();
    private readonly ReplayPolicy _rules;
    private readonly TokenContext _tokens;
    private readonly AdmissionRules _admission;
    private readonly GroupSize _groupSize;
    private readonly CommandSender _sender;
    private readonly LinkDeparture _leaving = new();
    private readonly Queue<Action> _mailbox = new();
    private InFlightQueue _inFlight;
    private CommandLedger _ledger;
    private State _state = State.Away;
    private SimulatedLink? _link;
    private long _lastSequence;
    private int _askAgainTimer;
    private int _releaseTimer;
    private bool _deadlinesWatched;
    private bool _windowMayHaveGrown;
    private bool _windowMayBeOpen;

    public CommandActorModel(VirtualTime time, Chance chance, Plan plan, Account account, Mutation mutation)
    {
        _time = time;
        _chance = chance;
        _account = account;
        _mutation = mutation;
        _plan = plan;
        _rules = new ReplayPolicy(plan.Limit, _facts);
        _tokens = new TokenContext(Plan.Keep);
        _admission = new AdmissionRules(_tokens, inCluster: false);
        _groupSize = new GroupSize(plan.Group);
        _sender = new CommandSender(_tokens, _groupSize, inCluster: false, refused => Post(() => OnCommandRefused(refused)));
        (_inFlight, _ledger) = CreateLedger();
    }

    private enum State
    {
        Away,
        Ready,
        GaveUp,
        Stopped,
    }

    public CommandLedger Ledger => _ledger;

    public void Send(TrackedCommand command) => Post(() => OnCommand(command));

    /// <summary>What the supervisor tells.</summary>
    public void Tell(object message) => Post(() =>
    {
        switch (message)
        {
            case LinkUp up:
                OnLinkUp((SimulatedLink)up.Link);
                break;
            case LinkDown down:
                OnLinkDown(down.Cause);
                break;
            case LeaveLink leave when _state == State.Ready:
                OnLeaveLink(leave.Reason, PatienceOfTold);
                break;
            case NoMoreLinks none:
                OnNoMoreLinks(none.Cause);
                break;
            case LinksAgain when _state == State.GaveUp:
                _ledger.LinksAgain();
                _state = State.Away;
                break;
        }
    });

    public void Stop() => Post(OnStop);

    /// <summary>The actor fails with its lane, and another one takes over its mailbox.</summary>
    public void Restart()
    {
        if (_state == State.Stopped) return;
        OnStop();
        _leaving.End();
        (_inFlight, _ledger) = CreateLedger();
        _deadlinesWatched = false;
        _state = State.Away;
    }

    /// <summary>Messages are handled one at a time, in their order, a little later.</summary>
    private void Post(Action message)
    {
        _mailbox.Enqueue(message);
        if (_mailbox.Count == 1) _time.After(_chance.UpTo(1), HandleNext);
    }

    private void HandleNext()
    {
        _mailbox.Peek()();
        _mailbox.Dequeue();
        if (_mailbox.Count > 0) _time.After(_chance.UpTo(0.2), HandleNext);
    }

    private (InFlightQueue InFlight, CommandLedger Ledger) CreateLedger()
    {
        var inFlight = new InFlightQueue(bounced: command => Post(() => OnCommandRefused(new CommandRefused(command))), roomAgain: () => Post(OnRoomAgain));
        var stashFactor = _mutation == Mutation.StashUnbounded ? 2 : 1;
        var ledger = new CommandLedger(
            _rules,
            inFlight,
            new CommandStash(_plan.StashMaxCount * stashFactor, _plan.StashMaxBytes * stashFactor, _plan.WhenFull),
            _mutation == Mutation.WindowIgnored ? new ReplayWindow(10_000, 10_000) : new ReplayWindow(_plan.InitialWindow, _plan.MaxWindow),
            _mutation == Mutation.InFlightUnbounded
                ? new InFlightSettings(10_000, long.MaxValue)
                : new InFlightSettings(_plan.InFlightMaxCount, _plan.InFlightMaxBytes),
            _groupSize);
        return (inFlight, ledger);
    }

    private void OnCommand(TrackedCommand tracked)
    {
        var profile = _facts.Find(tracked.Command);
        var pending = Pending(tracked, profile);
        _account.Arrived(tracked, pending.Deadline);
        switch (_state)
        {
            case State.Stopped:
                pending.EndAs(Outcome.NotSent, "the RedisActor stopped");
                return;
            case State.GaveUp:
                pending.EndAs(Outcome.NotSent, "the connection was given up");
                return;
        }

        if (profile is null && _link is not null && _facts.IsUnheardOf(tracked.Command)) LearnFromServer(tracked.Command.Name);
        if (_admission.WhyRefused(pending, profile) is { } reason)
        {
            pending.EndAs(Outcome.NotSent, $"{tracked.Command.Name} was refused: {reason}");
            return;
        }

        if (_ledger.MustHandOverBefore(pending)) HandOver();
        if (_ledger.Accept(pending, _time.NowMilliseconds))
        {
            HandTo(_link!, pending);
            _sender.Flush(_link!);
        }
        else if (_ledger.HasGathered)
        {
            HandOver();
        }

        WatchDeadlines();
    }

    private void OnLinkUp(SimulatedLink link)
    {
        if (_state is State.Ready or State.Stopped) return;
        _account.Trace?.Invoke($"actor: link {link.Epoch} is up");
        _link = link;
        _state = State.Ready;
        _facts.Forget();
        _tokens.LinkUp(link, ModelClock.Timestamp(_time), _time.NowMilliseconds);
        PlanReleases();
        _groupSize.Reset();
        _windowMayHaveGrown = false;
        _windowMayBeOpen = _ledger.Stashed == 0;
        _ledger.LinkUp();
        HandOver();
    }

    private void OnLinkDown(string cause)
    {
        if (_state != State.Ready) return;
        _account.Trace?.Invoke($"actor: the link is down: {cause}");
        _account.LinkDown(_link!.Epoch);
        _link = null;
        _askAgainTimer++;
        _releaseTimer++;
        _leaving.End();
        _ledger.LinkLost(cause, _time.NowMilliseconds);
        _state = State.Away;
    }

    private void OnNoMoreLinks(string cause)
    {
        if (_state is State.Ready or State.Stopped) return;
        _account.Trace?.Invoke($"actor: there will be no more links: {cause}");
        _account.HasEnded = true;
        _ledger.EndAllStashed(cause);
        _state = State.GaveUp;
    }

    private void OnStop()
    {
        _account.Trace?.Invoke("actor: stops");
        _account.HasEnded = true;
        _askAgainTimer++;
        _releaseTimer++;
        _state = State.Stopped;
        _link?.Dispose();
        _link = null;
        if (_mutation != Mutation.StopForgets) _ledger.EndAll("the RedisActor stopped");
    }

    private void OnCommandRefused(CommandRefused message)
    {
        var command = message.Command;
        if (_mutation == Mutation.ScriptTakenForServer) message = message with { Speaker = Speaker.Server };
        _account.CameBack(message);
        if (_state == State.Stopped)
        {
            if (message.EndUnretried()) _inFlight.HasReturned();
            return;
        }

        if (!_ledger.HasHandedOver(command))
        {
            message.EndUnretried();
            return;
        }

        var latestNow = _mutation == Mutation.ClockStepTakenForLateness ? long.MaxValue : _tokens.LatestNow(_time.NowMilliseconds);
        if (_ledger.TryEndLate(command, latestNow)) return;
        switch (_ledger.CommandRefused(command, message.Speaker))
        {
            case RefusalAction.Reconnect when _leaving.Reason is null:
                OnLeaveLink($"the server refuses commands: {command.RefusalReason}", PatienceOfRefused);
                break;
            case RefusalAction.SendAgain:
                HandOver();
                break;
            case RefusalAction.LoadScript when _link is not null && _mutation != Mutation.ScriptNotReloaded:
                LoadScript(command.Script!);
                break;
        }

        PlanRetry();
        WatchDeadlines();
    }

    private void LoadScript(ScriptText script)
    {
        if (script.Inner is { } inner) LoadScript(inner);
        _link!.Send(new SimulatedQuery("SCRIPT", ["LOAD", script.Text], reply => Post(() => OnScriptLoaded(script, reply))));
    }

    private void OnScriptLoaded(ScriptText script, RespValue? reply)
    {
        if (reply is not { } answer) return;
        if (answer.Kind != RespKind.Error) _tokens.ScriptLoaded(script, null);
        else if (RetryableErrors.Classify(answer.AsString()!) == ServerErrorKind.Final) _tokens.ScriptLoaded(script, answer.AsString());
    }

    private void OnLeaveLink(string reason, TimeSpan patience)
    {
        _leaving.Begin(reason, patience, _time.NowMilliseconds);
        _ledger.Leave();
        OnLeave();
    }

    private void OnLeave()
    {
        if (_link is null || _leaving.Reason is not { } reason) return;
        if (_leaving.IsDue(_ledger.InFlight, _time.NowMilliseconds))
        {
            _link.Abandon(reason);
            return;
        }

        var link = _link;
        StartTimer(DeadlineResolution, () => _link == link, OnLeave);
    }

    private void OnRoomAgain()
    {
        if (_state == State.Stopped || _mutation == Mutation.RoomSignalLost) return;
        _windowMayHaveGrown = true;
        _ledger.RoomAgain();
        PlanRetry();
        HandOver();
    }

    private void OnRetry()
    {
        if (_state != State.Ready) return;
        if (_ledger.RetryDue(_time.NowMilliseconds) is { } probe)
        {
            _link!.HandsOverProbe = true;
            _sender.Send(probe, _link);
            while (_ledger.NextMate(_time.NowMilliseconds) is { } mate) _sender.Send(mate, _link);
            _sender.Flush(_link);
            _link.HandsOverProbe = false;
            _ledger.AwaitProbe();
            if (_mutation == Mutation.ProbeSkipped) _ledger.LinkUp();
        }

        PlanRetry();
        HandOver();
    }

    private void OnDeadlineTick()
    {
        _deadlinesWatched = false;
        if (_state == State.Stopped) return;
        if (_mutation != Mutation.DeadlineIgnored) _ledger.Expire(_time.NowMilliseconds);
        WatchDeadlines();
    }

    private void OnReleaseTokens()
    {
        if (_state != State.Ready) return;
        foreach (var keys in _tokens.TakeReleases()) _link!.Send(new SimulatedQuery("UNLINK", keys, _ => { }));

        PlanReleases();
    }

    private void HandOver()
    {
        if (_link is null) return;
        if (_mutation == Mutation.OrderIgnoredOnReturn)
        {
            var all = new Stack<PendingCommand>();
            while (_ledger.Next(_time.NowMilliseconds) is { } next) all.Push(next);
            foreach (var next in all) HandTo(_link, next);
            _sender.Flush(_link);
            return;
        }

        while (_ledger.Next(_time.NowMilliseconds) is { } pending)
        {
            if (!_windowMayBeOpen && pending is not TokenCommand { Group: not null }) _account.CheckWindow(_inFlight.Count, _windowMayHaveGrown ? _plan.MaxWindow : _plan.InitialWindow);
            HandTo(_link, pending);
        }

        _sender.Flush(_link);
        _windowMayBeOpen |= _ledger.Stashed == 0;
    }

    private void HandTo(SimulatedLink link, PendingCommand pending)
    {
        _account.CheckInFlight(_inFlight.Count, _inFlight.Bytes, pending);
        _sender.Send(pending, link);
        if (_mutation == Mutation.GroupTornApart && pending is TokenCommand { Group: not null }) _sender.Flush(link);
    }

    private PendingCommand Pending(TrackedCommand tracked, CommandProfile? profile)
    {
        var command = tracked.Command;
        var deadline = command.DeadlineFrom(_time.NowMilliseconds, Timeout.InfiniteTimeSpan);
        var delivery = command.Delivery!.Value;
        var sequence = ++_lastSequence;
        var sender = SenderOf(tracked);
        if (delivery == DeliveryMode.ExactlyOnce && ReplayPolicy.ClassOf(command, profile) != ReplayClass.ReadOnly)
        {
            return new TokenCommand(command, profile, sender, ActorRefs.Nobody, deadline, sequence, _tokens);
        }

        switch (command)
        {
            case RedisScript script:
                return new ScriptCommand(script, sender, ActorRefs.Nobody, delivery, deadline, sequence, _tokens);
            case RedisTransaction transaction:
                return new TransactionCommand(transaction, sender, ActorRefs.Nobody, delivery, deadline, sequence, _tokens);
        }

        return _mutation is Mutation.ToldTwice or Mutation.MayHaveRunForgotten
                or Mutation.RejectionOfReplayTold or Mutation.PoisonNotSuspected
            ? new MutatedCommand(_mutation, command, sender, delivery, deadline, sequence) { RunsScript = profile?.RunsScript == true }
            : new PendingCommand(command, sender, ActorRefs.Nobody, delivery, deadline, sequence) { RunsScript = profile?.RunsScript == true };
    }

    private IActorRef SenderOf(TrackedCommand tracked)
    {
        if (!_plan.HasCancellations || !_chance.Of(0.3)) return _account;
        var sender = new ModelSender(_account, tracked, _mutation);
        _time.After(_chance.Spread(0, 500), sender.Cancel);
        return sender;
    }

    private void LearnFromServer(string name) => _link!.Send(new SimulatedQuery(
        "COMMAND",
        ["INFO", name],
        reply => Post(() =>
        {
            if (_state == State.Ready) _facts.Learn(name, reply ?? RespValue.Array());
        })));

    private void PlanRetry()
    {
        if (_leaving.Reason is not null || !_ledger.PlanRetry() || _mutation == Mutation.AskAgainForgotten) return;
        var delay = Plan.Retry.DelayBefore(_ledger.RetryAttempt + 1, _chance.Fraction);
        var timer = ++_askAgainTimer;
        StartTimer((long)delay.TotalMicroseconds, () => timer == _askAgainTimer, OnRetry);
    }

    private void PlanReleases()
    {
        if (_account.AllTold) return;
        var timer = ++_releaseTimer;
        StartTimer(ReleaseInterval, () => timer == _releaseTimer, OnReleaseTokens);
    }

    private void WatchDeadlines()
    {
        if (_deadlinesWatched || !_ledger.HasDeadlines) return;
        _deadlinesWatched = true;
        StartTimer(DeadlineResolution, static () => true, OnDeadlineTick);
    }

    /// <summary>A timer's message that was cancelled after it went into the mailbox is not handled either.</summary>
    private void StartTimer(long delay, Func<bool> stillWanted, Action message) => _time.After(delay, () => Post(() =>
    {
        if (stillWanted()) message();
    }));

    private sealed class MutatedCommand : PendingCommand
    {
        private readonly Mutation _mutation;

        public MutatedCommand(
            Mutation mutation, RedisCommand command, IActorRef sender, DeliveryMode delivery, long deadline, long sequence)
            : base(command, sender, ActorRefs.Nobody, delivery, deadline, sequence) => _mutation = mutation;

        private MutatedCommand(MutatedCommand former, Mutation mutation, bool mayHaveRun)
            : base(former, former.MayHaveRun || mayHaveRun) => _mutation = mutation;

        public override PendingCommand Renew(bool mayHaveRun) =>
            new MutatedCommand(this, _mutation, mayHaveRun && _mutation != Mutation.MayHaveRunForgotten);

        public override bool IsSuspect => base.IsSuspect && _mutation != Mutation.PoisonNotSuspected;

        public override void Reject(string serverError)
        {
            if (_mutation == Mutation.RejectionOfReplayTold) RejectForGood(serverError);
            else base.Reject(serverError);
        }

        protected override void Tell(object answer)
        {
            base.Tell(answer);
            if (_mutation == Mutation.ToldTwice) base.Tell(answer);
        }
    }
}
