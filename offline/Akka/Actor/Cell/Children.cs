#nullable disable
namespace Akka.Actor.Internal;

/// <summary>What an actor does as soon as its dying children are gone.</summary>
internal abstract class WaitingFor
{
    public sealed class Recreation(Exception cause) : WaitingFor
    {
        public Exception Cause { get; } = cause;
    }

    public sealed class Creation : WaitingFor;

    public sealed class Termination : WaitingFor;
}

/// <summary>
/// The children of an actor by name. A child keeps its name until it is really gone. Locked, since others than the actor
/// itself look: selections, and whoever creates actors at the top of the system.
/// </summary>
internal sealed class Children
{
    private readonly Lock _lock = new();
    private Dictionary<string, ChildRestartStats> _byName;
    private HashSet<IActorRef> _dying;
    private WaitingFor _waitingFor;
    private bool _terminated;

    public bool IsTerminating
    {
        get
        {
            lock (_lock)
            {
                return _terminated || _waitingFor is WaitingFor.Termination;
            }
        }
    }

    public bool IsWaiting
    {
        get
        {
            lock (_lock)
            {
                return _waitingFor != null;
            }
        }
    }

    public IReadOnlyList<IInternalActorRef> Refs
    {
        get
        {
            lock (_lock)
            {
                return _byName == null ? [] : _byName.Values.Select(s => s.Child).ToArray();
            }
        }
    }

    public IReadOnlyList<ChildRestartStats> Stats
    {
        get
        {
            lock (_lock)
            {
                return _byName == null ? [] : _byName.Values.ToArray();
            }
        }
    }

    public ChildRestartStats ByName(string name)
    {
        lock (_lock)
        {
            return _byName?.GetValueOrDefault(name);
        }
    }

    public ChildRestartStats ByRef(IActorRef child)
    {
        var stats = ByName(child.Path.Name);
        return stats != null && stats.Child.Equals(child) ? stats : null;
    }

    public void Add(IInternalActorRef child)
    {
        lock (_lock)
        {
            if (_terminated || _waitingFor is WaitingFor.Termination)
            {
                throw new InvalidOperationException("Cannot create child while terminating or terminated");
            }

            _byName ??= [];
            if (!_byName.TryAdd(child.Path.Name, new ChildRestartStats(child)))
            {
                throw new InvalidActorNameException($"Actor name \"{child.Path.Name}\" is not unique!");
            }
        }
    }

    public void MarkDying(IActorRef child)
    {
        if (ByRef(child) == null)
        {
            return;
        }

        lock (_lock)
        {
            (_dying ??= []).Add(child);
        }
    }

    /// <summary>Forgets a child; the answer is what had been waiting for just this to happen.</summary>
    public WaitingFor Remove(IActorRef child)
    {
        lock (_lock)
        {
            if (_byName != null && _byName.TryGetValue(child.Path.Name, out var stats) && stats.Child.Equals(child))
            {
                _byName.Remove(child.Path.Name);
            }

            _dying?.Remove(child);
            var allGone = _waitingFor is WaitingFor.Termination ? _byName!.Count == 0 : _dying == null || _dying.Count == 0;
            if (_waitingFor == null || !allGone)
            {
                return null;
            }

            var done = _waitingFor;
            _waitingFor = null;
            _terminated = done is WaitingFor.Termination;
            return done;
        }
    }

    /// <summary>True when there are children to wait for; else whatever was to follow can follow at once.</summary>
    public bool WaitForDying(WaitingFor reason)
    {
        lock (_lock)
        {
            var any = reason is WaitingFor.Termination ? _byName is { Count: > 0 } : _dying is { Count: > 0 };
            if (any)
            {
                _waitingFor = reason;
            }
            else if (reason is WaitingFor.Termination)
            {
                _terminated = true;
            }

            return any;
        }
    }
}

/// <summary>A child and how often it was restarted.</summary>
public class ChildRestartStats
{
    private readonly TimeProvider _clock = TimeProvider.System;
    private int _restarts;
    private long? _windowStart;

    public ChildRestartStats(IInternalActorRef child)
    {
        Child = child;
    }

    public IInternalActorRef Child { get; }

    public long Uid => Child.Path.Uid;

    public uint MaxNrOfRetriesCount => (uint)_restarts;

    /// <summary>
    /// Counts one restart and says whether it is allowed. Negative retries mean no limit, and one per window if there is a
    /// window; a window that has passed starts the count anew.
    /// </summary>
    public bool RequestRestartPermission(int maxNrOfRetries, int withinTimeMilliseconds)
    {
        if (maxNrOfRetries == 0)
        {
            return false;
        }

        if (withinTimeMilliseconds <= 0)
        {
            return maxNrOfRetries < 0 || ++_restarts <= maxNrOfRetries;
        }

        var limit = maxNrOfRetries < 0 ? 1 : maxNrOfRetries;
        var now = _clock.GetTimestamp();
        _windowStart ??= now;
        if (_clock.GetElapsedTime(_windowStart.Value, now).TotalMilliseconds <= withinTimeMilliseconds)
        {
            return ++_restarts <= limit;
        }

        _restarts = 1;
        _windowStart = now;
        return true;
    }
}

/// <summary>The names of actors that nobody named: a, b, … in base 64.</summary>
internal static class ShortNames
{
    private const string Digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+~";

    public static string Of(long number)
    {
        Span<char> name = stackalloc char[11];
        var length = 0;
        do
        {
            name[length++] = Digits[(int)(number & 63)];
            number >>>= 6;
        }
        while (number > 0);

        return new string(name[..length]);
    }
}
