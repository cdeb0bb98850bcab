using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace RedisActors.Demo;

internal enum TimelineKind
{
    /// <summary>About the demo itself.</summary>
    Note,

    /// <summary>The demo injected a fault.</summary>
    Fault,

    /// <summary>The server, or the work, is back.</summary>
    Back,

    /// <summary>The connection changed its state.</summary>
    Connection,

    /// <summary>The connection changed its state during an outage: a live view needs only the latest.</summary>
    Attempt,

    /// <summary>An error.</summary>
    Error,
}

/// <summary>An event and its time, counted from the first command.</summary>
internal sealed record TimelineEntry(TimeSpan At, TimelineKind Kind, string Text);

/// <summary>What the views show; the actors and the fault injector write it. Thread-safe.</summary>
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

    /// <summary>Raised for each entry of the timeline, in order.</summary>
    public event Action<TimelineEntry>? Reported;

    public string Endpoint { get; }

    /// <summary>Since the first command; zero before it.</summary>
    public TimeSpan Elapsed => Interlocked.Read(ref _started) is var started and > 0 ? Stopwatch.GetElapsedTime(started) : TimeSpan.Zero;

    /// <summary>The latest state of the connection.</summary>
    public RedisConnectionEvent? Connection
    {
        get
        {
            lock (_lock) return _connection;
        }
    }

    /// <summary>The RedisActor's latest status.</summary>
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

    /// <summary>Called just before the first command is sent.</summary>
    public void StartClock() => Interlocked.Exchange(ref _started, Stopwatch.GetTimestamp());

    /// <summary>The latest entries of the timeline; of successive attempts only the last.</summary>
    public IReadOnlyList<TimelineEntry> Timeline(int atMost)
    {
        lock (_lock) return _timeline.GetRange(Math.Max(0, _timeline.Count - atMost), Math.Min(_timeline.Count, atMost));
    }

    public void Report(TimelineKind kind, string text)
    {
        lock (_lock)
        {
            var entry = new TimelineEntry(Elapsed, kind, text);
            if (kind == TimelineKind.Attempt && _timeline.Count > 0 && _timeline[^1].Kind == TimelineKind.Attempt) _timeline[^1] = entry;
            else _timeline.Add(entry);
            Reported?.Invoke(entry);
        }
    }

    public void Report(RedisConnectionEvent change)
    {
        lock (_lock)
        {
            _connection = change;
            switch (change)
            {
                case RedisReady { Away.Ticks: > 0 } ready:
                    Report(TimelineKind.Connection, $"ready again after {ready.Away.TotalSeconds:0.000} s: epoch {ready.Epoch}, client id {ready.ClientId}");
                    break;
                case RedisReady ready:
                    Report(TimelineKind.Connection, $"ready: epoch {ready.Epoch}, client id {ready.ClientId}");
                    break;
                case RedisLost lost:
                    Report(TimelineKind.Connection, $"lost: epoch {lost.Epoch}, {lost.Cause}");
                    break;
                case RedisBackingOff waiting:
                    Report(TimelineKind.Attempt, $"backing off: attempt {waiting.Attempt} in {waiting.Delay.TotalMilliseconds:0} ms ({waiting.Cause})");
                    break;
                case RedisGaveUp gaveUp:
                    Report(TimelineKind.Error, $"gave up: {gaveUp.Cause}");
                    break;
            }
        }
    }
}

/// <summary>Reports state changes of the connection, the RedisActor's status, and errors in the log.</summary>
internal sealed class WatcherActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);

    private readonly IActorRef _redis;
    private readonly DemoState _state;

    public WatcherActor(IActorRef redis, DemoState state)
    {
        _redis = redis;
        _state = state;
        Receive<RedisConnectionEvent>(_state.Report);
        Receive<RedisStatus>(status => _state.Status = status);
        Receive<StatusDue>(_ => _redis.Tell(GetStatus.Instance));
        Receive<Error>(error => _state.Report(TimelineKind.Error, $"{error.LogSource}: {error.Message}"));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _redis.Tell(new SubscribeToState(Self));
        Context.System.EventStream.Subscribe(Self, typeof(Error));
        Timers.StartPeriodicTimer(nameof(StatusDue), StatusDue.Instance, StatusInterval);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private sealed record StatusDue : IDeadLetterSuppression
    {
        public static StatusDue Instance { get; } = new();
    }
}
