using Akka.Actor;
using Akka.Event;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors.Commands;

/// <summary>
/// Takes the commands: hands them to the link while there is one, stashes them while there is none, and sees to it that each is
/// answered once, whatever happens.
/// </summary>
/// <remarks>
/// The stash is the ledger's and not Akka's, because a stashed command has a deadline, has to be found again when it passes, and
/// goes back in front of its successors when a link that was to carry it turns out to be gone.
/// </remarks>
internal sealed class RedisCommandActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan DeadlineResolution = TimeSpan.FromMilliseconds(20);

    private readonly RedisSettings _settings;
    private readonly IActorRef _redis;
    private readonly IActorRef _supervisor;
    private readonly CommandLedger _ledger = new();
    private readonly IScheduler _clock = Context.System.Scheduler;
    private IRedisLink? _link;
    private PendingCommand? _handled;
    private RedisConnectionEvent? _state;
    private string _whyThereIsNoLink = string.Empty;
    private bool _deadlinesWatched;

    public RedisCommandActor(RedisSettings settings, IActorRef redis, IActorRef supervisor)
    {
        _settings = settings;
        _redis = redis;
        _supervisor = supervisor;
        Away();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long NowMilliseconds => (long)_clock.MonotonicClock.TotalMilliseconds;

    public static Props Props(RedisSettings settings, IActorRef redis, IActorRef supervisor) =>
        Akka.Actor.Props.Create(() => new RedisCommandActor(settings, redis, supervisor));

    protected override void PreStart() => _supervisor.Tell(new AttachCommands(Self));

    /// <summary>
    /// The ledger answers first: what it holds may have reached the server, the command that it failed on included. A command that
    /// did not come so far certainly did not.
    /// </summary>
    protected override void PreRestart(Exception reason, object message)
    {
        var why = $"the command actor failed: {reason.Message}";
        _ledger.EndAll(why);
        if (message is RedisCommand command) _handled?.EndAs(Outcome.NotSent, $"{command.Name}: {why}");
        base.PreRestart(reason, message);
    }

    protected override void PostStop() => _ledger.EndAll("the RedisActor stopped");

    private void Away()
    {
        Receive<RedisCommand>(OnCommandWhileAway);
        Receive<LinkUp>(OnLinkUp);
        Receive<NoMoreLinks>(OnNoMoreLinks);
        Always();
    }

    private void Ready()
    {
        Receive<RedisCommand>(OnCommandWhileReady);
        Receive<LinkDown>(OnLinkDown);
        Always();
    }

    private void GaveUp()
    {
        Receive<RedisCommand>(command => Accept(command).EndAs(Outcome.NotSent, $"{command.Name}: {_whyThereIsNoLink}"));
        Always();
    }

    private void Always()
    {
        Receive<DeadlineTick>(_ => OnDeadlineTick());
        Receive<RedisConnectionEvent>(state => _state = state);
        Receive<GetStatus>(_ => Sender.Tell(new RedisStatus(_state, _ledger.InFlight, _ledger.Stashed), _redis));
    }

    private void OnCommandWhileReady(RedisCommand command)
    {
        var pending = Accept(command);
        if (IsRefused(pending)) return;
        _ledger.Track(pending);
        WatchDeadlines();
        pending.HandTo(_link!);
    }

    private void OnCommandWhileAway(RedisCommand command)
    {
        var pending = Accept(command);
        if (IsRefused(pending)) return;
        _ledger.Stash(pending);
        WatchDeadlines();
    }

    private void OnLinkUp(LinkUp message)
    {
        _link = message.Link;
        Become(Ready);
        while (_ledger.Unstash() is { } pending) pending.HandTo(_link);
    }

    private void OnLinkDown(LinkDown message)
    {
        _link = null;
        _ledger.LinkLost(message.Cause);
        Become(Away);
    }

    private void OnNoMoreLinks(NoMoreLinks message)
    {
        _whyThereIsNoLink = $"the connection was given up: {message.Cause}";
        _ledger.EndStashed(_whyThereIsNoLink);
        Become(GaveUp);
    }

    private void OnDeadlineTick()
    {
        _deadlinesWatched = false;
        _ledger.Expire(NowMilliseconds);
        WatchDeadlines();
    }

    private PendingCommand Accept(RedisCommand command)
    {
        var timeout = command.Timeout ?? _settings.CommandTimeout;
        var deadline = timeout == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : NowMilliseconds + (long)Math.Ceiling(timeout.TotalMilliseconds);
        return _handled = new PendingCommand(command, Sender, _redis, deadline);
    }

    private static bool IsRefused(PendingCommand pending)
    {
        if (SharedConnectionRules.WhyRefused(pending.Command) is not { } reason) return false;
        pending.EndAs(Outcome.NotSent, $"{pending.Name} was refused: {reason}");
        return true;
    }

    private void WatchDeadlines()
    {
        if (_deadlinesWatched || !_ledger.HasDeadlines) return;
        _deadlinesWatched = true;
        Timers.StartSingleTimer(DeadlineTick.Instance, DeadlineTick.Instance, DeadlineResolution);
    }

    private sealed class DeadlineTick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly DeadlineTick Instance = new();
    }
}
