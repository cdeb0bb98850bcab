using RedisActors.CommandMetadata;
using StackExchange.Redis;

namespace RedisActors.Commands;

/// <summary>
/// What is held back after a command was refused for the time being, or while answers from a former link are still on their way,
/// and the probe that ends it.
/// </summary>
internal sealed class RetryGate(ReplayPolicy rules)
{
    private readonly BlockedKeys _keys = new(rules);
    private Extent _extent;
    private bool _probing;
    private bool _refusedSinceProbe;
    private bool _planned;

    private enum Extent
    {
        /// <summary>Nothing is held back, but for the window.</summary>
        None,

        /// <summary>What touches a key of a command that has to be retried.</summary>
        Keys,

        /// <summary>Everything.</summary>
        Server,
    }

    /// <summary>What the server said to the command that is waited for; null: nothing is held back for that.</summary>
    public string? Reason { get; private set; }

    /// <summary>How many times in a row the server has refused.</summary>
    public int Attempt { get; private set; }

    /// <summary>Whether nothing is held back.</summary>
    public bool IsEmpty => _extent == Extent.None;

    /// <summary>Whether everything is held back.</summary>
    public bool HoldsEverything => _extent == Extent.Server;

    /// <summary>Whether answers from a former link are waited for.</summary>
    public bool IsLanding { get; private set; }

    /// <summary>Whether the time to send a probe is waited for.</summary>
    public bool AwaitsProbe => !IsEmpty && !_probing;

    /// <summary>Whether a command has to wait behind what is held.</summary>
    public bool HoldsBack(PendingCommand command) => _extent switch
    {
        Extent.None => false,
        Extent.Keys => _keys.Touches(command),
        _ => !(RetryableErrors.IsBusy(Reason) && command.PassesBusy),
    };

    /// <summary>Everything waits until the answers from the former link are here.</summary>
    public void BeginLanding()
    {
        IsLanding = _probing = true;
        _extent = Extent.Server;
    }

    /// <summary>A command was refused, and waits.</summary>
    /// <param name="command">The command.</param>
    /// <param name="scope">What the server refuses.</param>
    /// <param name="alone">Whether nothing waited before it: something else may be in the order between them otherwise.</param>
    public void Refused(PendingCommand command, ServerErrorScope scope, bool alone)
    {
        _refusedSinceProbe = true;
        Reason = command.LastRefusal;
        if (IsEmpty) _extent = alone ? Extent.Keys : Extent.Server;
        if (_extent == Extent.Keys && (scope == ServerErrorScope.Server || !_keys.TryAdd(command))) _extent = Extent.Server;
    }

    /// <summary>Whatever is held back, from now on everything is.</summary>
    public void HoldEverything() => _extent = Extent.Server;

    /// <summary>What waits behind a held key holds back in its turn what touches its other keys.</summary>
    public void AddBehind(PendingCommand stashed)
    {
        if (_extent == Extent.Keys && !_keys.TryAdd(stashed)) _extent = Extent.Server;
    }

    /// <summary>Whether the wait for a probe has to be planned; answers true once for each.</summary>
    public bool TryPlan()
    {
        if (_planned || !AwaitsProbe) return false;
        return _planned = true;
    }

    /// <summary>What was planned is over: the time has come, or the link is gone.</summary>
    public void ForgetPlan() => _planned = false;

    /// <summary>The probe is about to be handed over.</summary>
    public void BeginProbe()
    {
        Attempt++;
        _probing = true;
        _refusedSinceProbe = false;
    }

    /// <summary>What was waited for has been answered. False when nothing was.</summary>
    public bool EndProbe()
    {
        if (!_probing) return false;
        _probing = false;
        if (IsLanding || !_refusedSinceProbe) Release();
        return true;
    }

    /// <summary>Nothing is held back any more.</summary>
    public void Release()
    {
        _extent = Extent.None;
        Reason = null;
        _probing = IsLanding = false;
        Attempt = 0;
        _keys.Clear();
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
