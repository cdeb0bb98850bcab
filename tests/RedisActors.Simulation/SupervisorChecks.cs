using RedisActors.Commands;
using RedisActors.Supervision;

namespace RedisActors.Simulation;

/// <summary>
/// Sees every event that a supervisor gets and every effect, and says where they break what it promises:
/// the last order holds, there is one connection at a time, it always waits for something, and links are told in pairs.
/// </summary>
internal sealed class SupervisorChecks
{
    private readonly HashSet<object> _timers = [];
    private long _epoch;
    private bool _isConnected;
    private bool _isStopping;
    private long? _linkUp;
    private bool _hasLinks = true;
    private object? _lastOrder;

    /// <summary>Whether the budget has ended the attempts since the last order.</summary>
    private bool _ended;

    /// <summary>Whether there is a connection.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Whether the connection was told to stop.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>The events that timers are going to bring.</summary>
    public IReadOnlyCollection<object> Timers => _timers;

    /// <summary>The machine is about to be asked.</summary>
    public void OnEvent(object @event)
    {
        switch (@event)
        {
            case PauseConnection or ResumeConnection or ForceReconnect:
                _lastOrder = @event;
                _ended = false;
                break;
            case ConnectionStopped:
                if (!_isConnected) throw new Violation("a connection has stopped that there was not");
                _isConnected = _isStopping = false;
                break;
            case SupervisorRestarted:
                _isConnected = _isStopping = false;
                _hasLinks = true;
                _timers.Clear();
                break;
            default:
                _timers.Remove(@event);
                break;
        }
    }

    /// <summary>An effect is executed.</summary>
    public void OnEffect(SupervisorEffect effect)
    {
        switch (effect)
        {
            case SupervisorEffect.StartConnection start:
                if (_isConnected) throw new Violation($"connection {start.Epoch} starts before the former one has stopped");
                if (start.Epoch <= _epoch) throw new Violation($"epoch {start.Epoch} comes after {_epoch}");
                if (_lastOrder is PauseConnection) throw new Violation($"connection {start.Epoch} starts although it is paused");
                _epoch = start.Epoch;
                _isConnected = true;
                break;
            case SupervisorEffect.StopConnection:
                if (!_isConnected || _isStopping) throw new Violation("a connection is stopped that there is not");
                _isStopping = true;
                break;
            case SupervisorEffect.TellCommands { Message: LinkUp up }:
                if (_linkUp is { } former) throw new Violation($"link {up.Epoch} is told while {former} is");
                if (up.Epoch != _epoch || !_isConnected) throw new Violation($"link {up.Epoch} is told, and there is no such connection");
                _linkUp = up.Epoch;
                _hasLinks = true;
                break;
            case SupervisorEffect.TellCommands { Message: LinkDown down }:
                if (_linkUp != down.Epoch) throw new Violation($"the end of link {down.Epoch} is told while {_linkUp} is");
                _linkUp = null;
                break;
            case SupervisorEffect.TellCommands { Message: LeaveLink }:
                if (_linkUp is null) throw new Violation("a link is left that there is not");
                break;
            case SupervisorEffect.TellCommands { Message: NoMoreLinks }:
                _hasLinks = false;
                break;
            case SupervisorEffect.TellCommands { Message: LinksAgain }:
                _hasLinks = true;
                break;
            case SupervisorEffect.StartTimer start:
                _timers.Add(start.Event);
                break;
            case SupervisorEffect.CancelTimers:
                _timers.Clear();
                break;
        }
    }

    /// <summary>All effects of an event have been executed.</summary>
    public void OnStep(object @event, SupervisorState state)
    {
        if (@event is ConnectionStopped && state is SupervisorState.Suspended or SupervisorState.GaveUp) _ended |= _lastOrder is not PauseConnection;
        CheckThatItWaitsForSomething(state);
        CheckThatTheLastOrderHolds(state);
        if (_linkUp is not null != state is SupervisorState.Ready or SupervisorState.Leaving { Link: not null })
        {
            throw new Violation($"link {_linkUp?.ToString() ?? "none"} is told, and the state is {state.GetType().Name}");
        }

        if (_hasLinks != state.History.NoLinksBecause is null)
        {
            throw new Violation($"commands {(_hasLinks ? "wait" : "are answered")} while it is: {state.History.NoLinksBecause}");
        }
    }

    private void CheckThatItWaitsForSomething(SupervisorState state)
    {
        var waits = state switch
        {
            SupervisorState.Connecting or SupervisorState.Ready or SupervisorState.Leaving => _isConnected,
            SupervisorState.BackingOff => !_isConnected && _timers.Contains(BackoffElapsed.Instance),
            _ => !_isConnected && !_timers.Contains(BackoffElapsed.Instance) && !_timers.Contains(PollDue.Instance),
        };
        if (!waits) throw new Violation($"it is {state.GetType().Name} and waits for nothing that is to come");
    }

    private void CheckThatTheLastOrderHolds(SupervisorState state)
    {
        var isPaused = state is SupervisorState.Suspended or SupervisorState.Leaving { PausedBecause: not null };
        var works = !isPaused && state is not SupervisorState.GaveUp;
        var holds = _lastOrder is PauseConnection ? isPaused : works || _ended;
        if (!holds) throw new Violation($"the last order is {_lastOrder?.GetType().Name ?? "none"}, and the state is {state.GetType().Name}");
    }
}
