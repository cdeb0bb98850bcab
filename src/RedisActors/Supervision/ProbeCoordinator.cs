using System.Collections.Concurrent;
using System.Diagnostics;

namespace RedisActors.Supervision;

/// <summary>
/// One server as all the supervisors of this process share it. They poll it together and come back spread out: many connections to
/// one server cost it no more polls than a few, and do not all reach it in the same instant.
/// </summary>
internal sealed class ProbeCoordinator
{
    private static readonly ConcurrentDictionary<object, ProbeCoordinator> Known = new();
    private static readonly TimeSpan SpreadPerSupervisor = TimeSpan.FromMilliseconds(0.25);
    private static readonly TimeSpan LongestSpread = TimeSpan.FromMilliseconds(50);

    private readonly object _key;
    private readonly object _gate = new();
    private int _supervisors;
    private Task<bool>? _poll;
    private long _polledAt;

    private ProbeCoordinator(object key) => _key = key;

    /// <summary>A supervisor begins to use a server. Equal keys are the same server.</summary>
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

    /// <summary>
    /// How long a supervisor waits so that all of them do not connect in the same instant: 0.25 ms for each other one, 50 ms at
    /// most, times chance. Zero for one that is alone.
    /// </summary>
    /// <param name="chance">A random number from 0 to below 1.</param>
    public TimeSpan Spread(double chance)
    {
        var others = Math.Max(0, Volatile.Read(ref _supervisors) - 1);
        var width = SpreadPerSupervisor * others;
        return (width < LongestSpread ? width : LongestSpread) * chance;
    }

    /// <summary>Whether the server answers. A poll that another supervisor began within <paramref name="maxAge"/> is shared.</summary>
    public Task<bool> PollAsync(TimeSpan maxAge, Func<Task<bool>> poll)
    {
        lock (_gate)
        {
            if (_poll is not null && (!_poll.IsCompleted || Stopwatch.GetElapsedTime(_polledAt) < maxAge)) return _poll;
            _polledAt = Stopwatch.GetTimestamp();
            return _poll = poll();
        }
    }
}
