using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>
/// Owns the connection actor: starts one per epoch, lets it fail, and decides when the next one starts. Tells the command actor
/// of links, and everyone who asked of each change of state.
/// </summary>
/// <remarks>
/// Akka.Pattern's BackoffSupervisor does not fit: it drops messages while its child is down, resets its count before a
/// connect has succeeded, exceeds its maximum with jitter, and cannot act on the child's "ready".
/// </remarks>
internal sealed class RedisSupervisor : ReceiveActor, IWithTimers
{
    private const string Unexplained = "the connection actor stopped";

    private readonly LinkSettings _link;
    private readonly SupervisionSettings _settings;
    private readonly IRedisLinkFactory _links;
    private readonly SupervisorMemory _memory;
    private readonly ReconnectPlan _plan;
    private readonly StateAnnouncer _states;
    private readonly LaneCommands _commands;
    private readonly RecoveryProbe _probe;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Exception? _failure;
    private IActorRef? _connection;
    private long _epoch;
    private TimeSpan? _downSince;
    private bool _reconnectAtOnce;
    private bool _toldOfFence;

    public RedisSupervisor(SupervisionSettings settings, LinkSettings link, IRedisLinkFactory links, SupervisorMemory memory)
    {
        _settings = settings;
        _link = link;
        _links = links;
        _memory = memory;
        _plan = settings.CreateReconnectPlan();
        _states = new StateAnnouncer(memory, Context, _log);
        _commands = new LaneCommands(memory, link.Name);
        _probe = new RecoveryProbe(links, settings.Backoff.PollInterval);
        Connecting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(SupervisionSettings settings, LinkSettings link, IRedisLinkFactory links, SupervisorMemory memory) =>
        Akka.Actor.Props.Create(() => new RedisSupervisor(settings, link, links, memory));

    /// <summary>A connection actor is never restarted: a link is connected once, and the next epoch gets an actor of its own.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeMilliseconds: -1,
        localOnlyDecider: failure =>
        {
            _failure = failure;
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void PreStart()
    {
        _states.WatchAnew();
        _commands.Show(_memory.Gauges);
        if (_memory.PausedBecause is { } reason)
        {
            Suspend(reason);
        }
        else
        {
            StartConnection();
        }
    }

    /// <summary>The link goes with its connection actor, and nobody else is left to say so.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (_commands.Link is not null) TellOfLoss($"it starts anew after a failure: {reason.Message}");
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        _commands.Dispose();
        _probe.Dispose();
    }

    private void Connecting()
    {
        Receive<LinkVerified>(OnVerified);
        Receive<FenceForbidden>(OnFenceForbidden);
        Receive<Terminated>(_ => OnAttemptEnded());
        Receive<PauseConnection>(OnPauseWhileConnecting);
        Receive<ResumeConnection>(_ => _memory.PausedBecause = null);
        Always();
    }

    private void Ready()
    {
        Receive<Terminated>(_ => OnLinkEnded());
        Receive<ForceReconnect>(OnReconnectWhileReady);
        Receive<PauseConnection>(OnPauseWhileReady);
        Receive<ResumeConnection>(_ => _memory.PausedBecause = null);
        Always();
    }

    private void BackingOff()
    {
        Receive<BackoffElapsed>(_ => EndWait());
        Receive<LookForServer>(_ => OnLookForServer());
        Receive<ServerSeen>(OnServerSeen);
        Receive<ForceReconnect>(_ => EndWait());
        Receive<PauseConnection>(OnPauseDuringWait);
        Always();
    }

    private void Suspended()
    {
        Receive<ForceReconnect>(_ => BeginAnew());
        Receive<ResumeConnection>(_ => BeginAnew());
        Always();
    }

    private void GaveUp()
    {
        Receive<ForceReconnect>(_ => BeginAnew());
        Receive<Escalate>(message => Context.Parent.Tell(new BudgetSpent(message.Cause)));
        Always();
    }

    private void Always()
    {
        Receive<AttachCommands>(OnAttach);
        Receive<ShowGauges>(message => _commands.Show(message.Gauges));
        Receive<SubscribeToState>(message => _states.Subscribe(message.Subscriber));
        Receive<UnsubscribeFromState>(message => _states.Forget(message.Subscriber));
        Receive<StateAnnouncer.SubscriberStopped>(message => _states.Forget(message.Subscriber));
    }

    private void StartConnection()
    {
        _epoch = _memory.NextEpoch();
        _failure = null;
        _downSince ??= Now;
        Become(Connecting);
        _states.Announce(new RedisConnecting(_link.Name, _epoch, _link.Target, _plan.Attempt));
        _connection = Context.ActorOf(
            RedisConnectionActor.Props(_link, _links, _epoch, [.. _memory.Unfenced]), $"connection-{_epoch}");
        Context.Watch(_connection);
    }

    private void OnVerified(LinkVerified verified)
    {
        if (verified.Epoch != _epoch) return;
        var away = _memory.WasReady ? Now - (_downSince ?? Now) : TimeSpan.Zero;
        _memory.WasReady = true;
        _downSince = null;
        _memory.Unfenced.Clear();
        _memory.Unfenced.Add(verified.Link.Identity);
        _plan.Ready(Now);
        Become(Ready);
        _states.Announce(new RedisReady(_link.Name, _epoch, verified.Link.Endpoint, verified.Link.Identity.Id, away)
        {
            Stashed = _memory.Gauges.Stashed(),
            Replayed = _memory.Gauges.Returned,
        });
        _commands.LinkUp(_epoch, verified.Link);
    }

    private void OnFenceForbidden(FenceForbidden message)
    {
        if (_toldOfFence) return;
        _toldOfFence = true;
        _log.Warning(
            "redis {0}: the server does not let this client end the connection it lost ({1}); what was still on its way there may "
            + "be executed after commands that were sent later",
            _link.Name, message.Reason);
    }

    private void OnLinkEnded()
    {
        _probe.Begin(wasSilent: false);
        var (cause, misconfigured) = Cause();
        TellOfLoss(cause);
        DecideWhatFollows(cause, misconfigured);
    }

    private void TellOfLoss(string cause)
    {
        var endpoint = _commands.Link?.Endpoint ?? _link.Target;
        _downSince = Now;
        _commands.LinkDown(_epoch, cause);
        _states.Announce(new RedisLost(_link.Name, _epoch, endpoint, cause));
    }

    /// <summary>The attempt has looked for the server too: it may be back before the first look of the wait.</summary>
    private void OnAttemptEnded()
    {
        _probe.Begin(wasSilent: _failure is ServerSilentException);
        var (cause, misconfigured) = Cause();
        DecideWhatFollows(cause, misconfigured);
    }

    private void DecideWhatFollows(string cause, bool misconfigured)
    {
        if (_memory.PausedBecause is { } reason)
        {
            Suspend(reason);
        }
        else if (_reconnectAtOnce)
        {
            BeginAnew();
        }
        else if (_plan.Ended(Now) is not { } delay)
        {
            EndAttempts(cause);
        }
        else if (!misconfigured)
        {
            _commands.LetWait();
            Wait(delay, cause);
        }
        else if (_settings.Misconfigured.RetryAfter == Timeout.InfiniteTimeSpan)
        {
            EndAttempts(cause);
        }
        else
        {
            Wait(_settings.Misconfigured.RetryAfter, cause, misconfigured: true);
            if (_settings.Misconfigured.Commands == WhenMisconfigured.AnswerNotSent) _commands.Answer($"there is no connection: {cause}");
        }
    }

    /// <summary>Connections that lead to the same server do not come back in the same instant, hence the spread.</summary>
    private void Wait(TimeSpan delay, string cause, bool misconfigured = false)
    {
        if (delay == TimeSpan.Zero) delay = _probe.Spread();
        if (delay == TimeSpan.Zero)
        {
            StartConnection();
            return;
        }

        Become(BackingOff);
        _states.Announce(
            new RedisBackingOff(_link.Name, _epoch, _link.Target, _plan.Attempt, delay, cause) { Misconfigured = misconfigured });
        Timers.StartSingleTimer(BackoffElapsed.Instance, BackoffElapsed.Instance, delay);
        if (!misconfigured) PlanToLook();
    }

    private void OnLookForServer()
    {
        var epoch = _epoch;
        _probe.LookAsync().PipeTo(
            Self, success: answers => new ServerSeen(epoch, answers), failure: _ => new ServerSeen(epoch, false));
    }

    private void OnServerSeen(ServerSeen message)
    {
        if (message.Epoch != _epoch) return;
        if (_probe.IsBack(message.Answers)) EndWaitWithOthers();
        else PlanToLook();
    }

    private void PlanToLook()
    {
        if (_probe.Interval is { } interval) Timers.StartSingleTimer(LookForServer.Instance, LookForServer.Instance, interval);
    }

    /// <summary>All that wait for this server learn in one instant that it is back.</summary>
    private void EndWaitWithOthers()
    {
        var spread = _probe.Spread();
        if (spread == TimeSpan.Zero)
        {
            EndWait();
        }
        else
        {
            Timers.StartSingleTimer(BackoffElapsed.Instance, BackoffElapsed.Instance, spread);
        }
    }

    private void EndWait()
    {
        CancelWait();
        StartConnection();
    }

    private void CancelWait()
    {
        Timers.Cancel(BackoffElapsed.Instance);
        Timers.Cancel(LookForServer.Instance);
    }

    private void EndAttempts(string cause)
    {
        if (_settings.Restart.WhenSpent == WhenRestartsSpent.Suspend)
        {
            Suspend($"no further attempt is allowed; the last one: {cause}");
            return;
        }

        Become(GaveUp);
        _states.Announce(new RedisGaveUp(_link.Name, _epoch, _link.Target, cause));
        _commands.Answer($"the connection was given up: {cause}");

        // Not at once, so that a parent which starts all anew does not make a hot loop of it.
        if (_settings.Restart.WhenSpent == WhenRestartsSpent.Escalate)
        {
            Timers.StartSingleTimer(nameof(Escalate), new Escalate(cause), _settings.Backoff.Max);
        }
    }

    private void Suspend(string reason)
    {
        CancelWait();
        _reconnectAtOnce = false;
        _commands.LetWait();
        Become(Suspended);
        _states.Announce(new RedisSuspended(_link.Name, _epoch, _link.Target, reason));
    }

    private void BeginAnew()
    {
        _memory.PausedBecause = null;
        _reconnectAtOnce = false;
        Timers.Cancel(nameof(Escalate));
        _plan.BeginAnew();
        _commands.LetWait();
        StartConnection();
    }

    private void OnReconnectWhileReady(ForceReconnect message)
    {
        _memory.PausedBecause = null;
        _reconnectAtOnce = true;
        _commands.Leave(message.Reason);
    }

    private void OnPauseWhileReady(PauseConnection message)
    {
        _memory.PausedBecause = message.Reason;
        _commands.Leave(message.Reason);
    }

    private void OnPauseWhileConnecting(PauseConnection message)
    {
        _memory.PausedBecause = message.Reason;
        if (_connection is not null) Context.Stop(_connection);
    }

    private void OnPauseDuringWait(PauseConnection message)
    {
        _memory.PausedBecause = message.Reason;
        Suspend(message.Reason);
    }

    private void OnAttach(AttachCommands message)
    {
        _memory.Commands = message.Commands;
        _states.Tell(message.Commands);
        _commands.Attach(message);
    }

    private (string Text, bool Misconfigured) Cause()
    {
        var failure = _failure;
        _failure = null;
        _connection = null;
        return (failure?.Message ?? Unexplained, failure is MisconfiguredException);
    }

    private sealed record Escalate(string Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class BackoffElapsed : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly BackoffElapsed Instance = new();
    }

    private sealed class LookForServer : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookForServer Instance = new();
    }

    private sealed record ServerSeen(long Epoch, bool Answers) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}

/// <summary>From a supervisor to its parent: the restart budget is spent, and <c>restart.when-spent</c> is <c>escalate</c>.</summary>
internal sealed record BudgetSpent(string Cause) : INoSerializationVerificationNeeded;
