using Akka.Actor;
using Akka.Event;
using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Connection;

/// <summary>
/// One link from its first byte to its last: connects, verifies, fences the links before it, watches. It never retries; when
/// the link cannot be made or is lost, it fails, and its supervisor decides. A link that has had requests is given up by abandoning
/// it: the actor fails when the link says that it is lost, which it does when all of its requests have been told.
/// </summary>
internal sealed class RedisConnectionActor : ReceiveActor, IWithTimers
{
    private const string HeartbeatTimer = "heartbeat";
    private const int PollsPerTimeout = 8;

    private readonly LinkSettings _settings;
    private readonly IRedisLinkFactory _links;
    private readonly long _epoch;
    private readonly IReadOnlyList<ClientIdentity> _unfenced;
    private readonly CancellationTokenSource _stopped = new();
    private readonly IActorRef _self = Context.Self;
    private readonly TimeSpan _pollInterval;
    private Task<IRedisLink>? _attempt;
    private IRedisLink? _link;
    private bool _isInGrace;

    public RedisConnectionActor(LinkSettings settings, IRedisLinkFactory links, long epoch, IReadOnlyList<ClientIdentity> unfenced)
    {
        _settings = settings;
        _links = links;
        _epoch = epoch;
        _unfenced = unfenced;
        _pollInterval = settings.Heartbeat.Timeout / PollsPerTimeout < settings.Heartbeat.Interval
            ? settings.Heartbeat.Timeout / PollsPerTimeout
            : settings.Heartbeat.Interval;
        Connecting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LinkSettings settings, IRedisLinkFactory links, long epoch, IReadOnlyList<ClientIdentity> unfenced) =>
        Akka.Actor.Props.Create(() => new RedisConnectionActor(settings, links, epoch, unfenced));

    protected override void PreStart()
    {
        _attempt = _links.ConnectAsync(cause => _self.Tell(new LinkLost(cause)), _stopped.Token);
        _attempt.PipeTo(_self, success: link => new Connected(link), failure: error => new Failed(error));
    }

    /// <summary>Whoever holds the link at this moment, it is disposed of: taken, on its way to the mailbox, or not made yet.</summary>
    protected override void PostStop()
    {
        _stopped.Cancel();
        if (_attempt is null) return;
        if (_attempt.IsCompletedSuccessfully)
        {
            _attempt.Result.Dispose();
        }
        else
        {
            _attempt.ContinueWith(
                static attempt => attempt.Result.Dispose(),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
        }
    }

    private void Connecting()
    {
        Receive<Connected>(OnConnected);
        Receive<LinkLost>(OnLost);
        Receive<Failed>(OnFailed);
    }

    private void Fencing()
    {
        Receive<Fenced>(OnFenced);
        Receive<LinkLost>(OnLost);
        Receive<Failed>(OnFailed);
    }

    private void Watching()
    {
        Receive<Failed>(message => Abandon(message.Error.Message));
        Receive<HeartbeatDue>(_ => OnHeartbeatDue());
        Receive<HeartbeatAnswered>(_ => OnHeartbeatAnswered());
        Receive<HeartbeatOverdue>(_ => OnHeartbeatOverdue());
        Receive<PollForLife>(_ => OnPollForLife());
        Receive<HostTried>(OnHostTried);
        Receive<LinkLost>(OnLost);
    }

    /// <summary>Nothing counts any more but the link's own word.</summary>
    private void Leaving()
    {
        Receive<LinkLost>(OnLost);
        ReceiveAny(_ => { });
    }

    private void OnConnected(Connected message)
    {
        _link = message.Link;
        Become(Fencing);
        FenceAsync(_link).PipeTo(_self, success: forbidden => new Fenced(forbidden), failure: error => new Failed(error));
    }

    private void OnFenced(Fenced message)
    {
        if (message.Forbidden is not null) Context.Parent.Tell(new FenceForbidden(_epoch, message.Forbidden));
        Become(Watching);
        OnHeartbeatAnswered();
        Context.Parent.Tell(new LinkVerified(_epoch, _link!));
    }

    private void OnHeartbeatDue()
    {
        _link!.TakeHeard();
        AwaitAnswer(_settings.Heartbeat.Timeout);
        Timers.StartPeriodicTimer(PollForLife.Instance, PollForLife.Instance, _pollInterval);
        AskForRoleAsync(_link, _settings.Role, _stopped.Token)
            .PipeTo(_self, success: answered => answered, failure: error => new Failed(error));
    }

    private void OnHeartbeatAnswered()
    {
        _isInGrace = false;
        Timers.Cancel(PollForLife.Instance);
        Timers.StartSingleTimer(HeartbeatTimer, HeartbeatDue.Instance, _settings.Heartbeat.Interval);
    }

    private void AwaitAnswer(TimeSpan patience) => Timers.StartSingleTimer(HeartbeatTimer, HeartbeatOverdue.Instance, patience);

    /// <summary>
    /// Every byte is a sign of life: behind a deep pipeline, or a large reply on a slow line, the heartbeat's own answer may take its
    /// time. The link is polled several times within the timeout, so that a server that falls silent right after a byte is given up
    /// no later than an idle one.
    /// </summary>
    private void OnPollForLife()
    {
        if (!_link!.TakeHeard()) return;
        _isInGrace = false;
        AwaitAnswer(_settings.Heartbeat.Timeout);
    }

    private void OnHeartbeatOverdue()
    {
        OnPollForLife();
        if (Timers.IsTimerActive(HeartbeatTimer)) return;
        if (_isInGrace || _settings.Heartbeat.BusyGrace == TimeSpan.Zero)
        {
            AbandonOverdue(string.Empty);
            return;
        }

        _isInGrace = true;
        TryHostAsync(_link!).PipeTo(_self, success: accepts => new HostTried(accepts), failure: error => new Failed(error));
    }

    private void OnHostTried(HostTried message)
    {
        if (!_isInGrace) return;
        if (message.Accepts) AwaitAnswer(_settings.Heartbeat.BusyGrace);
        else AbandonOverdue(", and its host takes no connections");
    }

    private void AbandonOverdue(string addition) => Abandon(
        $"no answer to {RoleCheck.QuestionFor(_settings.Role)} for {_settings.Heartbeat.Timeout.TotalMilliseconds} ms{addition}");

    private void Abandon(string cause)
    {
        Timers.CancelAll();
        Become(Leaving);
        _link!.Abandon(cause);
    }

    private async Task<bool> TryHostAsync(IRedisLink link)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        limit.CancelAfter(_settings.Heartbeat.Timeout);
        return await link.HostAcceptsAsync(limit.Token).ConfigureAwait(false);
    }

    /// <summary>
    /// A replica refuses writes, and nobody need be told Unknown of one that was refused: the server is left when it has answered
    /// what it was sent until now.
    /// </summary>
    private static async Task<HeartbeatAnswered> AskForRoleAsync(
        IRedisLink link, RequiredRole role, CancellationToken cancellation)
    {
        if (await RoleCheck.AskAsync(link, role, cancellation).ConfigureAwait(false)) return HeartbeatAnswered.Instance;
        await RoleCheck.AskAsync(link, RequiredRole.Any, cancellation).ConfigureAwait(false);
        throw new RedisLinkException("the server has become a replica");
    }

    private static void OnLost(LinkLost message) => throw new RedisLinkException(message.Cause);

    private static void OnFailed(Failed message) =>
        throw message.Error as RedisLinkException ?? new RedisLinkException(message.Error.Message, message.Error);

    private async Task<string?> FenceAsync(IRedisLink link)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token);
        limit.CancelAfter(_settings.ConnectTimeout);
        try
        {
            string? forbidden = null;
            foreach (var former in _unfenced)
            {
                forbidden = await Fence.RaiseAsync(link, former, limit.Token).ConfigureAwait(false) ?? forbidden;
            }

            if (link.IsForCommands) await LoadScriptAsync(link, limit.Token).ConfigureAwait(false);
            return forbidden;
        }
        catch (OperationCanceledException error)
        {
            throw new RedisLinkException($"the server did not answer CLIENT KILL and SCRIPT LOAD within {_settings.ConnectTimeout}", error);
        }
    }

    /// <summary>
    /// So that the first exactly-once commands do not come back for want of it. A server that refuses it (ACL) will refuse those
    /// commands too, and tell their senders why.
    /// </summary>
    private static async Task LoadScriptAsync(IRedisLink link, CancellationToken cancellation)
    {
        try
        {
            var (name, arguments) = ExactlyOnceScript.Load();
            await LinkQuery.AskAsync(link, name, arguments, cancellation).ConfigureAwait(false);
        }
        catch (ServerErrorException)
        {
        }
    }

    private sealed record Connected(IRedisLink Link) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Failed(Exception Error) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Fenced(string? Forbidden) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record LinkLost(string Cause) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class HeartbeatDue : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly HeartbeatDue Instance = new();
    }

    private sealed class HeartbeatOverdue : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly HeartbeatOverdue Instance = new();
    }

    private sealed class PollForLife : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly PollForLife Instance = new();
    }

    private sealed record HostTried(bool Accepts) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class HeartbeatAnswered : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly HeartbeatAnswered Instance = new();
    }
}

/// <summary>From a connection actor to its supervisor: the link is verified and the former ones are fenced.</summary>
internal sealed record LinkVerified(long Epoch, IRedisLink Link) : INoSerializationVerificationNeeded;

/// <summary>From a connection actor to its supervisor: the server did not allow ending the connections of former links.</summary>
internal sealed record FenceForbidden(long Epoch, string Reason) : INoSerializationVerificationNeeded;
