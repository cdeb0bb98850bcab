using Akka.Actor;
using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// What a connection has said between <c>MULTI</c> and <c>EXEC</c>, and which keys it watches. It all becomes one
/// <see cref="RedisTransaction"/>: nothing of it reaches a server before <c>EXEC</c>.
/// </summary>
/// <remarks>
/// Of a watched key the server is asked for a digest of its content (of <c>DUMP</c>); that it is the same still is a condition of the
/// transaction. So a key that was written and has its former content again counts as unchanged, and a new expiry is no change.
/// </remarks>
internal sealed class DoorTransaction(FrontDoor door)
{
    private const string Aborted = "EXECABORT Transaction discarded because of previous errors.";
    private const string Digest = "return redis.sha1hex(redis.call('DUMP', KEYS[1]) or '')";

    private static readonly RespValue Ok = RespValue.SimpleString("OK");
    private static readonly RespValue Queued = RespValue.SimpleString("QUEUED");

    private readonly List<Watched> _watched = [];
    private readonly Queue<Action> _held = [];
    private readonly List<bool> _nullIsArray = [];
    private readonly List<int> _selections = [];
    private List<RedisCommand>? _members;
    private bool _isBroken;
    private bool _isHolding;

    /// <summary>Whether the request is part of a transaction, or waits until one has been sent.</summary>
    public bool Holds(DoorCommand command, RedisValue[] arguments)
    {
        if (_isHolding)
        {
            Hold(command, arguments);
            return true;
        }

        if (_members is null) return false;
        switch (command.Action)
        {
            case DoorAction.Multi or DoorAction.Exec or DoorAction.Discard or DoorAction.Watch or DoorAction.Quit or DoorAction.Reset:
                return false;
            case DoorAction.Select when door.IsSelected(arguments):
                _selections.Add(_nullIsArray.Count);
                _nullIsArray.Add(false);
                door.Answer(Queued);
                return true;
            case DoorAction.Unknown:
                _isBroken = true;
                door.AnswerUnknown(command);
                return true;
            case DoorAction.Subscribe or DoorAction.PSubscribe or DoorAction.SSubscribe
                or DoorAction.Unsubscribe or DoorAction.PUnsubscribe or DoorAction.SUnsubscribe
                or DoorAction.Auth or DoorAction.Hello or DoorAction.Select or DoorAction.Unwatch:
                _isBroken = true;
                door.Answer(RespValue.Error($"ERR {command.Name} is not possible within a transaction here"));
                return true;
            default:
                _members.Add(door.MemberOf(command, arguments));
                _nullIsArray.Add(command.NullIsArray);
                door.Answer(Queued);
                return true;
        }
    }

    /// <summary>Does what comes after all that waits until a transaction has been sent; now, if there is none.</summary>
    public void InTurn(Action act)
    {
        if (_isHolding)
        {
            _held.Enqueue(act);
            door.Replies.Hold(1);
        }
        else
        {
            act();
        }
    }

    /// <summary>What waits is not done.</summary>
    public void Forget()
    {
        door.Replies.Hold(-_held.Count);
        _held.Clear();
    }

    public void OnRequest(DoorCommand command, RedisValue[] arguments)
    {
        if (command.Action == DoorAction.Watch ? arguments.Length == 0 : arguments.Length > 0)
        {
            _isBroken = true;
            door.AnswerWrongNumber(command);
            return;
        }

        switch (command.Action)
        {
            case DoorAction.Multi when _members is not null:
                door.Answer(RespValue.Error("ERR MULTI calls can not be nested"));
                break;
            case DoorAction.Multi:
                _members = [];
                _isBroken = false;
                door.Answer(Ok);
                break;
            case DoorAction.Watch when _members is not null:
                door.Answer(RespValue.Error("ERR WATCH inside MULTI is not allowed"));
                break;
            case DoorAction.Watch:
                Watch(arguments);
                break;
            case DoorAction.Unwatch:
                _watched.Clear();
                door.Answer(Ok);
                break;
            case DoorAction.Discard when _members is null:
                door.Answer(RespValue.Error("ERR DISCARD without MULTI"));
                break;
            case DoorAction.Discard:
                Reset();
                door.Answer(Ok);
                break;
            case DoorAction.Exec when _members is null:
                door.Answer(RespValue.Error("ERR EXEC without MULTI"));
                break;
            default:
                Execute(_members!);
                break;
        }
    }

    /// <summary>There is no transaction, and nothing is watched.</summary>
    public void Reset()
    {
        _members = null;
        _isBroken = false;
        _nullIsArray.Clear();
        _selections.Clear();
        _watched.Clear();
    }

    // A method of its own: what it captures would cost each request something otherwise.
    private void Hold(DoorCommand command, RedisValue[] arguments) => InTurn(() =>
    {
        if (!Holds(command, arguments)) door.OnRequest(command, arguments);
    });

    private void Watch(RedisValue[] keys)
    {
        var reply = door.AddReply();
        var left = keys.Length;
        string? error = null;
        foreach (var key in keys)
        {
            var watched = new Watched(door.Replies.Provider, key);
            _watched.Add(watched);
            _ = watched.Answered.ContinueWith(
                _ =>
                {
                    if (watched.Error is { } failure) error = failure;
                    if (Interlocked.Decrement(ref left) == 0) reply.Complete(error is null ? Ok : RespValue.Error(error));
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            door.Tell(door.WithOptions(new RedisScript(Digest, [key]) { ReplayClass = ReplayClass.ReadOnly }), watched);
        }
    }

    private void Execute(List<RedisCommand> members)
    {
        var (broken, watched) = (_isBroken, _watched.ToArray());
        var shapes = members.ConvertAll(member => door.IsResp3 ? RespShapes.Of(member.Name, member.ArgumentArray) : null);
        foreach (var at in _selections) shapes.Insert(at, null);
        var reply = new ExecReply(door.Replies, door.FormOf(RespShape.Items([.. shapes]), nullIsArray: true), [.. _nullIsArray], [.. _selections]);
        Reset();
        if (broken)
        {
            door.Answer(RespValue.Error(Aborted));
            return;
        }

        door.Replies.Add(reply);
        var answers = Task.WhenAll(watched.Select(key => key.Answered));
        if (answers.IsCompleted)
        {
            Send(members, watched, reply);
            return;
        }

        // What is asked after this waits with it: the order of a connection's commands is that of its requests.
        _isHolding = true;
        answers.ContinueWith(
            _ => door.Resume(() =>
            {
                Send(members, watched, reply);
                GoOn();
            }),
            TaskScheduler.Default);
    }

    private void GoOn()
    {
        _isHolding = false;
        while (!_isHolding && _held.TryDequeue(out var next))
        {
            next();
            door.Replies.Hold(-1);
        }
    }

    private void Send(List<RedisCommand> members, Watched[] watched, ExecReply reply)
    {
        if (Array.Find(watched, key => key.Error is not null)?.Error is { } error)
        {
            reply.Complete(RespValue.Error($"EXECABORT Transaction discarded because a key could not be watched: {error}"));
        }
        else if (members.Count == 0)
        {
            reply.Answer(RespValue.Array());
        }
        else
        {
            door.Tell(door.WithOptions(new RedisTransaction([.. members]) { Conditions = [.. watched.Select(key => key.IsUnchanged())] }), reply);
        }
    }

    /// <param name="replies">The replies of the connection.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="nullIsArray">Of each reply within: see <see cref="DoorReply.ItemsNullIsArray"/>.</param>
    /// <param name="selections">Where <c>SELECT</c> of the database that is selected stood, which no server is told.</param>
    private sealed class ExecReply(DoorReplies replies, ReplyForm form, bool[] nullIsArray, int[] selections) : FormedReply(replies, form)
    {
        public override ReadOnlySpan<bool> ItemsNullIsArray => nullIsArray;

        /// <summary>Fills the place with the replies of the members, and with one for each <c>SELECT</c>.</summary>
        public void Answer(in RespValue replies)
        {
            var items = replies.AsArray().ToBuilder();
            foreach (var at in selections) items.Insert(at, Ok);
            Complete(RespValue.Array([.. items]));
        }

        protected override void TellInternal(object message, IActorRef sender)
        {
            // What does not fit the commands is passed on as it is.
            if (message is RedisReply { Value: { Kind: RespKind.Array } replies } && replies.AsArray().Length + selections.Length == nullIsArray.Length) Answer(replies);
            else base.TellInternal(message, sender);
        }

        /// <summary>What the server refuses of a transaction, it refuses of all its commands: in its words, and then why.</summary>
        protected override void OnFailure(string error) => Complete(RespValue.Error(
            OutcomeText.IsOutcome(error) || error.StartsWith("EXECABORT", StringComparison.Ordinal) ? error : $"{Aborted} {error}"));
    }

    /// <summary>A key, and the digest of its content, when the server has told it.</summary>
    private sealed class Watched(IActorRefProvider provider, RedisValue key) : PromiseRef
    {
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private RedisValue _digest;

        public override IActorRefProvider Provider => provider;

        public string? Error { get; private set; }

        public Task Answered => _answered.Task;

        public override bool IsCompleted => _answered.Task.IsCompleted;

        public RedisCondition IsUnchanged() => RedisCondition.Unchanged(key, _digest);

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is RedisReply { Value.Kind: RespKind.BulkString } reply) _digest = reply.Value.AsRedisValue();
            else Error = message is Status.Failure failure ? OutcomeText.Of(failure.Cause) : $"ERR unexpected {message?.GetType().Name}";
            if (_answered.TrySetResult()) Unregister();
        }
    }
}
