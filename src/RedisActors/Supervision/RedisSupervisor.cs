using Akka.Actor;
using Akka.Event;
using RedisActors.Configuration;
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
    private readonly RedisSettings _settings;
    private readonly IRedisLinkFactory _links;
    private readonly SupervisorMemory _memory;
    private readonly ReconnectPlan _plan;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private RedisConnectionEvent? _state;
    private Exception? _failure;
    private LinkVerified? _link;
    private long _epoch;
    private TimeSpan? _downSince;
    private readonly CancellationTokenSource _stopped = new();
    private bool _wasSilent;
    private bool _toldOfOutage;
    private bool _toldOfFence;

    public RedisSupervisor(RedisSettings settings, IRedisLinkFactory links, SupervisorMemory memory)
    {
        _settings = settings;
        _links = links;
        _memory = memory;
        _plan = settings.CreateReconnectPlan();
        Connecting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public static Props Props(RedisSettings settings, IRedisLinkFactory links, SupervisorMemory memory) =>
        Akka.Actor.Props.Create(() => new RedisSupervisor(settings, links, memory));

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
        foreach (var subscriber in _memory.Subscribers)
        {
            Context.Unwatch(subscriber);
            Watch(subscriber);
        }

        StartConnection();
    }

    /// <summary>The link goes with its connection actor, and nobody else is left to say so.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (_link is not null) TellOfLoss($"it starts anew after a failure: {reason.Message}");
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _stopped.Cancel();

    private void Connecting()
    {
        Receive<LinkVerified>(OnVerified);
        Receive<FenceForbidden>(OnFenceForbidden);
        Receive<Terminated>(_ => OnAttemptEnded());
        Always();
    }

    private void Ready()
    {
        Receive<Terminated>(_ => OnLinkEnded());
        Always();
    }

    private void BackingOff()
    {
        Receive<BackoffElapsed>(_ => EndWait());
        Receive<LookForServer>(_ => OnLookForServer());
        Receive<ServerSeen>(OnServerSeen);
        Always();
    }

    private void GaveUp() => Always();

    private void Always()
    {
        Receive<AttachCommands>(OnAttach);
        Receive<SubscribeToState>(OnSubscribe);
        Receive<UnsubscribeFromState>(message => Forget(message.Subscriber));
        Receive<SubscriberStopped>(message => Forget(message.Subscriber));
    }

    /// <summary>
    /// The server is looked for during a wait. What ends the wait is that it answers after it did not: one that answers all the
    /// time, and refuses this client, is left to the backoff.
    /// </summary>
    private void OnLookForServer()
    {
        var epoch = _epoch;
        _links.AnswersAsync(_stopped.Token).PipeTo(
            Self, success: answers => new ServerSeen(epoch, answers), failure: _ => new ServerSeen(epoch, false));
    }

    private void OnServerSeen(ServerSeen message)
    {
        if (message.Epoch != _epoch) return;
        if (message.Answers && _wasSilent)
        {
            EndWait();
            return;
        }

        _wasSilent |= !message.Answers;
        PlanToLook();
    }

    private void PlanToLook()
    {
        if (_settings.WakeInterval == Timeout.InfiniteTimeSpan) return;
        Timers.StartSingleTimer(LookForServer.Instance, LookForServer.Instance, _settings.WakeInterval);
    }

    private void EndWait()
    {
        Timers.Cancel(BackoffElapsed.Instance);
        Timers.Cancel(LookForServer.Instance);
        StartConnection();
    }

    private void StartConnection()
    {
        _epoch = _memory.NextEpoch();
        _failure = null;
        _downSince ??= Now;
        Become(Connecting);
        Announce(new RedisConnecting(_settings.Name, _epoch, _settings.Target, _plan.Attempt));
        var connection = Context.ActorOf(
            RedisConnectionActor.Props(_settings, _links, _epoch, [.. _memory.Unfenced]), $"connection-{_epoch}");
        Context.Watch(connection);
    }

    private void OnVerified(LinkVerified verified)
    {
        if (verified.Epoch != _epoch) return;
        var away = _epoch == 1 ? TimeSpan.Zero : Now - (_downSince ?? Now);
        _downSince = null;
        _link = verified;
        _memory.Unfenced.Clear();
        _memory.Unfenced.Add(verified.Link.Identity);
        _plan.Ready(Now);
        Become(Ready);
        Announce(new RedisReady(_settings.Name, _epoch, _settings.Target, verified.Link.Identity.Id, away));
        _toldOfOutage = false;
        _memory.Commands.Tell(new LinkUp(_epoch, verified.Link));
    }

    private void OnFenceForbidden(FenceForbidden message)
    {
        if (_toldOfFence) return;
        _toldOfFence = true;
        _log.Warning(
            "redis {0}: the server does not let this client end the connection it lost ({1}); what was still on its way there may "
            + "be executed after commands that were sent later",
            _settings.Name, message.Reason);
    }

    private void OnLinkEnded()
    {
        _wasSilent = false;
        var cause = Cause("the connection actor stopped");
        TellOfLoss(cause);
        DecideWhatFollows(cause);
    }

    private void TellOfLoss(string cause)
    {
        _link = null;
        _downSince = Now;
        _memory.Commands.Tell(new LinkDown(_epoch, cause));
        Announce(new RedisLost(_settings.Name, _epoch, _settings.Target, cause));
        _toldOfOutage = true;
    }

    /// <summary>The attempt has looked for the server too: it may be back before the first look of the wait.</summary>
    private void OnAttemptEnded()
    {
        _wasSilent = _failure is ServerSilentException;
        DecideWhatFollows(Cause("the connection actor stopped"));
    }

    private void DecideWhatFollows(string cause)
    {
        if (_plan.Ended(Now) is { } delay)
        {
            Become(BackingOff);
            Announce(new RedisBackingOff(_settings.Name, _epoch, _settings.Target, _plan.Attempt, delay, cause));
            _toldOfOutage = true;
            Timers.StartSingleTimer(BackoffElapsed.Instance, BackoffElapsed.Instance, delay);
            PlanToLook();
        }
        else
        {
            Become(GaveUp);
            Announce(new RedisGaveUp(_settings.Name, _epoch, _settings.Target, cause));
            _memory.Commands.Tell(new NoMoreLinks(cause));
        }
    }

    private void OnAttach(AttachCommands message)
    {
        _memory.Commands = message.Commands;
        if (_state is not null) _memory.Commands.Tell(_state);
        if (_link is not null) _memory.Commands.Tell(new LinkUp(_link.Epoch, _link.Link));
        if (_state is RedisGaveUp gaveUp) _memory.Commands.Tell(new NoMoreLinks(gaveUp.Cause));
    }

    private void OnSubscribe(SubscribeToState message)
    {
        if (_memory.Subscribers.Add(message.Subscriber)) Watch(message.Subscriber);
        if (_state is not null) message.Subscriber.Tell(_state);
    }

    private static void Watch(IActorRef subscriber) => Context.WatchWith(subscriber, new SubscriberStopped(subscriber));

    private void Forget(IActorRef subscriber)
    {
        if (_memory.Subscribers.Remove(subscriber)) Context.Unwatch(subscriber);
    }

    private void Announce(RedisConnectionEvent state)
    {
        _state = state;
        RedisConnectionLog.Write(_log, state, firstOfOutage: !_toldOfOutage);
        _memory.Commands.Tell(state);
        Context.System.EventStream.Publish(state);
        foreach (var subscriber in _memory.Subscribers) subscriber.Tell(state);
    }

    private string Cause(string otherwise)
    {
        var cause = _failure?.Message ?? otherwise;
        _failure = null;
        return cause;
    }

    private sealed class BackoffElapsed : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly BackoffElapsed Instance = new();
    }

    private sealed class LookForServer : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookForServer Instance = new();
    }

    private sealed record ServerSeen(long Epoch, bool Answers) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record SubscriberStopped(IActorRef Subscriber) : INoSerializationVerificationNeeded;
}
