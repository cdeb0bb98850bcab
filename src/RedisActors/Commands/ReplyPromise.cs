using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>A sender that can take its command back as long as that has not been sent.</summary>
internal interface ICancellableSender : IActorRef
{
    /// <summary>Asked right before its command is sent, each time. False: the sender was told that it has been given up.</summary>
    bool TryClaim();
}

/// <summary>
/// The sender of one command and the task that its answer completes. It is no actor, and has a path only when somebody asks for one,
/// as a node of another actor system does.
/// </summary>
internal sealed class ReplyPromise : MinimalActorRef, ICancellableSender
{
    private const int Waiting = 0;
    private const int Claimed = 1;
    private const int GivenUp = 2;

    private readonly TaskCompletionSource<RedisReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RedisCommand _command;
    private CancellationTokenRegistration _cancellation;
    private CancellationToken _token;
    private Timer? _silence;
    private ActorPath? _path;
    private int _state;

    public ReplyPromise(IActorRefProvider provider, RedisCommand command)
    {
        Provider = provider;
        _command = command;
    }

    public override IActorRefProvider Provider { get; }

    public override ActorPath Path => Volatile.Read(ref _path) ?? Register();

    public Task<RedisReply> Reply => _reply.Task;

    /// <summary>Gives the command up when the token says so.</summary>
    public void CancelWith(CancellationToken token)
    {
        _token = token;
        _cancellation = token.UnsafeRegister(static promise => ((ReplyPromise)promise!).Cancel(), this);
        if (_reply.Task.IsCompleted) _cancellation.Unregister();
    }

    /// <summary>Gives the command up after a time, since nobody may be there to answer.</summary>
    public void GiveUpAfter(TimeSpan time)
    {
        _silence = new Timer(
            static promise => ((ReplyPromise)promise!).OnSilence(), this, time, System.Threading.Timeout.InfiniteTimeSpan);
        if (_reply.Task.IsCompleted) _silence.Dispose();
    }

    public bool TryClaim() => Interlocked.CompareExchange(ref _state, Claimed, Waiting) != GivenUp;

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case RedisReply reply:
                if (_reply.TrySetResult(reply)) Completed();
                break;
            case Status.Failure failure:
                Fail(failure.Cause);
                break;
            default:
                Fail(new InvalidOperationException($"{sender?.Path} answered a RedisCommand with a {message?.GetType().Name}: it is no RedisActor."));
                break;
        }
    }

    private void Cancel()
    {
        var wasClaimed = Interlocked.Exchange(ref _state, GivenUp) == Claimed;
        Fail(new RedisCanceledException(wasClaimed ? Outcome.Unknown : Outcome.NotSent, _command, _token));
    }

    private void OnSilence() => Fail(new RedisOutcomeException(
        Outcome.Unknown, _command, $"{_command.Name}: it went to another node, and no answer came; a server may have executed it"));

    private void Fail(Exception failure)
    {
        if (_reply.TrySetException(failure)) Completed();
    }

    private void Completed()
    {
        _cancellation.Unregister();
        _silence?.Dispose();
        if (Volatile.Read(ref _path) is { } path) Provider.UnregisterTempActor(path);
    }

    private ActorPath Register()
    {
        var path = Provider.TempPath();
        if (Interlocked.CompareExchange(ref _path, path, null) is { } other) return other;
        Provider.RegisterTempActor(this, path);
        if (_reply.Task.IsCompleted) Provider.UnregisterTempActor(path);
        return path;
    }
}
