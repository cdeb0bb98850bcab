using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using RedisActors.Connection;
using static RedisActors.Supervision.SupervisorEffect;

namespace RedisActors.Supervision;

/// <summary>
/// Owns the connection actor: starts one per epoch, lets it fail, and starts the next one when it is time. Tells the command actor
/// of links, and whoever asked of each change of state. What to do when, its <see cref="SupervisorMachine"/> decides.
/// </summary>
/// <remarks>
/// Akka.Pattern's BackoffSupervisor does not fit: it drops messages while its child is down, resets its count before a
/// connect has succeeded, exceeds its maximum with jitter, and cannot act on the child's "ready".
/// </remarks>
internal sealed class RedisSupervisor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LogCatchUpInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EscalationRetry = TimeSpan.FromSeconds(1);

    private readonly LinkSettings _link;
    private readonly IRedisLinkFactory _links;
    private readonly SupervisorMemory _memory;
    private readonly SupervisorMachine _machine;
    private readonly RedisConnectionLog _log;
    private readonly StateAnnouncer _states;
    private readonly ProbeCoordinator _server;
    private IActorRef? _connection;
    private Exception? _failure;
    private IDisposable? _shownGauges;

    public RedisSupervisor(SupervisionSettings settings, LinkSettings link, IRedisLinkFactory links, SupervisorMemory memory)
    {
        _link = link;
        _links = links;
        _memory = memory;
        _machine = SupervisorMachine.Of(settings, link);
        _log = new RedisConnectionLog(Context.GetLogger(), memory.LogBudget, link.Name, memory.Lane, isQuiet: memory.IsSession);
        _states = new StateAnnouncer(memory, Context, _log);
        _server = ProbeCoordinator.Enter(links.ServerKey);

        Receive<LinkVerified>(OnVerified);
        Receive<Terminated>(OnConnectionStopped, message => message.ActorRef.Equals(_connection));
        Receive<PauseConnection>(On);
        Receive<ResumeConnection>(On);
        Receive<ForceReconnect>(On);
        Receive<ReplaceLink>(On);
        Receive<BackoffElapsed>(On);
        Receive<PollDue>(On);
        Receive<ServerPolled>(On);
        Receive<EscalationDue>(On);
        Receive<AttachCommands>(OnAttach);
        Receive<ShowGauges>(OnShowGauges);
        Receive<SubscribeToState>(message => _states.Subscribe(message.Subscriber));
        Receive<UnsubscribeFromState>(message => _states.Forget(message.Subscriber));
        Receive<StateAnnouncer.SubscriberStopped>(message => _states.Forget(message.Subscriber));
        Receive<FenceForbidden>(message => _log.FenceForbidden(message.Reason, Now));
        Receive<TokensAtRisk>(message => _log.TokensAtRisk(message.Risk, Now));
        Receive<LogCatchUp>(_ => CatchUpWithLog());
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
        ShowGauges(_memory.Gauges);
        if (_memory.State is null) Apply(_machine.Begin());
        else On(new SupervisorRestarted($"the lane was restarted after a failure: {_memory.Failure}"));
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _memory.Failure = reason.Message;
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        _shownGauges?.Dispose();
        _server.Leave();
    }

    private void On(object @event)
    {
        var moment = new Moment(Now, Random.Shared.NextDouble(), _server.Spread(Random.Shared.NextDouble()));
        Apply(_machine.On(_memory.State!, @event, moment));
    }

    private void Apply(SupervisorStep step)
    {
        _memory.State = step.State;
        foreach (var effect in step.Effects) Execute(effect);
    }

    private void Execute(SupervisorEffect effect)
    {
        switch (effect)
        {
            case StartConnection start:
                _failure = null;
                _connection = Context.Watch(Context.ActorOf(
                    RedisConnectionActor.Props(_link, _links, start.Epoch, start.Unfenced is { } former ? [former] : []),
                    $"connection-{start.Epoch}"));
                break;
            case StopConnection:
                Context.Stop(_connection);
                break;
            case Announce announce:
                _states.Announce(announce.Change, Now);
                if (_log.IsBehind) Timers.StartSingleTimer(LogCatchUp.Instance, LogCatchUp.Instance, LogCatchUpInterval);
                break;
            case TellCommands tell:
                _memory.Commands.Tell(tell.Message);
                break;
            case StartTimer start:
                Timers.StartSingleTimer(start.Event, start.Event, start.Delay);
                break;
            case CancelTimers:
                Timers.Cancel(BackoffElapsed.Instance);
                Timers.Cancel(PollDue.Instance);
                Timers.Cancel(EscalationDue.Instance);
                break;
            case PollServer poll:
                _server.PollAsync(_machine.PollInterval / 2, () => _links.AnswersAsync(CancellationToken.None)).PipeTo(
                    Self,
                    success: answers => new ServerPolled(poll.Epoch, answers),
                    failure: _ => new ServerPolled(poll.Epoch, Answers: false));
                break;
            case Escalate escalate:
                Fail(escalate.Cause);
                break;
        }
    }

    /// <summary>Akka writes a line about the failure of the RedisActor, one of the ten a minute: it fails when there is room for it.</summary>
    private void Fail(string cause)
    {
        if (_log.TrySpendEscalation(Now)) Context.Parent.Tell(new BudgetSpent(cause));
        else Timers.StartSingleTimer(EscalationDue.Instance, EscalationDue.Instance, EscalationRetry);
    }

    private void OnVerified(LinkVerified message)
    {
        if (message.Link.Warning is { } warning) _log.LinkWarning(warning, Now);
        On(message);
    }

    private void OnConnectionStopped(Terminated message)
    {
        var failure = _failure;
        (_connection, _failure) = (null, null);
        On(new ConnectionStopped(failure?.Message ?? "the connection actor stopped")
        {
            ServerWasSilent = failure is ServerSilentException,
            Misconfigured = failure is MisconfiguredException,
        });
    }

    private void OnAttach(AttachCommands message)
    {
        _memory.Commands = message.Commands;
        ShowGauges(message.Gauges);
        _states.Tell(message.Commands);
        On(message);
    }

    private void OnShowGauges(ShowGauges message)
    {
        ShowGauges(message.Gauges);
        On(message);
    }

    private void ShowGauges(LaneGauges gauges)
    {
        _memory.Gauges = gauges;
        _shownGauges?.Dispose();
        _shownGauges = RedisMetrics.Show(_link.Name, _memory.Lane, gauges.InFlight, gauges.Stashed, () => _states.IsReady);
    }

    private void CatchUpWithLog()
    {
        _log.CatchUp(Now);
        if (_log.IsBehind) Timers.StartSingleTimer(LogCatchUp.Instance, LogCatchUp.Instance, LogCatchUpInterval);
    }

    private sealed class LogCatchUp : Tick<LogCatchUp>;
}

/// <summary>
/// What a supervisor knows that a restart of it must not forget: it lives as long as its lane. Used by the supervisor alone.
/// </summary>
internal sealed class SupervisorMemory
{
    /// <summary>The number of the lane, from 1.</summary>
    public int Lane { get; init; } = 1;

    /// <summary>Whether the lane is a session: it comes and goes, so its changes of state are not announced.</summary>
    public bool IsSession { get; init; }

    /// <summary>The log lines that all the lanes of the connection may write.</summary>
    public LogBudget LogBudget { get; init; } = new();

    /// <summary>Null before the first attempt.</summary>
    public SupervisorState? State { get; set; }

    /// <summary>The actor that takes the commands, and is told of links.</summary>
    public IActorRef Commands { get; set; } = ActorRefs.Nobody;

    /// <summary>What that one holds.</summary>
    public LaneGauges Gauges { get; set; } = LaneGauges.None;

    /// <summary>Whoever asked for changes of state.</summary>
    public HashSet<IActorRef> Subscribers { get; } = [];

    /// <summary>Why it was last restarted.</summary>
    public string? Failure { get; set; }
}

/// <summary>From a supervisor to its parent: the restart budget is spent, and <c>restart.when-spent</c> is <c>escalate</c>.</summary>
internal sealed record BudgetSpent(string Cause) : INoSerializationVerificationNeeded;
