using System.Diagnostics;

namespace RedisActors.Demo;

internal enum TimelineKind
{
    /// <summary>Something about the demo itself.</summary>
    Note,

    /// <summary>The demo did something to the server.</summary>
    Fault,

    /// <summary>The server, or the work, is back.</summary>
    Back,

    /// <summary>The connection changed its state.</summary>
    Connection,

    /// <summary>The same, in the course of an outage: the latest says it all.</summary>
    Attempt,

    /// <summary>Something that should not be.</summary>
    Trouble,
}

/// <summary>One event and when it was, counted from the first command.</summary>
internal sealed record TimelineEntry(TimeSpan At, TimelineKind Kind, string Text);

/// <summary>What a view shows, kept by the actors and the fault injector. All members may be called from any thread.</summary>
internal sealed class DemoState
{
    private readonly object _lock = new();
    private long _started;
    private readonly List<TimelineEntry> _timeline = [];
    private RedisStatus _status = new(null, 0, 0);
    private RedisConnectionEvent? _connection;

    public DemoState(string endpoint)
    {
        Endpoint = endpoint;
    }

    /// <summary>Told of each entry of the time line, in order.</summary>
    public event Action<TimelineEntry>? Told;

    public string Endpoint { get; }

    /// <summary>Since the first command; zero before it.</summary>
    public TimeSpan Elapsed => Interlocked.Read(ref _started) is var started and > 0 ? Stopwatch.GetElapsedTime(started) : TimeSpan.Zero;

    /// <summary>The last change of the connection's state.</summary>
    public RedisConnectionEvent? Connection
    {
        get
        {
            lock (_lock) return _connection;
        }
    }

    /// <summary>How the RedisActor stood when it was last asked.</summary>
    public RedisStatus Status
    {
        get
        {
            lock (_lock) return _status;
        }

        set
        {
            lock (_lock) _status = value;
        }
    }

    /// <summary>The first command is about to be sent.</summary>
    public void StartClock() => Interlocked.Exchange(ref _started, Stopwatch.GetTimestamp());

    /// <summary>The last entries of the time line; of a row of attempts only the latest.</summary>
    public IReadOnlyList<TimelineEntry> Timeline(int atMost)
    {
        lock (_lock) return _timeline.GetRange(Math.Max(0, _timeline.Count - atMost), Math.Min(_timeline.Count, atMost));
    }

    public void Tell(TimelineKind kind, string text)
    {
        lock (_lock)
        {
            var entry = new TimelineEntry(Elapsed, kind, text);
            if (kind == TimelineKind.Attempt && _timeline.Count > 0 && _timeline[^1].Kind == TimelineKind.Attempt) _timeline[^1] = entry;
            else _timeline.Add(entry);
            Told?.Invoke(entry);
        }
    }

    public void Tell(RedisConnectionEvent change)
    {
        lock (_lock)
        {
            _connection = change;
            switch (change)
            {
                case RedisReady { Away.Ticks: > 0 } ready:
                    Tell(TimelineKind.Connection, $"ready again after {ready.Away.TotalSeconds:0.000} s: epoch {ready.Epoch}, client id {ready.ClientId}");
                    break;
                case RedisReady ready:
                    Tell(TimelineKind.Connection, $"ready: epoch {ready.Epoch}, client id {ready.ClientId}");
                    break;
                case RedisLost lost:
                    Tell(TimelineKind.Connection, $"lost: epoch {lost.Epoch}, {lost.Cause}");
                    break;
                case RedisBackingOff waiting:
                    Tell(TimelineKind.Attempt, $"backing off: attempt {waiting.Attempt} in {waiting.Delay.TotalMilliseconds:0} ms ({waiting.Cause})");
                    break;
                case RedisGaveUp gaveUp:
                    Tell(TimelineKind.Trouble, $"gave up: {gaveUp.Cause}");
                    break;
            }
        }
    }
}
