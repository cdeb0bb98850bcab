using Akka.Actor;
using Akka.Coordination;
using Akka.Event;
using RedisActors.Locks;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Acquires a lease, renews it, releases it, and reports its loss at once. What the holder may rely on meanwhile is decided by
/// <see cref="LeaseState"/>.
/// </summary>
internal sealed class LeaseKeeper : ReceiveActor, IWithTimers
{
    private readonly RedisLeaseSettings _settings;
    private readonly LeaseTimes _times;
    private readonly LeaseState _state;
    private readonly LeaseClock _clock;
    private readonly LeaseFarewell _farewell;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<IActorRef> _waiting = [];
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private readonly Dictionary<long, Request> _unanswered = [];
    private IActorRef _redis = ActorRefs.Nobody;
    private Action<Exception>? _lost;
    private Request? _acquiring;
    private long _acquisitions;
    private long _requests;
    private TimeSpan _waitsUntil;

    public LeaseKeeper(RedisLeaseSettings settings, LeaseState state, LeaseClock clock, LeaseFarewell farewell)
    {
        _farewell = farewell;
        _settings = settings;
        _times = settings.Times;
        _state = state;
        _clock = clock;
        Receive<Acquire>(OnAcquire);
        Receive<Release>(_ => OnRelease());
        Receive<Tick>(_ => OnTick());
        Receive<AcquireAgain>(message => OnAcquireAgain(message.Id));
        Receive<RedisReady>(_ => OnRedisReady());
        Receive<RedisConnectionEvent>(_ => { });
        Receive<RedisReply>(reply => OnReply(Take(reply.State), reply.Value));
        Receive<Status.Failure>(failure => OnFailure((RedisOutcomeException)failure.Cause));
    }

    private enum Step
    {
        Prepare,
        Acquire,
        Renew,
        Release,
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RedisLeaseSettings settings, LeaseState state, LeaseClock clock, LeaseFarewell farewell) =>
        Akka.Actor.Props.Create(() => new LeaseKeeper(settings, state, clock, farewell));

    protected override void PreStart()
    {
        _redis = RedisExtension.Get(Context.System).Connection(_settings.Connection);
        _farewell.Prepare();
        _redis.Tell(new SubscribeToState(Self));
    }

    /// <summary>Also called when it restarts after a failure; nothing renews what it held until then.</summary>
    protected override void PostStop()
    {
        const string Why = "the actor that keeps the lease has stopped";
        if (_state.GiveUp() is { } holding)
        {
            ReleaseOnServer(holding.Id);
            TellLost(Why);
        }

        AnswerWaiting(new Status.Failure(new LeaseException($"The lease {_settings.Name} was not acquired: {Why}.")));
    }

    private void OnAcquire(Acquire message)
    {
        LoseIfExpired();
        if (message.Lost is not null) _lost = message.Lost;
        if (_state.HeldAt(_clock.Now) is not null)
        {
            Sender.Tell(true);
            return;
        }

        _waiting.Add(Sender);
        if (_acquiring is not null) return;
        _waitsUntil = _clock.Now + _settings.LongestWait;
        AskToAcquire($"{_settings.Owner} {_instance}-{++_acquisitions}");
    }

    private void OnAcquireAgain(string id)
    {
        if (_acquiring?.Id == id) AskToAcquire(id);
    }

    private void AskToAcquire(string id)
    {
        _acquiring = new Request(Step.Acquire, id, _clock.Now, ActorRefs.Nobody);
        Send(LeaseScripts.Guarded.Acquire(_settings.Key, id, _times), _acquiring, _settings.OperationTimeout);
    }

    private void OnRelease()
    {
        _acquiring = null;
        _lost = null;
        _state.LostBecause = null;
        Timers.Cancel(Tick.Instance);
        AnswerWaiting(false);
        if (_state.GiveUp() is { } holding)
        {
            Send(
                LeaseScripts.Guarded.Release(_settings.Key, holding.Id, _times),
                new Request(Step.Release, holding.Id, _clock.Now, Sender),
                _settings.OperationTimeout);
        }
        else
        {
            Sender.Tell(true);
        }
    }

    private void OnRedisReady()
    {
        Send(LeaseScripts.Prepare(_settings.Key, _times), new Request(Step.Prepare, string.Empty, _clock.Now, ActorRefs.Nobody), _times.TimeToLive);
        _state.RenewSoon(_clock.Now);
        OnTick();
    }

    private void OnTick()
    {
        LoseIfExpired();
        var now = _clock.Now;
        if (_state.BeginRenewal(now) is { } holding)
        {
            Send(
                LeaseScripts.Guarded.Renew(_settings.Key, holding.Id, _times),
                new Request(Step.Renew, holding.Id, now, ActorRefs.Nobody),
                Min(_settings.OperationTimeout, holding.Until - now));
        }

        PlanTick();
    }

    private void OnReply(Request request, RespValue answer)
    {
        switch (request.Step)
        {
            case Step.Acquire:
                OnGrant(request, LeaseGrant.Read(answer));
                break;
            case Step.Renew when answer.AsInt64() == 1:
                _state.Renewed(request.Id, request.SentAt, _clock.Now);
                PlanTick();
                break;
            case Step.Renew when _state.Denied(request.Id):
                Lose("the server no longer knows it: its time ran out there, or the server has lost its data");
                break;
            case Step.Release:
                _farewell.Released(request.Id);
                request.Asker.Tell(true);
                break;
        }
    }

    private void OnGrant(Request request, LeaseGrant grant)
    {
        if (grant.Token is not null) _farewell.Granted(request.Id);
        if (!IsAwaited(request))
        {
            // Released before it was granted.
            if (grant.Token is not null) ReleaseOnServer(request.Id);
            return;
        }

        if (grant is { Token: null, Holder: "" } && _clock.Now + grant.Remaining < _waitsUntil)
        {
            _log.Info(
                "redis lease {0}: {1} waits {2} ms: the server may have forgotten a holder", _settings.Name, _settings.Owner, grant.Remaining.TotalMilliseconds);
            Timers.StartSingleTimer(nameof(AcquireAgain), new AcquireAgain(request.Id), grant.Remaining);
            return;
        }

        _acquiring = null;
        _state.LostBecause = null;
        if (grant.Token is not { } token)
        {
            _log.Info(
                "redis lease {0}: refused to {1} for up to {2} ms: {3}", _settings.Name, _settings.Owner, grant.Remaining.TotalMilliseconds,
                grant.Holder.Length > 0 ? $"held by {grant.Holder}" : "the server may have forgotten a holder, and waits until it cannot hold the lease any more");
            AnswerWaiting(false);
        }
        else if (_state.Acquired(request.Id, token, request.SentAt, _clock.Now))
        {
            _log.Info("redis lease {0}: held by {1}, token {2}", _settings.Name, _settings.Owner, token);
            PlanTick();
            AnswerWaiting(true);
        }
        else
        {
            ReleaseOnServer(request.Id);
            AnswerWaiting(new Status.Failure(new LeaseTimeoutException(
                $"The lease {_settings.Name} was granted too late to be relied on, and released again.")));
        }
    }

    private void OnFailure(RedisOutcomeException failure)
    {
        var request = Take(failure.State);
        switch (request.Step)
        {
            case Step.Acquire:
                if (failure.Outcome == Outcome.Unknown) ReleaseOnServer(request.Id);
                if (!IsAwaited(request)) return;
                _acquiring = null;
                AnswerWaiting(new Status.Failure(Failure(request, failure, "acquired")));
                break;
            case Step.Renew:
                _log.Debug("redis lease {0}: not renewed: {1}", _settings.Name, failure.Message);
                _state.RenewalFailed(request.Id, _clock.Now);
                PlanTick();
                break;
            case Step.Release:
                request.Asker.Tell(new Status.Failure(Failure(request, failure, "released")));
                break;
        }
    }

    private bool IsAwaited(Request acquiring) => acquiring.Id == _acquiring?.Id;

    /// <summary>A request without a reply within its timeout has timed out, whatever the connection did meanwhile.</summary>
    private LeaseException Failure(Request request, RedisOutcomeException failure, string what)
    {
        var message = $"The lease {_settings.Name} was not {what}: {failure.Message}";
        return failure.Outcome != Outcome.Rejected && _clock.Now - request.SentAt >= _settings.OperationTimeout
            ? new LeaseTimeoutException(message, failure)
            : new LeaseException(message, failure);
    }

    private void LoseIfExpired()
    {
        if (_state.TakeExpired(_clock.Now) is not { } holding) return;
        ReleaseOnServer(holding.Id);
        Lose("it could not be renewed in time");
    }

    private void Lose(string why)
    {
        _log.Error("redis lease {0}: lost by {1}: {2}", _settings.Name, _settings.Owner, why);
        _state.LostBecause = why;
        Timers.Cancel(Tick.Instance);
        TellLost(why);
    }

    private void TellLost(string why)
    {
        var lost = _lost;
        _lost = null;
        try
        {
            lost?.Invoke(new LeaseException($"The lease {_settings.Name} was lost: {why}."));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _log.Error(error, "redis lease {0}: the callback for a lost lease failed", _settings.Name);
        }
    }

    /// <summary>Releases on the server what is not held here, in case it is held there, so that nobody has to wait for its end.</summary>
    private void ReleaseOnServer(string id) => Send(
        LeaseScripts.Guarded.Release(_settings.Key, id, _times),
        new Request(Step.Release, id, _clock.Now, ActorRefs.Nobody),
        _times.TimeToLive);

    private void Send(RedisCommand command, Request request, TimeSpan timeout)
    {
        _unanswered.Add(++_requests, request);
        _redis.Tell(command with { State = _requests, Timeout = timeout }, Self);
    }

    /// <summary>The request that a reply belongs to. Each request gets one reply.</summary>
    private Request Take(object? state) =>
        _unanswered.Remove((long)state!, out var request) ? request : throw new InvalidOperationException("A reply without a request.");

    private void AnswerWaiting(object answer)
    {
        foreach (var asker in _waiting) asker.Tell(answer);
        _waiting.Clear();
    }

    private void PlanTick()
    {
        if (_state.Wait(_clock.Now) is { } wait) Timers.StartSingleTimer(Tick.Instance, Tick.Instance, wait);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>Acquire the lease. Answered with true or false, or a failure.</summary>
    public sealed record Acquire(Action<Exception>? Lost) : INoSerializationVerificationNeeded;

    /// <summary>Release the lease. Answered with true, or a failure.</summary>
    public sealed record Release : INoSerializationVerificationNeeded
    {
        public static Release Instance { get; } = new();
    }

    private sealed record AcquireAgain(string Id) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }

    /// <summary>What a command to the server is for; the command's state is its number.</summary>
    private sealed record Request(Step Step, string Id, TimeSpan SentAt, IActorRef Asker);
}
