using RedisActors.Sessions;
using StackExchange.Redis;

namespace RedisActors.Simulation.Sessions;

/// <summary>
/// One schedule: users that pop from lists and wait, some of whom give up, over sessions that are lost and end at any moment. The pool and
/// the waits are the library's own; what the actor <c>RedisSessions</c> does between them is done here, message by message.
/// </summary>
internal sealed class SessionsRun : ISessionPoolOwner
{
    private const int Milliseconds = 1000;
    private const long Slice = 50;
    private const long Grace = 300;
    private const long FaultsUntil = 4000 * Milliseconds;
    private const long Tick = 20 * Milliseconds;
    private static readonly string[] KeyNames = ["a", "b"];

    private readonly VirtualTime _time = new();
    private readonly Chance _chance;
    private readonly SessionMutation _mutation;
    private readonly Action<string>? _trace;
    private readonly SessionsServer _server;
    private readonly SessionPool _pool;
    private readonly int _max;
    private readonly long _idle;
    private readonly List<User> _users = [];
    private readonly Dictionary<ISessionUser, User> _waiting = [];
    private readonly Dictionary<Session, Lane> _lanes = [];
    private readonly List<long> _delivered = [];
    private long _pushed;
    private int _unaccounted;
    private bool _ticks;

    private SessionsRun(int seed, SessionMutation mutation, Action<string>? trace)
    {
        _chance = new Chance(seed);
        _mutation = mutation;
        _trace = trace;
        _server = new SessionsServer(_time, mutation);
        _max = _chance.Between(1, 4);
        _idle = _chance.Pick<long>([0, 30, 500]);
        _pool = new SessionPool(mutation == SessionMutation.SessionsUnbounded ? _max + 1 : _max, _idle, this);
    }

    /// <summary>What did not hold; null: all did.</summary>
    public static string? Go(int seed, SessionMutation mutation = SessionMutation.None, Action<string>? trace = null)
    {
        var run = new SessionsRun(seed, mutation, trace);
        try
        {
            run.Go();
            return null;
        }
        catch (Violation violation)
        {
            return violation.Message;
        }
    }

    void ISessionPoolOwner.Open(Session session)
    {
        Trace($"opens session {session.Number} to database {session.Place.Database}");
        var lane = _lanes[session] = new Lane(session);
        _time.After(_chance.UpTo(20), () => Connect(lane));
        Require(_lanes.Count <= _max, $"{_lanes.Count} sessions, and {_max} are allowed");
    }

    void ISessionPoolOwner.Close(Session session)
    {
        Trace($"closes session {session.Number}");
        Require(session.User is null, $"session {session.Number} is closed, and has a user");
        var lane = _lanes[session];
        _time.After(_chance.UpTo(5), () => EndLane(lane));
    }

    void ISessionPoolOwner.Grant(Session session, ISessionUser who)
    {
        if (!_waiting.TryGetValue(who, out var user)) throw new Violation($"session {session.Number} is given to a user that has gone");
        Trace($"user {user.Number} gets session {session.Number}");
        var lane = _lanes[session];
        Require(lane.Holder is null, $"session {session.Number} is given to user {user.Number}, and user {lane.Holder?.Number} has it");
        Require(session.Place == who.Place, $"user {user.Number} gets a session to another database");
        foreach (var other in _users.Where(other => other.IsQueued && other != user && other.Wait.Place == who.Place))
        {
            Require(other.QueuedAs > user.QueuedAs, $"user {user.Number} gets a session before user {other.Number}, who came earlier");
        }

        user.IsQueued = false;
        user.Session = session;
        lane.Holder = user;
        Do(user, user.Wait.OnSession(Now));
    }

    private long Now => _time.NowMilliseconds;

    private void Go()
    {
        for (var i = _chance.Between(1, 12); i > 0; i--) _time.After(_chance.Spread(0, 2500), Arrive);
        for (var i = _chance.Between(1, 15); i > 0; i--) _time.After(_chance.Spread(0, 3500), Push);
        for (var i = _chance.Between(0, 6); i > 0; i--) _time.After(_chance.Spread(0, 3500), Fault);

        while (_time.Step()) Check();

        foreach (var user in _users) Require(user.IsTold || user.HasGivenUp, $"user {user.Number} was never answered");
        Require(_lanes.Count == 0, $"{_lanes.Count} sessions are open, and nobody needs them");
        Require(_pool.Count == 0, "the pool counts sessions that have ended");
        var there = _server.Elements.Concat(_delivered).ToList();
        Require(there.Count == there.Distinct().Count(), "an element is there twice, or was delivered and is there");
        Require(_pushed - there.Count <= _unaccounted, $"{_pushed - there.Count} elements are lost, and {_unaccounted} users were told Unknown");
    }

    private void Check()
    {
        foreach (var user in _users)
        {
            Require(
                user.IsTold || user.HasGivenUp || user.Wait.Deadline == long.MaxValue || Now <= user.Wait.Deadline + Grace,
                $"user {user.Number} was to be answered until {user.Wait.Deadline}");
            Require(
                user.IsTold || user.HasGivenUp || user.LastSlice is null || Now <= user.LastSlice + Slice + Grace,
                $"the connection of user {user.Number} blocks for longer than a slice");
        }

        foreach (var user in _users.Where(user => user.IsQueued))
        {
            Require(
                _pool.Count >= _max && !_pool.Sessions.Any(session => session.User is null && !session.IsClosing && session.Place == user.Wait.Place),
                $"user {user.Number} waits, and there is a session for it");
        }
    }

    private void Arrive()
    {
        var database = _chance.Between(0, 1);
        RedisValue[] keys = _chance.Of(0.3) ? [KeyNames[0], KeyNames[1]] : [_chance.Pick(KeyNames)];
        var seconds = _chance.Pick<double>([0, 0.03, 0.2, 1]);
        var timeout = _chance.Pick<long>([20, 100, 400, 2000]);
        var delivery = _chance.Pick([DeliveryMode.AtMostOnce, DeliveryMode.WhenSafe, DeliveryMode.AtLeastOnce, DeliveryMode.ExactlyOnce]);
        var command = new RedisCommand("BLPOP", [.. keys, seconds]);
        var slice = _mutation == SessionMutation.SliceUnbounded ? 100_000 : Slice;
        var user = new User(_users.Count + 1, new BlockingWait(command, delivery, Now + timeout, slice) { Place = new SessionPlace(database, 0) }, delivery)
        {
            BlocksFor = seconds == 0 ? null : (long)(seconds * 1000),
        };
        _users.Add(user);
        _waiting[user.Wait] = user;
        Trace($"user {user.Number} comes: {delivery}, database {database}, {string.Join(' ', keys)} {seconds}, at most {timeout} ms");
        if (_chance.Of(0.35)) _time.After(_chance.UpTo(timeout * 1.2), () => GiveUp(user));
        Do(user, user.Wait.Begin(Now));
    }

    private void Push()
    {
        var elements = Enumerable.Range(0, _chance.Between(1, 3)).Select(_ => ++_pushed).ToList();
        var (database, key) = (_chance.Between(0, 1), _chance.Pick(KeyNames));
        Trace($"{string.Join(' ', elements)} are pushed to {key} of database {database}");
        _server.Push(database, key, elements);
    }

    private void Fault()
    {
        if (_lanes.Count == 0) return;
        var lane = _chance.Pick([.. _lanes.Values]);
        if (_chance.Of(0.3)) EndLane(lane);
        else LoseLink(lane);
    }

    private void Connect(Lane lane)
    {
        if (lane.HasEnded) return;
        lane.Connection = new object();
        foreach (var request in lane.TakeWaiting()) Transmit(lane, request);
    }

    /// <summary>What was sent may have been executed: whether it is sent again depends on what its sender allows.</summary>
    private void LoseLink(Lane lane)
    {
        if (lane.Connection is not { } connection) return;
        Trace($"the connection of session {lane.Session.Number} is lost");
        lane.Connection = null;
        _time.After(_chance.UpTo(10), () => _server.Disconnect(connection));
        foreach (var request in lane.TakeInFlight())
        {
            var wasSent = request.HasArrived || _chance.Of(0.5);
            if (!wasSent || request.MayBeRepeated(_mutation))
            {
                if (request.Takes && wasSent && request.Command.Delivery == DeliveryMode.AtLeastOnce) _unaccounted++;
                lane.Wait(request);
            }
            else Fail(request, Outcome.Unknown);
        }

        _time.After(_chance.UpTo(60), () => Connect(lane));
    }

    private void EndLane(Lane lane)
    {
        if (lane.HasEnded) return;
        Trace($"session {lane.Session.Number} ends");
        lane.HasEnded = true;
        if (lane.Connection is { } connection) _server.Disconnect(connection);
        foreach (var request in lane.TakeInFlight()) Fail(request, Outcome.Unknown);
        foreach (var request in lane.TakeWaiting()) Fail(request, Outcome.NotSent);
        _time.After(0, () =>
        {
            _lanes.Remove(lane.Session);
            if (lane.Session.User is BlockingWait wait && _waiting.TryGetValue(wait, out var user)) user.Session = null;
            if (_mutation != SessionMutation.EndOfSessionUnheard) _pool.Ended(lane.Session, Now);
        });
    }

    private void Do(User user, WaitStep step)
    {
        switch (step)
        {
            case WaitStep.AskSession ask when user.Session is { } session:
                user.IsAsking = true;
                user.LastSlice = Now;
                Ask(_lanes[session], new Request(user, ask.Command));
                break;
            case WaitStep.AskSession { IsOptional: true }:
                if (!_pool.TryTake(user.Wait, Now)) Do(user, user.Wait.OnNoSession());
                break;
            case WaitStep.NeedSession when user.Session is not null:
                Do(user, user.Wait.OnSession(Now));
                break;
            case WaitStep.NeedSession or WaitStep.AskSession:
                user.IsQueued = true;
                user.QueuedAs = ++_queued;
                _pool.Request(user.Wait, Now);
                break;
            case WaitStep.AskShared ask:
                user.IsAsking = true;
                AskShared(user, ask.Command);
                break;
            case WaitStep.Pause pause:
                _time.After(pause.Time * Milliseconds, () =>
                {
                    if (_waiting.ContainsKey(user.Wait)) Do(user, user.Wait.OnPaused(Now));
                });
                break;
            case WaitStep.Reply reply:
                Reply(user, reply.Value);
                break;
            case WaitStep.Fail fail:
                Trace($"user {user.Number}: {fail.Outcome}");
                if (fail.Outcome == Outcome.Unknown) _unaccounted++;
                Require(
                    fail.Outcome != Outcome.Unknown || user.Delivery is not DeliveryMode.ExactlyOnce, $"user {user.Number} asked for exactly-once, and was told Unknown");
                Told(user);
                Forget(user);
                break;
        }

        PlanTick();
    }

    private int _queued;

    private void Reply(User user, RespValue value)
    {
        Trace($"user {user.Number}: {value}{(user.HasGivenUp ? ", and has given up" : string.Empty)}");
        if (user.HasGivenUp)
        {
            if (user.Wait.Undo(value) is { } undo && _mutation != SessionMutation.TakenNotPutBack)
            {
                var (database, key, elements) = (user.Wait.Place.Database, (string)undo.Arguments[0]!, undo.Arguments.Skip(1).Select(element => (long)element).ToList());
                _time.After(_chance.UpTo(20), () => _server.PutBack(database, key, elements));
            }

            if (_mutation == SessionMutation.TakenAndPutBack && !value.IsNull) _delivered.Add(value.AsArray()[1].AsInt64());
        }
        else
        {
            if (!value.IsNull) _delivered.Add(value.AsArray()[1].AsInt64());
            else if (user.BlocksFor is { } time && user.FirstSlice is { } first)
            {
                Require(Now >= Math.Min(first + time, user.Wait.Deadline), $"user {user.Number} was told that there is nothing before its time was over");
            }

            Told(user);
        }

        Forget(user);
    }

    private void GiveUp(User user)
    {
        if (user.IsTold || user.HasGivenUp) return;
        Trace($"user {user.Number} gives up");
        user.HasGivenUp = true;
        user.Wait.End();
        if (!user.IsAsking) Forget(user);
        else if (user.Session is { } session && _lanes[session].Connection is { } connection) _time.After(_chance.UpTo(5), () => _server.Unblock(connection));
    }

    private void Forget(User user)
    {
        _waiting.Remove(user.Wait);
        if (_mutation != SessionMutation.QueueNotLeft)
        {
            _pool.Withdraw(user.Wait);
            user.IsQueued = false;
        }

        if (user.Session is not { } session) return;
        user.Session = null;
        _lanes[session].Holder = null;
        if (_mutation != SessionMutation.SessionNotReturned || !user.HasGivenUp) _pool.Release(session, Now);
    }

    private void Told(User user)
    {
        Require(!user.IsTold, $"user {user.Number} is told twice");
        user.IsTold = true;
    }

    private void Ask(Lane lane, Request request)
    {
        request.User.FirstSlice ??= Now;
        Require(lane.Holder == request.User || _mutation == SessionMutation.None, "a session is used by somebody else");
        if (lane.HasEnded) Fail(request, Outcome.NotSent); // by whoever answers for actors that have stopped
        else if (lane.Connection is null) lane.Wait(request);
        else Transmit(lane, request);

        // What is not answered in time is told so by the lane.
        _time.After((long)request.Command.Timeout!.Value.TotalMilliseconds * Milliseconds, () =>
        {
            if (lane.Forget(request)) Fail(request, request.HasArrived || request.WasTransmitted ? Outcome.Unknown : Outcome.NotSent);
        });
    }

    private void Transmit(Lane lane, Request request)
    {
        var connection = lane.Connection!;
        lane.Fly(request);
        request.WasTransmitted = true;
        _time.After(_chance.UpTo(8), () =>
        {
            if (lane.HasEnded || lane.Connection != connection) return;
            request.HasArrived = true;
            _server.Block(connection, lane.Session.Place.Database, request.Keys, request.Takes, request.BlockTime, reply => _time.After(_chance.UpTo(8), () =>
            {
                // Of a lost connection nothing comes any more.
                if (lane.Connection == connection && lane.Forget(request)) OnReply(request.User, reply);
            }));
        });
    }

    /// <summary>The shared connection loses replies too, and finds them again by the token.</summary>
    private void AskShared(User user, RedisCommand command)
    {
        user.FirstSlice ??= Now;
        var database = user.Wait.Place.Database;
        _time.After(_chance.UpTo(8), () =>
        {
            string[] keys = [.. command.Arguments.Select(key => (string)key!)];
            RespValue reply;
            if (command.Name == "EXISTS") reply = RespValue.Integer(_server.Exists(database, keys) ? 1 : 0);
            else
            {
                reply = _server.Pop(database, keys[0]);
                if (_mutation == SessionMutation.PopTokenIgnored && _chance.Of(0.2)) reply = _server.Pop(database, keys[0]);
            }

            _time.After(_chance.UpTo(_chance.Of(0.1) ? 100 : 8), () => OnReply(user, reply));
        });
    }

    private void OnReply(User user, RespValue reply)
    {
        if (!_waiting.ContainsKey(user.Wait)) return;
        user.IsAsking = false;
        user.LastSlice = null;
        Do(user, user.Wait.OnReply(reply, _mutation == SessionMutation.BlockTimeForgotten ? Math.Min(Now, user.FirstSlice ?? Now) : Now));
    }

    private void Fail(Request request, Outcome outcome)
    {
        var user = request.User;
        _time.After(0, () =>
        {
            if (!_waiting.ContainsKey(user.Wait)) return;
            user.IsAsking = false;
            user.LastSlice = null;
            Do(user, user.Wait.OnFailure(new RedisOutcomeException(outcome, request.Command, $"{request.Command.Name}: simulated"), Now));
        });
    }

    private void OnTick()
    {
        _ticks = false;
        if (_mutation != SessionMutation.QueueDeadlineIgnored)
        {
            foreach (var who in _pool.Expire(Now))
            {
                if (_waiting.TryGetValue(who, out var user)) Do(user, new WaitStep.Fail(Outcome.NotSent, "no session"));
            }
        }

        if (_mutation == SessionMutation.SessionSharedByTwo && _pool.Sessions.FirstOrDefault(session => session.User is not null && !session.IsClosing) is { } taken && _pool.Waiting > 0)
        {
            _pool.Release(taken, Now);
        }

        if (_mutation != SessionMutation.IdleSessionKept) _pool.CloseIdle(Now);
        PlanTick();
    }

    private void PlanTick()
    {
        if (_ticks || (_pool.Count == 0 && _pool.Waiting == 0) || _time.Now > 3 * FaultsUntil) return;
        _ticks = true;
        _time.After(Tick, OnTick);
    }

    private void Require(bool holds, string what)
    {
        if (!holds) throw new Violation(what);
    }

    private void Trace(string text) => _trace?.Invoke($"{_time.Now / 1000.0,9:F1} ms  {text}");

    private sealed class User(int number, BlockingWait wait, DeliveryMode delivery)
    {
        public int Number => number;

        public BlockingWait Wait => wait;

        public DeliveryMode Delivery => delivery;

        public long? BlocksFor { get; init; }

        public Session? Session { get; set; }

        public bool IsQueued { get; set; }

        public int QueuedAs { get; set; }

        public bool IsAsking { get; set; }

        public bool HasGivenUp { get; set; }

        public bool IsTold { get; set; }

        public long? FirstSlice { get; set; }

        public long? LastSlice { get; set; }
    }

    private sealed class Request(User user, RedisCommand command)
    {
        public User User => user;

        public RedisCommand Command => command;

        public bool WasTransmitted { get; set; }

        public bool HasArrived { get; set; }

        public bool Takes => command.Name == "BLPOP";

        public string[] Keys => Takes ? [.. command.Arguments.SkipLast(1).Select(key => (string)key!)] : [(string)command.Arguments[0]!];

        public long BlockTime => (long)((double)command.Arguments[^1] * 1_000_000);

        public bool MayBeRepeated(SessionMutation mutation) =>
            command.ReplayClass == ReplayClass.ReadOnly || command.Delivery == DeliveryMode.AtLeastOnce || mutation == SessionMutation.LostSliceRepeated;
    }

    /// <summary>A session's lane: what was sent over it, and what waits for its connection.</summary>
    private sealed class Lane(Session session)
    {
        private readonly List<Request> _inFlight = [];
        private readonly List<Request> _waiting = [];

        public Session Session => session;

        public object? Connection { get; set; }

        public bool HasEnded { get; set; }

        public User? Holder { get; set; }

        public void Fly(Request request) => _inFlight.Add(request);

        public void Wait(Request request) => _waiting.Add(request);

        public bool Forget(Request request) => _inFlight.Remove(request) || _waiting.Remove(request);

        public List<Request> TakeInFlight() => Take(_inFlight);

        public List<Request> TakeWaiting() => Take(_waiting);

        private static List<Request> Take(List<Request> requests)
        {
            List<Request> taken = [.. requests];
            requests.Clear();
            return taken;
        }
    }
}
