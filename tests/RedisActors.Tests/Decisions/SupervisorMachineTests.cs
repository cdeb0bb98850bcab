using System.Runtime.CompilerServices;
using Akka.Actor;
using RedisActors.Backoff;
using RedisActors.Commands;
using RedisActors.Connection;
using RedisActors.Simulation;
using RedisActors.Supervision;
using static RedisActors.Supervision.SupervisorEffect;
using static RedisActors.Supervision.SupervisorState;

namespace RedisActors.Tests.Decisions;

/// <summary>What the supervisor promises, after whatever has happened in whatever order.</summary>
public sealed class SupervisorMachineTests
{
    private const int Seeds = 20_000;
    private const int EventsPerSeed = 60;

    [Fact]
    public void Whatever_happens_the_last_order_holds_and_there_is_one_connection_at_a_time_and_links_are_told_in_pairs()
    {
        var seen = new HashSet<Type>();
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var run = new RandomRun(seed);
            run.Check(() =>
            {
                for (var i = 0; i < EventsPerSeed; i++)
                {
                    run.HappenAtRandom();
                    seen.Add(run.State.GetType());
                }
            });
        }

        Assert.Equal(
            ["BackingOff", "Connecting", "GaveUp", "Leaving", "Ready", "Suspended"], seen.Select(state => state.Name).Order());
    }

    [Fact]
    public void From_wherever_it_is_it_is_ready_soon_when_it_is_told_to_and_the_server_is_there()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var run = new RandomRun(seed);
            run.Check(() =>
            {
                for (var i = seed % EventsPerSeed; i > 0; i--) run.HappenAtRandom();
                run.Happen(seed % 2 == 0 ? ResumeConnection.Instance : new ForceReconnect("it is back"));
                for (var i = 0; i < 10 && run.State is not Ready; i++) run.GoOn();
                if (run.State is not Ready) throw new Violation($"it stays {run.State.GetType().Name}");
            });
        }
    }

    [Fact]
    public void How_long_it_was_away_counts_from_the_loss_whatever_lies_between()
    {
        var run = new RandomRun(seed: 1);
        run.GoOn();
        run.Happen(new ConnectionStopped("the socket closed"), at: 10);
        run.Happen(new PauseConnection("maintenance"), at: 11);
        run.Happen(new SupervisorRestarted("a defect"), at: 12);
        run.Happen(ResumeConnection.Instance, at: 20);

        var ready = run.Happen(run.Verified(), at: 25).OfType<Announce>().Select(told => told.Change).OfType<RedisReady>().Single();

        Assert.Equal(TimeSpan.FromSeconds(15), ready.Away);
    }

    [Fact]
    public void The_connection_that_was_ready_last_is_fenced_by_every_next_one_until_one_is_ready_whatever_lies_between()
    {
        var run = new RandomRun(seed: 1);
        run.GoOn();
        var former = ((Ready)run.State).Link.Identity;

        run.Happen(new ConnectionStopped("the socket closed"));
        run.Happen(new ForceReconnect("now"));
        run.Happen(new ConnectionStopped("connection refused"));
        run.Happen(new SupervisorRestarted("a defect"));
        run.Happen(new PauseConnection("maintenance"));
        run.Happen(new ConnectionStopped("stopped"));
        var start = Assert.Single(run.Happen(ResumeConnection.Instance).OfType<StartConnection>());

        Assert.Equal(former, start.Unfenced);
        run.Happen(run.Verified());
        Assert.NotEqual(former, run.State.History.Unfenced);
    }

    [Fact]
    public void A_command_actor_that_attaches_late_is_told_to_leave_the_link_that_is_being_left()
    {
        var run = new RandomRun(seed: 1);
        run.GoOn();
        run.Happen(new PauseConnection("maintenance"));

        var told = run.Happen(new AttachCommands(ActorRefs.Nobody, LaneGauges.None), isChecked: false).OfType<TellCommands>();

        Assert.Collection(
            told.Select(tell => tell.Message), up => Assert.IsType<LinkUp>(up), leave => Assert.Equal(new LeaveLink("maintenance"), leave));
    }

    [Fact]
    public void A_link_that_is_to_be_replaced_is_replaced_and_a_pause_is_not_undone_by_it()
    {
        var run = new RandomRun(seed: 1);
        run.GoOn();
        Assert.Contains(new TellCommands(new LeaveLink("a failover")), run.Happen(new ReplaceLink("a failover")));
        run.Happen(new ConnectionStopped("a failover"));
        Assert.IsType<Connecting>(run.State);

        run.GoOn();
        run.Happen(new PauseConnection("maintenance"));
        Assert.Empty(run.Happen(new ReplaceLink("another failover")));
        run.Happen(new ConnectionStopped("maintenance"));
        Assert.IsType<Suspended>(run.State);
        Assert.Empty(run.Happen(new ReplaceLink("another failover")));
    }

    /// <summary>A serializer of an application's own makes objects without their constructors.</summary>
    [Fact]
    public void An_order_that_lost_its_reason_on_the_way_is_obeyed_like_any_other()
    {
        var pause = (PauseConnection)RuntimeHelpers.GetUninitializedObject(typeof(PauseConnection));
        var reconnect = (ForceReconnect)RuntimeHelpers.GetUninitializedObject(typeof(ForceReconnect));
        Assert.Null(pause.Reason);
        var run = new RandomRun(seed: 1);
        run.GoOn();

        Assert.Equal(new TellCommands(new LeaveLink("no reason was given")), Assert.Single(run.Happen(pause)));
        run.Happen(new ConnectionStopped("no reason was given"));
        Assert.Equal("no reason was given", Assert.IsType<Suspended>(run.State).Reason);
        run.Happen(ResumeConnection.Instance);
        run.GoOn();
        Assert.Equal(new TellCommands(new LeaveLink("no reason was given")), Assert.Single(run.Happen(reconnect)));
        run.Happen(new ConnectionStopped("no reason was given"));
        Assert.IsType<Connecting>(run.State);
    }

    [Fact]
    public void A_connection_that_was_verified_while_it_was_being_stopped_is_not_used()
    {
        var run = new RandomRun(seed: 1);
        run.Happen(new PauseConnection("maintenance"));

        Assert.Empty(run.Happen(run.Verified()));
        run.Happen(new ConnectionStopped("stopped"));

        Assert.IsType<Suspended>(run.State);
    }

    [Fact]
    public void A_link_of_a_connection_from_before_a_restart_is_not_used()
    {
        var run = new RandomRun(seed: 1);
        var late = run.Verified();
        run.Happen(new SupervisorRestarted("a defect"));

        Assert.Empty(run.Happen(late));
        Assert.IsType<Connecting>(run.State);
    }

    [Fact]
    public void A_restart_refills_no_budget()
    {
        var run = new RandomRun(seed: 1, maxRestarts: 1);
        run.Happen(new ConnectionStopped("connection refused"));
        run.Happen(new SupervisorRestarted("a defect"));
        run.Happen(new ConnectionStopped("connection refused"));

        Assert.IsType<GaveUp>(run.State);
        run.Happen(new SupervisorRestarted("a defect"));
        Assert.IsType<GaveUp>(run.State);
    }

    /// <summary>One supervisor, what may happen to it, and what it does about it.</summary>
    private sealed class RandomRun
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly SupervisorMachine _machine;
        private readonly SupervisorChecks _checks = new();
        private readonly List<object> _trace = [];
        private long _lastPoll = -1;
        private bool _isPolling;
        private double _seconds;

        public RandomRun(int seed, int? maxRestarts = null)
        {
            _seed = seed;
            _random = new Random(seed);
            _machine = new SupervisorMachine
            {
                Connection = "default",
                Target = "localhost:6379",
                Plan = new ReconnectPlan(
                    new ExponentialBackoff(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), 2, 0.5),
                    new RateLimit(maxRestarts ?? (seed % 3 == 0 ? _random.Next(3) : null), TimeSpan.FromMinutes(1)),
                    lastsAfter: TimeSpan.FromSeconds(1),
                    resetAfter: TimeSpan.FromSeconds(10)),
                PollInterval = seed % 2 == 0 ? TimeSpan.FromMilliseconds(25) : Timeout.InfiniteTimeSpan,
                MisconfiguredRetryAfter = _random.Next(4) == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(5),
                CommandsWhenMisconfigured = Pick<WhenMisconfigured>(),
                WhenSpent = maxRestarts is null ? Pick<WhenRestartsSpent>() : WhenRestartsSpent.Stop,
                EscalateAfter = TimeSpan.FromSeconds(1),
            };
            State = null!;
            Check(() => Apply(this, _machine.Begin(), isChecked: true));
        }

        public SupervisorState State { get; private set; }

        public void Check(Action run)
        {
            try
            {
                run();
            }
            catch (Violation violation)
            {
                Assert.Fail($"seed {_seed}: {violation.Message}\n{string.Join('\n', _trace)}");
            }
        }

        public IReadOnlyList<SupervisorEffect> Happen(object @event, double? at = null, bool isChecked = true)
        {
            _seconds = at ?? _seconds + (_random.NextDouble() * 2);
            var spread = _random.Next(3) == 0 ? TimeSpan.FromMilliseconds(_random.Next(1, 50)) : TimeSpan.Zero;
            if (isChecked) _checks.OnEvent(@event);
            var step = _machine.On(State, @event, new Moment(TimeSpan.FromSeconds(_seconds), _random.NextDouble(), spread));
            Apply(@event, step, isChecked);
            return step.Effects;
        }

        public LinkVerified Verified(long? epoch = null)
        {
            var id = epoch ?? State.History.Epoch;
            return new LinkVerified(id, new VerifiedLink(new ClientIdentity(id, $"10.0.0.1:{id}")));
        }

        /// <summary>One of the things that may happen now.</summary>
        public void HappenAtRandom()
        {
            var possible = new List<Func<object>>
            {
                () => new PauseConnection("maintenance"),
                () => new PauseConnection("other maintenance"),
                () => new ForceReconnect("new firewall rules"),
                () => ResumeConnection.Instance,
                () => new ReplaceLink("a failover"),
                () => new ShowGauges(LaneGauges.None),
                () => Verified(State.History.Epoch - 1),
            };
            if (_random.Next(20) == 0) possible.Add(() => new SupervisorRestarted("a defect"));
            foreach (var timer in _checks.Timers) possible.Add(() => timer);
            if (_isPolling) possible.Add(Polled);
            if (_checks.IsConnected)
            {
                // Of a connection that is being stopped, word may be on its way that it is verified.
                if (State is Connecting or Leaving { Link: null }) possible.Add(() => Verified());
                possible.Add(() => new ConnectionStopped("connection refused") { ServerWasSilent = true });
                possible.Add(() => new ConnectionStopped("WRONGPASS") { Misconfigured = true });
                possible.Add(() => new ConnectionStopped("the socket closed"));
            }

            Happen(possible[_random.Next(possible.Count)]());
        }

        /// <summary>What has to come, of a server that is there.</summary>
        public void GoOn()
        {
            switch (State)
            {
                case Connecting:
                    Happen(Verified());
                    break;
                case Leaving:
                    Happen(new ConnectionStopped("it was left"));
                    break;
                case BackingOff:
                    Happen(BackoffElapsed.Instance);
                    break;
            }
        }

        private ServerPolled Polled()
        {
            _isPolling = false;
            return new ServerPolled(_lastPoll, _random.Next(2) == 0);
        }

        private void Apply(object @event, SupervisorStep step, bool isChecked)
        {
            State = step.State;
            _trace.Add(@event == this ? "it begins" : @event);
            foreach (var effect in step.Effects)
            {
                _trace.Add(effect);
                if (effect is PollServer poll) (_isPolling, _lastPoll) = (true, poll.Epoch);
                if (isChecked) _checks.OnEffect(effect);
            }

            _trace.Add(State.GetType());
            if (isChecked) _checks.OnStep(@event, State);
        }

        private T Pick<T>()
            where T : struct, Enum
        {
            var values = Enum.GetValues<T>();
            return values[_random.Next(values.Length)];
        }
    }

    private sealed record VerifiedLink(ClientIdentity Identity) : IRedisLink
    {
        public string Endpoint => Identity.Address!;

        public void Send(LinkRequest request) => throw new NotSupportedException();

        public bool TakeHeard() => false;

        public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => Task.FromResult(false);

        public void Abandon(string cause)
        {
        }

        public void Dispose()
        {
        }
    }
}
