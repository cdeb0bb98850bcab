using RedisActors.Supervision;

namespace RedisActors.Simulation;

/// <summary>One schedule of commands and faults, from its seed to the last check.</summary>
internal sealed class SimulatedRun
{
    private const long Patience = 600_000_000;

    /// <summary>How long after the first of several orders the last one is given, at most, in milliseconds.</summary>
    private const double LastOrder = 20;

    private readonly VirtualTime _time = new();
    private readonly Chance _chance;
    private readonly Plan _plan;
    private readonly Account _account;
    private readonly ModelServer _server;
    private readonly ModelMemory _memory;
    private readonly ModelClock _clock;
    private readonly CommandActorModel _actor;
    private readonly SupervisorModel _supervisor;
    private readonly Mutation _mutation;
    private readonly Action<string>? _trace;

    private SimulatedRun(int seed, Mutation mutation, Action<string>? trace)
    {
        _mutation = mutation;
        _chance = new Chance(seed);
        _plan = new Plan(_chance, seed);
        if (trace is not null) _trace = line => trace($"{_time.Now / 1000.0,12:F3} ms  {line}");
        _account = new Account(_time, _plan) { Trace = _trace };
        _memory = new ModelMemory(seed, mutation);
        _clock = new ModelClock(seed, _time);
        _server = new ModelServer(_time, _chance, _account, _memory, _clock, mutation);
        _actor = new CommandActorModel(_time, _chance, _plan, _account, mutation);
        _supervisor = new SupervisorModel(_time, _chance, _plan, _account, _server, _actor, mutation);
    }

    /// <summary>Runs one seed. Answers what was violated, or null.</summary>
    public static string? Go(int seed, Mutation mutation = Mutation.None, Action<string>? trace = null)
    {
        try
        {
            new SimulatedRun(seed, mutation, trace).Go();
            return null;
        }
        catch (Violation violation)
        {
            trace?.Invoke($"VIOLATION: {violation.Message}");
            return violation.Message;
        }
        catch (Exception error)
        {
            trace?.Invoke($"VIOLATION: {error}");
            return error.ToString();
        }
    }

    private void Go()
    {
        _trace?.Invoke(
            $"plan: {_plan.Commands} commands of {_plan.Senders} senders within {_plan.Span / 1000} ms, {_plan.Faults} faults, "
            + $"when-safe up to {_plan.Limit}, stash {_plan.StashMaxCount} / {_plan.StashMaxBytes} bytes {_plan.WhenFull}, "
            + $"window {_plan.InitialWindow} to {_plan.MaxWindow}, {_plan.Ending}");
        _time.After(_chance.UpTo(200), _supervisor.Start);
        PlanCommands();
        for (var i = 0; i < _plan.Faults; i++) _time.After(_chance.Spread(0, _plan.Span / 1000.0), Strike);
        for (var i = 0; i < _memory.Times; i++) _time.After(_memory.Moment(_plan.Span), FillMemory);
        for (var i = 0; i < _clock.Steps; i++) _time.After(_clock.Moment(_plan.Span), _clock.Step);
        switch (_plan.Ending)
        {
            case Ending.Stops:
                _time.After(_plan.Span + _chance.Spread(0, 300), Stop);
                break;
            case Ending.GivesUp:
                _time.After(_chance.Spread(0, _plan.Span / 1000.0), () => _supervisor.Current?.Break("the last link goes"));
                break;
        }

        // Whatever an operator ordered before, commands are to be answered in the end. The last order is the last to arrive, too.
        _time.After(_plan.Span + VirtualTime.Milliseconds(LastOrder + _chance.Between(1, 1000)), () => _supervisor.Tell(ResumeConnection.Instance));

        while (_time.Step())
        {
            _account.CheckStep(_actor.Ledger);
            if (_time.Now > Patience) break;
        }

        _account.CheckEnd(_actor.Ledger);
    }

    /// <summary>In bursts, so that much is in flight at once.</summary>
    private void PlanCommands()
    {
        var number = 0;
        while (number < _plan.Commands)
        {
            var start = _chance.Spread(0, _plan.Span / 1000.0);
            var burst = Math.Min(_plan.Commands - number, _chance.Between(1, 12));
            for (var i = 0; i < burst; i++)
            {
                var next = ++number;
                _time.After(start + _chance.UpTo(3), () => _actor.Send(_clock.Arriving(_plan.NextCommand(_chance, next, _mutation))));
            }
        }
    }

    private void FillMemory()
    {
        _server.Evict();
        if (_memory.IsTheEnd) _server.Restart(down: VirtualTime.Milliseconds(50), loading: 0);
    }

    private void Stop()
    {
        _supervisor.Stop();
        _actor.Stop();
    }

    private void Strike()
    {
        var duration = _chance.Spread(1, 2000) / (_chance.Of(0.7) ? 10 : 1);
        var fault = _chance.Between(0, 22);
        _trace?.Invoke($"fault: {(Fault)fault}, {duration / 1000} ms");
        switch ((Fault)fault)
        {
            case Fault.Kill:
                _server.Restart(duration, loading: _chance.Of(0.4) ? _chance.UpTo(1000) : 0);
                break;
            case Fault.Stall:
                _server.Stall(duration);
                NoticeSilence(_server, () => _server.IsStalled);
                break;
            case Fault.HalfOpen:
                Silence(link => link.Swallow(requests: true, replies: true));
                break;
            case Fault.HeldRequests:
                HoldRequests(duration);
                break;
            case Fault.LostReplies:
                Silence(link => link.Swallow(requests: false, replies: true));
                break;
            case Fault.Cut:
                if (_supervisor.Current is { } cut) _time.After(_chance.UpTo(2), () => cut.Break("reset by the network"));
                break;
            case Fault.ClientKill:
                _supervisor.Current?.Connection.Close();
                break;
            case Fault.Loading:
                _server.Load(duration);
                break;
            case Fault.Busy:
                _server.BeBusy(duration);
                break;
            case Fault.ReadOnly:
                _server.BeReadOnly(duration);
                break;
            case Fault.Misconfigured:
                _server.BeMisconfigured(duration);
                break;
            case Fault.TryAgain:
                foreach (var type in (string[])["counter", "list", "text"])
                {
                    if (_chance.Of(0.5)) _server.MoveKey($"{type}{_chance.Between(1, 2)}", duration);
                }

                break;
            case Fault.ScriptFlush:
                _server.FlushScripts();
                break;
            case Fault.MaxClients:
                _server.BeFull(duration);
                _supervisor.Current?.Connection.Close();
                break;
            case Fault.LongOutage when _chance.Of(0.3):
                _server.Restart(_chance.Spread(60_000, 120_000), loading: 0);
                break;
            case Fault.Forbidden:
                _server.Forbid(duration);
                break;
            case Fault.Reconnect:
                _supervisor.Tell(new ForceReconnect("somebody wants a new connection"));
                break;
            case Fault.ReplaceLink:
                _supervisor.Tell(new ReplaceLink("another server has taken its place"));
                break;
            case Fault.Pause:
                _supervisor.Tell(new PauseConnection("somebody wants no connection"));
                break;
            case Fault.Resume:
                _supervisor.Tell(ResumeConnection.Instance);
                break;
            case Fault.Orders:
                GiveOrders();
                break;
            case Fault.Defect when _chance.Of(0.5):
                _supervisor.Fail();
                break;
            default:
                _supervisor.Current?.Abandon("somebody has had enough of it");
                break;
        }
    }

    /// <summary>One after the other, so that each finds the supervisor busy with the former.</summary>
    private void GiveOrders()
    {
        for (var i = _chance.Between(2, 4); i > 0; i--)
        {
            object order = _chance.Between(0, 2) switch
            {
                0 => new PauseConnection("somebody wants no connection"),
                1 => new ForceReconnect("somebody wants a new connection"),
                _ => ResumeConnection.Instance,
            };
            _time.After(_chance.UpTo(LastOrder), () => _supervisor.Tell(order));
        }
    }

    /// <summary>
    /// Now and then beyond the end of the link, and by a server that is busy when the next one is made: then a lot hangs on the fence.
    /// </summary>
    private void HoldRequests(long duration)
    {
        var beyond = _chance.Of(0.4);
        Silence(link => link.HoldRequests(duration + (beyond ? _plan.Heartbeat : 0)));
        if (beyond && _chance.Of(0.5)) _time.After(_plan.Heartbeat, () => _server.BeBusy(_chance.Spread(20, 200)));
    }

    /// <summary>The current link goes silent, which is noticed by the heartbeat.</summary>
    private void Silence(Action<SimulatedLink> how)
    {
        if (_supervisor.Current is not { } link) return;
        how(link);
        NoticeSilence(link, () => link.IsSilent);
    }

    private void NoticeSilence(object whose, Func<bool> lasts)
    {
        var link = whose as SimulatedLink ?? _supervisor.Current;
        _time.After(_plan.Heartbeat, () =>
        {
            if (lasts()) link?.Break("no answer to PING");
        });
    }

    private enum Fault
    {
        Kill,
        Stall,
        HalfOpen,
        HeldRequests,
        LostReplies,
        Cut,
        ClientKill,
        Loading,
        Busy,
        ReadOnly,
        Misconfigured,
        TryAgain,
        ScriptFlush,
        MaxClients,
        LongOutage,
        Forbidden,
        Reconnect,
        ReplaceLink,
        Pause,
        Resume,
        Orders,
        Defect,
        Abandoned,
    }
}
