using RedisActors.ExactlyOnce;
using RedisActors.Backoff;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.Supervision;

namespace RedisActors.Simulation;

/// <summary>
/// <see cref="RedisSupervisor"/> and its connection actors without Akka: the real <see cref="SupervisorMachine"/>, its effects executed
/// in virtual time, and a mailbox that is worked off when its turn comes. A connection ends the former one on the server and
/// loads the script before it is verified.
/// </summary>
internal sealed class SupervisorModel
{
    private const double ConnectTimeout = 1500;
    private const long FenceAgain = 20_000;

    private readonly VirtualTime _time;
    private readonly Chance _chance;
    private readonly Plan _plan;
    private readonly Account _account;
    private readonly ModelServer _server;
    private readonly CommandActorModel _actor;
    private readonly Mutation _mutation;
    private readonly SupervisorMachine _machine;
    private readonly SupervisorChecks _checks = new();
    private readonly Dictionary<object, int> _timers = [];
    private readonly Queue<Action> _mailbox = new();
    private SupervisorState? _state;
    private Attempt? _attempt;
    private int _instance;
    private int _lastTimer;
    private bool _stopped;

    public SupervisorModel(
        VirtualTime time, Chance chance, Plan plan, Account account, ModelServer server, CommandActorModel actor, Mutation mutation)
    {
        _time = time;
        _chance = chance;
        _plan = plan;
        _account = account;
        _server = server;
        _actor = actor;
        _mutation = mutation;
        _machine = new SupervisorMachine
        {
            Connection = "default",
            Target = "simulated:1",
            Plan = new ReconnectPlan(
                new ExponentialBackoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1), 2, 1),
                new RateLimit(plan.MaxRestarts, TimeSpan.FromHours(1)),
                lastsAfter: TimeSpan.FromSeconds(1),
                resetAfter: TimeSpan.FromSeconds(10)),
            PollInterval = plan.PollInterval,
            MisconfiguredRetryAfter = TimeSpan.FromSeconds(5),
            CommandsWhenMisconfigured = WhenMisconfigured.Wait,
            WhenSpent = WhenRestartsSpent.Stop,
            EscalateAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>The link that commands go over at this moment.</summary>
    public SimulatedLink? Current => _state switch
    {
        SupervisorState.Ready ready => (SimulatedLink)ready.Link,
        SupervisorState.Leaving leaving => (SimulatedLink?)leaving.Link,
        _ => null,
    };

    public void Start()
    {
        if (_stopped) return;
        Apply(this, _machine.Begin());
        if (_mailbox.Count > 0) HandleNext();
    }

    /// <summary>An event, which is handled a little later.</summary>
    public void Tell(object @event) => Post(() => On(@event));

    /// <summary>The supervisor and the command actor fail, and others go on in their place, with the same memory and mailboxes.</summary>
    public void Fail()
    {
        if (_stopped || _state is null) return;
        _account.Trace?.Invoke("supervisor: fails and is restarted");
        _instance++;
        _timers.Clear();
        _attempt?.Forget();
        _attempt = null;
        _actor.Restart();
        if (_mutation == Mutation.MemoryForgotten)
        {
            _checks.OnEvent(new SupervisorRestarted("a defect"));
            Apply(this, _machine.Begin());
        }
        else
        {
            On(new SupervisorRestarted("a defect"));
        }
    }

    public void Stop()
    {
        _stopped = true;
        _state = null;
        _timers.Clear();
    }

    /// <summary>Messages are handled one at a time, in their order, a little later.</summary>
    private void Post(Action message)
    {
        _mailbox.Enqueue(message);
        if (_mailbox.Count == 1 && (_state is not null || _stopped)) _time.After(_chance.UpTo(1), HandleNext);
    }

    private void HandleNext()
    {
        if (!_stopped) _mailbox.Peek()();
        _mailbox.Dequeue();
        if (_mailbox.Count > 0) _time.After(_chance.UpTo(0.2), HandleNext);
    }

    private void On(object @event)
    {
        _checks.OnEvent(@event);
        var spread = _chance.Of(0.3) ? TimeSpan.FromMilliseconds(_chance.Between(1, 50)) : TimeSpan.Zero;
        var isIgnored = _mutation == Mutation.OrderIgnoredWhileLeaving
            && _state is SupervisorState.Leaving && @event is ForceReconnect or ResumeConnection or PauseConnection;
        var step = isIgnored
            ? new SupervisorStep(_state!)
            : _machine.On(_state!, @event, new Moment(TimeSpan.FromMicroseconds(_time.Now), _chance.Fraction, spread));
        Apply(@event, step);
    }

    private void Apply(object @event, SupervisorStep step)
    {
        if (_state?.GetType() != step.State.GetType()) _account.Trace?.Invoke($"supervisor: {step.State.GetType().Name}, epoch {step.State.History.Epoch}");
        _state = step.State;
        foreach (var effect in step.Effects)
        {
            if (_mutation == Mutation.LinkDownForgotten && effect is SupervisorEffect.TellCommands { Message: LinkDown }) continue;
            if (_mutation == Mutation.WaitForgotten && effect is SupervisorEffect.StartTimer { Event: BackoffElapsed }) continue;
            _checks.OnEffect(effect);
            Execute(effect);
        }

        _checks.OnStep(@event, _state);
    }

    private void Execute(SupervisorEffect effect)
    {
        switch (effect)
        {
            case SupervisorEffect.StartConnection start:
                if (_attempt is { IsOver: false }) throw new Violation($"connection {start.Epoch} starts while the former one is still open");
                _attempt = new Attempt(this, start);
                break;
            case SupervisorEffect.StopConnection:
                _attempt!.Stop();
                break;
            case SupervisorEffect.TellCommands tell:
                _actor.Tell(tell.Message);
                break;
            case SupervisorEffect.StartTimer start:
                StartTimer(start.Event, start.Delay);
                break;
            case SupervisorEffect.CancelTimers:
                _timers.Clear();
                break;
            case SupervisorEffect.PollServer poll:
                var answers = !_server.IsDown && !_server.IsStalled;
                _time.After(_chance.UpTo(5), () => Tell(new ServerPolled(poll.Epoch, answers)));
                break;
        }
    }

    /// <summary>The event of a timer that was cancelled after it went into the mailbox is not handled either.</summary>
    private void StartTimer(object @event, TimeSpan delay)
    {
        var timer = _timers[@event] = ++_lastTimer;
        _time.After((long)delay.TotalMicroseconds, () => Post(() =>
        {
            if (_timers.GetValueOrDefault(@event) != timer) return;
            _timers.Remove(@event);
            On(@event);
        }));
    }

    /// <summary>A connection actor.</summary>
    private sealed class Attempt
    {
        private readonly SupervisorModel _supervisor;
        private readonly SupervisorEffect.StartConnection _start;
        private readonly SimulatedLink? _link;
        private readonly ModelConnection? _connection;
        private bool _established;

        public Attempt(SupervisorModel supervisor, SupervisorEffect.StartConnection start)
        {
            _supervisor = supervisor;
            _start = start;
            _connection = supervisor._server.Connect();
            if (_connection is null)
            {
                Soon(() => End("connection refused", serverWasSilent: true));
                return;
            }

            _link = new SimulatedLink(
                (int)start.Epoch, supervisor._time, supervisor._chance, supervisor._account, supervisor._mutation, _connection, supervisor._plan)
            {
                Lost = cause => End(cause),
            };
            supervisor._time.After(VirtualTime.Milliseconds(ConnectTimeout), () =>
            {
                if (!_established) _link.Break("the attempt took too long");
            });
            if (start.Unfenced is { } former && supervisor._mutation != Mutation.FenceOmitted) RaiseFence(former);
            else LoadScript();
        }

        public bool IsOver { get; private set; }

        /// <summary>The supervisor wants it to end.</summary>
        public void Stop()
        {
            if (_supervisor._mutation == Mutation.StopNotAwaited) Stopped(new ConnectionStopped("it was stopped"));
            else Soon(() => End("it was stopped"));
        }

        /// <summary>Its supervisor has failed, and it ends before the next one starts.</summary>
        public void Forget()
        {
            IsOver = true;
            _link?.Dispose();
        }

        private void RaiseFence(ClientIdentity former) => _link!.Send(new SimulatedQuery("CLIENT", ["KILL", "ID", (int)former.Id], reply =>
        {
            if (reply is { Kind: RespKind.Error } && _supervisor._mutation != Mutation.FenceRefusalIgnored)
            {
                _supervisor._time.After(FenceAgain, () => RaiseFence(former));
            }
            else if (reply is not null)
            {
                LoadScript();
            }
        }));

        private void LoadScript() => _link!.Send(new SimulatedQuery("SCRIPT", ExactlyOnceScript.Load().Arguments, reply =>
        {
            if (reply is null || IsOver) return;
            _established = true;
            _supervisor.Tell(new LinkVerified(_start.Epoch, _link));
        }));

        private void End(string cause, bool serverWasSilent = false)
        {
            if (IsOver) return;
            IsOver = true;
            _link?.Dispose();
            Stopped(new ConnectionStopped(cause) { ServerWasSilent = serverWasSilent });
        }

        /// <summary>A supervisor does not watch the connection of the one before it.</summary>
        private void Stopped(ConnectionStopped stopped)
        {
            var instance = _supervisor._instance;
            _supervisor.Post(() =>
            {
                if (_supervisor._instance == instance) _supervisor.On(stopped);
            });
        }

        private void Soon(Action action) => _supervisor._time.After(_supervisor._chance.UpTo(2), action);
    }
}
