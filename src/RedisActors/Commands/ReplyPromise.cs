using Akka.Actor;

namespace RedisActors.Commands;

/// <summary>A sender that can take its command back as long as that has not been sent.</summary>
internal interface ICancellableSender : IActorRef
{
    /// <summary>Asked right before its command is sent, each time. False: the sender was told that it has been given up.</summary>
    bool TryClaim();

    /// <summary>What was sent has had no effect, and it is as if it had not been sent.</summary>
    void Unclaim()
    {
    }

    /// <summary>Acts, from any thread, when the sender gives its command up; at once, if it has.</summary>
    void WhenGivenUp(Action act)
    {
    }

    /// <summary>Hands the reply over. False: the sender was told before that it has given the command up.</summary>
    bool TryTake(RedisReply reply, IActorRef redis)
    {
        this.Tell(reply, redis);
        return true;
    }

    /// <summary>The same for any sender: one that cannot give up never has.</summary>
    static bool TryClaimOf(IActorRef sender) => sender is not ICancellableSender cancellable || cancellable.TryClaim();
}

/// <summary>The sender of one command and the task that its answer completes.</summary>
internal sealed class ReplyPromise(IActorRefProvider provider) : PromiseRef, ICancellableSender
{
    private const int Waiting = 0;
    private const int Claimed = 1;
    private const int GivenUp = 2;

    private readonly TaskCompletionSource<RedisReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What few promises need is in objects of its own: there are as many promises as an application awaits commands.
    private IDisposable? _limit;
    private int _state;

    public override IActorRefProvider Provider => provider;

    public override bool IsCompleted => _reply.Task.IsCompleted;

    public Task<RedisReply> Reply => _reply.Task;

    /// <summary>Gives the command up when the token says so.</summary>
    public void CancelWith(CancellationToken token, RedisCommand command) => End(_limit = new Cancellation(this, command, token));

    /// <summary>Gives the command, which is on its way to another node, up after a time: nobody may be there to answer.</summary>
    public void GiveUpAfter(TimeSpan time, RedisCommand command) => End(_limit = new Silence(this, command, time, former: _limit));

    public bool TryClaim() => Interlocked.CompareExchange(ref _state, Claimed, Waiting) != GivenUp;

    public void Unclaim() => Interlocked.CompareExchange(ref _state, Waiting, Claimed);

    public void WhenGivenUp(Action act) => (_limit as Cancellation)?.Then(act);

    public bool TryTake(RedisReply reply, IActorRef redis)
    {
        if (!_reply.TrySetResult(reply)) return false;
        Completed();
        return true;
    }

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case RedisReply reply:
                TryTake(reply, sender);
                break;
            // Refused by a sender that has given up is what that says itself, in its own words.
            case Status.Failure when Volatile.Read(ref _state) == GivenUp:
                break;
            case Status.Failure failure:
                Fail(failure.Cause);
                break;
            default:
                Fail(new InvalidOperationException($"{sender?.Path} answered a RedisCommand with a {message?.GetType().Name}: it is no RedisActor."));
                break;
        }
    }

    /// <summary>Whether it had been sent.</summary>
    private bool GiveUp() => Interlocked.Exchange(ref _state, GivenUp) == Claimed;

    private void Fail(Exception failure)
    {
        if (_reply.TrySetException(failure)) Completed();
    }

    private void Completed()
    {
        _limit?.Dispose();
        Unregister();
    }

    /// <summary>The answer may have come before there was a limit to end.</summary>
    private void End(IDisposable limit)
    {
        if (_reply.Task.IsCompleted) limit.Dispose();
    }

    private sealed class Cancellation : IDisposable
    {
        private readonly ReplyPromise _promise;
        private readonly CancellationToken _token;
        private readonly CancellationTokenRegistration _registration;
        private CancellationTokenRegistration _then;

        public Cancellation(ReplyPromise promise, RedisCommand command, CancellationToken token)
        {
            _promise = promise;
            _token = token;
            _registration = token.UnsafeRegister(
                _ => promise.Fail(new RedisCanceledException(promise.GiveUp() ? Outcome.Unknown : Outcome.NotSent, command, token)), null);
        }

        /// <summary>Also when the command has been answered meanwhile: whoever asked can tell.</summary>
        public void Then(Action act)
        {
            _then = _token.UnsafeRegister(static state => ((Action)state!)(), act);

            // Unless the token has done it already: a token may live for as long as the application.
            if (_promise._reply.Task.IsCompleted && !_token.IsCancellationRequested) _then.Unregister();
        }

        public void Dispose()
        {
            _registration.Unregister();
            if (!_token.IsCancellationRequested) _then.Unregister();
        }
    }

    private sealed class Silence : IDisposable
    {
        private readonly IDisposable? _former;
        private readonly Timer _timer;

        public Silence(ReplyPromise promise, RedisCommand command, TimeSpan time, IDisposable? former)
        {
            _former = former;
            _timer = new Timer(
                _ => promise.Fail(new RedisOutcomeException(
                    Outcome.Unknown, command, $"{command.Name}: it went to another node, and no answer came; a server may have executed it")),
                null, time, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _former?.Dispose();
            _timer.Dispose();
        }
    }
}
