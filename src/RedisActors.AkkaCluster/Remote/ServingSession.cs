using System.Runtime.InteropServices;
using Akka.Actor;
using RedisActors.Commands;
using RedisActors.Sessions;

namespace RedisActors.AkkaCluster;

/// <summary>
/// The commands of one <see cref="RemoteRedis"/> at a node that serves it: takes each frame once, hands its commands to the
/// <see cref="RedisActor"/>, and sends what has been answered meanwhile in one frame. Called from any thread; it outlives the
/// <see cref="RedisService"/>, since what that has handed on is still answered.
/// </summary>
internal sealed class ServingSession : IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private readonly long _number;
    private readonly IActorRef _remote;
    private readonly ServingNode _node;
    private readonly Sink _sink;
    private readonly TokenSink _tokenSink;
    private readonly FrameInbox _inbox = new();
    private readonly FrameOutbox<RemoteAnswer> _outbox = new();
    private readonly HashSet<Waiter> _waiters = [];
    private readonly List<RemoteAnswer> _gathered = [];

    // By attempt, of commands whose answers are not confirmed.
    private readonly Dictionary<long, HeldToken> _tokens = [];
    private long _startUntil;
    private long _mayStartAt = -1;
    private volatile bool _hasLapsed;
    private bool _flushPlanned;
    private bool _askedForMissing;
    private bool _ended;

    public ServingSession(long number, IActorRef remote, ServingNode node)
    {
        _number = number;
        _remote = remote;
        _node = node;
        _sink = new Sink(this);
        _tokenSink = new TokenSink(this);
    }

    public IActorRef Remote => _remote;

    /// <summary>When something last came, in milliseconds.</summary>
    public long HeardAt { get; private set; }

    /// <summary>A frame has come.</summary>
    public void Receive(CommandFrame frame, bool takesCommands)
    {
        RemoteRequest[] requests = [];
        lock (_lock)
        {
            HeardAt = _node.Now;
            Volatile.Write(ref _startUntil, Math.Max(_startUntil, frame.StartUntil));
            _outbox.Taken(frame.Taken, answers => Release(answers, frame.KeepsUpTo));
            if (frame.IsMissing)
            {
                foreach (var (number, answers) in _outbox.Untaken) Send(number, answers);
            }

            switch (_inbox.Offer(frame.Number, frame.Sent))
            {
                case FrameArrival.Next:
                    _askedForMissing = false;
                    requests = frame.Requests;
                    break;
                case FrameArrival.Missing when frame.Number == 0 || !_askedForMissing:
                    _askedForMissing = true;
                    Send(0, [], isMissing: true);
                    break;
                case FrameArrival.Empty or FrameArrival.Again when !frame.IsMissing:
                    Send(0, []);
                    break;
            }
        }

        // In this order: if the process is stopped in between, the commands have less time for that, not more.
        var localNow = _node.LocalNow;
        var now = _node.Now;
        CommandBatch? batch = null;
        foreach (ref readonly var request in requests.AsSpan())
        {
            if (!takesCommands || !MayStart()) Answer(new RemoteAnswer(request.Attempt, RemoteAnswerKind.Returned));
            else if (request.Until <= now) Answer(new RemoteAnswer(request.Attempt, RemoteAnswerKind.NotSent, Message: TooLate));
            else if (request.Command is { } command) HandOn(request, command, localNow - now, ref batch);
            else Answer(new RemoteAnswer(request.Attempt, RemoteAnswerKind.NotSent, Message: request.Error));
        }

        if (batch is not null) _node.Redis.Tell(batch);
    }

    /// <summary>These answers are known: nobody will ask for their commands again, but for those that may have been sent elsewhere.</summary>
    private void Release(RemoteAnswer[] answers, long keepsUpTo)
    {
        if (_tokens.Count == 0) return;
        foreach (ref readonly var answer in answers.AsSpan())
        {
            if (_tokens.Remove(answer.Attempt, out var token) && answer.Attempt > keepsUpTo) token.Release();
        }
    }

    /// <summary>
    /// Whether a command may still be started. The process may have been stopped until now, or cut off, and another node have taken over.
    /// </summary>
    private bool MayStart()
    {
        if (_hasLapsed) return false;

        // A few milliseconds are as good as none, and the clocks of a lease take longer to read than all else here.
        var tick = Environment.TickCount64;
        if (Volatile.Read(ref _mayStartAt) == tick) return true;
        var until = Volatile.Read(ref _startUntil);
        if (until == 0 || _node.Now < until)
        {
            Volatile.Write(ref _mayStartAt, tick);
            return true;
        }

        _hasLapsed = true;
        TellServing();
        return false;
    }

    /// <summary>Tells how the node is, though there is nothing else to tell.</summary>
    public void TellServing()
    {
        lock (_lock) Send(0, []);
    }

    /// <summary>The <see cref="RemoteRedis"/> is gone: nobody awaits anything of this any more.</summary>
    public void End()
    {
        List<Waiter> waiters;
        lock (_lock)
        {
            _ended = true;
            waiters = [.. _waiters];
        }

        foreach (var waiter in waiters) waiter.GiveUp();
    }

    /// <summary>One frame for what has been answered until now.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_lock)
        {
            _flushPlanned = false;
            var answers = CollectionsMarshal.AsSpan(_gathered);
            while (!_ended && !answers.IsEmpty)
            {
                var (count, bytes) = (0, 0L);
                while (count < answers.Length && (count == 0 || bytes + SizeOf(answers[count]) <= _node.MaxFrameBytes)) bytes += SizeOf(answers[count++]);
                var frame = answers[..count].ToArray();
                answers = answers[count..];
                Send(_outbox.Add(frame), frame);
            }

            _gathered.Clear();
        }
    }

    private const string TooLate = "its timeout passed before it reached the node that serves; it never ran and never will";

    private static long SizeOf(in RemoteAnswer answer) =>
        32 + FrameSize.Of(answer.Value) + FrameSize.Of(answer.Message) + FrameSize.Of(answer.ServerError);

    /// <summary>The commands of a frame go to the RedisActor together.</summary>
    private void HandOn(in RemoteRequest request, RedisCommand sent, long localAhead, ref CommandBatch? batch)
    {
        var command = request.Until == long.MaxValue
            ? sent with { State = request.Attempt, Timeout = Timeout.InfiniteTimeSpan }
            : sent with { State = request.Attempt, Deadline = request.Until + localAhead };
        batch ??= new CommandBatch();
        batch.Add(command, RedisSessions.Takes(command) ? NewWaiter(request.Attempt) : request.TokenMayGo ? _tokenSink : _sink);
        if (!batch.IsFull) return;
        _node.Redis.Tell(batch);
        batch = null;
    }

    private void Send(long number, RemoteAnswer[] answers, bool isMissing = false)
    {
        if (_ended) return;
        var serving = _hasLapsed ? RemoteServing.Lapsed : _node.Serving;
        _remote.Tell(
            new AnswerFrame(_number, number, _outbox.Sent, _inbox.Taken, isMissing, _node.Now, serving, answers)
            {
                Clients = number == 0 ? _node.Clients : [],
            },
            _node.Service);
    }

    private void Answer(in RemoteAnswer answer)
    {
        var fitting = _remote is IInternalActorRef { IsLocal: true } || SizeOf(answer) <= _node.MaxMessageBytes ? answer : TooLarge(answer);
        lock (_lock)
        {
            _gathered.Add(fitting);
            if (_flushPlanned) return;
            _flushPlanned = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>It ran, and its reply cannot go to the node that asked.</summary>
    private RemoteAnswer TooLarge(in RemoteAnswer answer) => answer.Kind == RemoteAnswerKind.Applied
        ? answer with { Value = RespValue.Error(_node.TooLarge("the reply of the server", SizeOf(answer))) }
        : answer with { Message = _node.TooLarge("the error", SizeOf(answer)), ServerError = null };

    private void OnAnswer(object message)
    {
        switch (message)
        {
            case RedisReply { State: long attempt } reply:
                Answer(new RemoteAnswer(attempt, RemoteAnswerKind.Applied, reply.Value));
                break;
            case Status.Failure { Cause: RedisOutcomeException { State: long attempt, Outcome: Outcome.NotSent } } when _hasLapsed:
                Answer(new RemoteAnswer(attempt, RemoteAnswerKind.Returned));
                break;
            case Status.Failure { Cause: RedisOutcomeException { State: long attempt } failure }:
                Answer(new RemoteAnswer(attempt, KindOf(failure.Outcome), Message: failure.Message, ServerError: failure.ServerError));
                break;
        }
    }

    private static RemoteAnswerKind KindOf(Outcome outcome) => outcome switch
    {
        Outcome.Rejected => RemoteAnswerKind.Rejected,
        Outcome.NotSent => RemoteAnswerKind.NotSent,
        _ => RemoteAnswerKind.Unknown,
    };

    private Waiter NewWaiter(long attempt)
    {
        var waiter = new Waiter(this, attempt);
        bool ended;
        lock (_lock)
        {
            _waiters.Add(waiter);
            ended = _ended;
        }

        if (ended) waiter.GiveUp();
        return waiter;
    }

    /// <summary>The sender of the commands. It is no actor: what it is told is in the next frame without a trip through a mailbox.</summary>
    private class Sink(ServingSession session) : MinimalActorRef, ICancellableSender
    {
        public override ActorPath Path => session._node.Service.Path / "answers";

        public override IActorRefProvider Provider => session._node.Provider;

        protected ServingSession Session => session;

        public virtual bool TryClaim() => session.MayStart();

        protected override void TellInternal(object message, IActorRef sender) => session.OnAnswer(message);
    }

    /// <summary>The sender of commands whose tokens nobody else knows.</summary>
    private sealed class TokenSink(ServingSession session) : Sink(session), ITokenHolder
    {
        public void TokenMayGo(object? state, HeldToken token)
        {
            lock (Session._lock)
            {
                if (state is long attempt) Session._tokens[attempt] = token;
            }
        }
    }

    /// <summary>The sender of a command that blocks, which ends when its <see cref="RemoteRedis"/> is gone.</summary>
    private sealed class Waiter(ServingSession session, long attempt) : Sink(session), ICancellableSender
    {
        private readonly Lock _lock = new();
        private Action? _whenGivenUp;
        private bool _hasGivenUp;
        private bool _isAnswered;

        /// <summary>Whoever does not start it says nothing of it.</summary>
        public override bool TryClaim()
        {
            var mayStart = base.TryClaim();
            lock (_lock)
            {
                if (_hasGivenUp || mayStart) return !_hasGivenUp;
                _hasGivenUp = true;
            }

            lock (Session._lock) Session._waiters.Remove(this);
            Session.Answer(new RemoteAnswer(attempt, RemoteAnswerKind.Returned));
            return false;
        }

        public void WhenGivenUp(Action act)
        {
            lock (_lock)
            {
                _whenGivenUp = act;
                if (!_hasGivenUp) return;
            }

            act();
        }

        public bool TryTake(RedisReply reply, IActorRef redis)
        {
            lock (_lock)
            {
                if (_hasGivenUp) return false;
                _isAnswered = true;
            }

            TellInternal(reply, redis);
            return true;
        }

        public void GiveUp()
        {
            Action? act;
            lock (_lock)
            {
                if (_isAnswered) return;
                _hasGivenUp = true;
                act = _whenGivenUp;
            }

            act?.Invoke();
        }

        protected override void TellInternal(object message, IActorRef sender)
        {
            lock (Session._lock) Session._waiters.Remove(this);
            base.TellInternal(message, sender);
        }
    }
}
