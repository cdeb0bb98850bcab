using System.Collections.Concurrent;
using System.Diagnostics;

namespace RedisActors.Supervision;

/// <summary>
/// One server as all the supervisors of this process see it that lead to it. They share the look whether it is back, and they come
/// back spread out: many connections to one server cost it no more than a few, and it does not see all of them in one instant.
/// </summary>
internal sealed class ProbeCoordinator
{
    private static readonly ConcurrentDictionary<object, ProbeCoordinator> Known = new();
    private static readonly TimeSpan SpreadPerSupervisor = TimeSpan.FromMilliseconds(0.25);
    private static readonly TimeSpan LongestSpread = TimeSpan.FromMilliseconds(50);

    private readonly object _key;
    private readonly object _gate = new();
    private int _supervisors;
    private Task<bool>? _look;
    private long _lookedAt;

    private ProbeCoordinator(object key) => _key = key;

    /// <summary>A supervisor begins to use a server. What makes two the same is the key.</summary>
    public static ProbeCoordinator Enter(object key)
    {
        while (true)
        {
            var server = Known.GetOrAdd(key, static k => new ProbeCoordinator(k));
            lock (server._gate)
            {
                if (server._supervisors < 0) continue;
                server._supervisors++;
                return server;
            }
        }
    }

    /// <summary>A supervisor has stopped.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_supervisors > 0) return;
            _supervisors = -1;
            Known.TryRemove(new KeyValuePair<object, ProbeCoordinator>(_key, this));
        }
    }

    /// <summary>How long this one waits so that all of them do not come in one instant; nothing for one that is alone.</summary>
    /// <param name="chance">A random number from 0 to below 1.</param>
    public TimeSpan Spread(double chance)
    {
        var others = Math.Max(0, Volatile.Read(ref _supervisors) - 1);
        var width = SpreadPerSupervisor * others;
        return (width < LongestSpread ? width : LongestSpread) * chance;
    }

    /// <summary>Whether the server answers; a look that somebody else has begun within <paramref name="maxAge"/> will do.</summary>
    public Task<bool> LookAsync(TimeSpan maxAge, Func<Task<bool>> look)
    {
        lock (_gate)
        {
            if (_look is not null && (!_look.IsCompleted || Stopwatch.GetElapsedTime(_lookedAt) < maxAge)) return _look;
            _lookedAt = Stopwatch.GetTimestamp();
            return _look = look();
        }
    }
}
