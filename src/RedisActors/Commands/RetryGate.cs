using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// What is held back after the server has refused a command for the time being, and the probe that ends it: one command is sent, and
/// what happens to it says whether the others may go.
/// </summary>
/// <remarks>
/// Open → (refused) Blocked → (wait planned) Planned → (probe sent) Probing → (answered) Open. When anything is refused while the probe is
/// out, it goes back to Blocked once the probe is answered.
/// </remarks>
internal sealed class RetryGate(ReplayPolicy rules)
{
    private readonly BlockedKeys _keys = new(rules);
    private State _state;
    private PendingCommand? _probe;

    private enum State
    {
        /// <summary>Nothing is held back, but for the window.</summary>
        Open,

        /// <summary>A wait has to be planned.</summary>
        Blocked,

        /// <summary>The time to send a probe is waited for.</summary>
        Planned,

        /// <summary>The probe is out, and nothing was refused since it was sent.</summary>
        Probing,

        /// <summary>The probe is out, and it or another command was refused since.</summary>
        ProbeInVain,
    }

    /// <summary>What the server said to the command that is waited for; null: nothing is held back.</summary>
    public string? Reason { get; private set; }

    /// <summary>How many times in a row the server has refused.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether nothing is held back.</summary>
    public bool IsOpen => _state == State.Open;

    /// <summary>Whether everything is held back, and not only what touches a key of a command that has to be retried.</summary>
    public bool HoldsEverything { get; private set; }

    /// <summary>Whether a probe may be sent.</summary>
    public bool AwaitsProbe => _state is State.Blocked or State.Planned;

    private bool HoldsKeys => !IsOpen && !HoldsEverything;

    /// <summary>Whether a command has to wait behind what is held.</summary>
    public bool HoldsBack(PendingCommand command)
    {
        if (IsOpen) return false;
        return HoldsEverything ? !(RetryableErrors.IsBusy(Reason) && command.PassesBusy) : _keys.Touches(command);
    }

    /// <summary>A command was refused, and waits.</summary>
    /// <param name="command">The command.</param>
    /// <param name="scope">What the server refuses.</param>
    /// <param name="alone">Whether nothing waited before it: something else may be in the order between them otherwise.</param>
    public void Refused(PendingCommand command, ServerErrorScope scope, bool alone)
    {
        Reason = command.LastRefusal;
        if (IsOpen)
        {
            _state = State.Blocked;
            HoldsEverything = !alone;
        }
        else if (_state == State.Probing)
        {
            _state = State.ProbeInVain;
        }

        if (HoldsKeys && (scope == ServerErrorScope.Server || !_keys.TryAdd(command))) HoldsEverything = true;
    }

    /// <summary>Whatever is held back, from now on everything is.</summary>
    public void HoldEverything() => HoldsEverything = true;

    /// <summary>What waits behind a held key holds back in its turn what touches its other keys.</summary>
    public void AddBehind(PendingCommand stashed)
    {
        if (HoldsKeys && !_keys.TryAdd(stashed)) HoldsEverything = true;
    }

    /// <summary>Whether the wait for a probe has to be planned; answers true once for each.</summary>
    public bool TryPlan() => TryGo(State.Blocked, State.Planned);

    /// <summary>What was planned is over: the time has come.</summary>
    public void ForgetPlan() => TryGo(State.Planned, State.Blocked);

    /// <summary>The probe is about to be handed over.</summary>
    public void BeginProbe(PendingCommand probe)
    {
        Attempt++;
        _probe = probe;
        _state = State.Probing;
    }

    /// <summary>The probe, or another script, was answered in the server's words, and it is not known yet who spoke.</summary>
    public void DoubtProbe() => TryGo(State.Probing, State.ProbeInVain);

    /// <summary>
    /// What was waited for has been answered; or so it seems, for the signal may be an earlier one that was still in the mailbox. False when
    /// no probe was out.
    /// </summary>
    public bool EndProbe()
    {
        if (_probe is { IsInFlight: true }) return true;
        _probe = null;
        if (_state == State.Probing)
        {
            Release();
            return true;
        }

        return TryGo(State.ProbeInVain, State.Blocked);
    }

    /// <summary>Nothing is held back any more.</summary>
    public void Release()
    {
        _state = State.Open;
        _probe = null;
        HoldsEverything = false;
        Reason = null;
        Attempt = 0;
        _keys.Clear();
    }

    private bool TryGo(State from, State to)
    {
        if (_state != from) return false;
        _state = to;
        return true;
    }
}

/// <summary>
/// The keys of commands that have to be retried: what touches them waits behind those commands. Keys of the same name in two
/// databases count as one, since a database that is not named is one of those that are.
/// </summary>
internal sealed class BlockedKeys(ReplayPolicy rules)
{
    private readonly HashSet<RedisValue> _keys = [];
    private readonly List<RedisValue> _found = [];

    /// <summary>Holds a command's keys. False when nobody knows which they are.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (!rules.TryGetKeys(command.Command, _found)) return false;
        foreach (var key in _found) _keys.Add(key);
        return true;
    }

    /// <summary>Whether a command has to wait: it touches a held key, or nobody knows which keys it touches.</summary>
    public bool Touches(PendingCommand command)
    {
        if (!rules.TryGetKeys(command.Command, _found)) return true;
        foreach (var key in _found)
        {
            if (_keys.Contains(key)) return true;
        }

        return false;
    }

    public void Clear() => _keys.Clear();
}
