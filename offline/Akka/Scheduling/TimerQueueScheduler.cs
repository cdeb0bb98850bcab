#nullable disable
using System.Diagnostics;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The scheduler of a system that configures no other: one thread that sleeps until the next entry of a queue ordered by
/// time. It tells and runs on that thread, so what it runs must be short.
/// </summary>
public sealed class TimerQueueScheduler : SchedulerBase, IDisposable
{
    private const int FewEntries = 1024;

    private readonly object _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Thread _thread;
    private PriorityQueue<Entry, (TimeSpan Due, long Number)> _queue = new();
    private long _number;
    private int _cleanAbove = FewEntries;
    private bool _disposed;

    public TimerQueueScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "akka-scheduler" };
        _thread.Start();
    }

    public override TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(_start);

    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(_start);

    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _queue.Clear();
            Monitor.Pulse(_lock);
        }
    }

    protected override void InternalScheduleTellOnce(
        TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, new TellEntry(receiver, message, sender, null, cancelable));

    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, new TellEntry(receiver, message, sender, interval, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(delay, new ActionEntry(action, null, cancelable));

    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) =>
        Add(delay, new ActionEntry(action.Run, null, cancelable));

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, new ActionEntry(action, interval, cancelable));

    protected override void InternalScheduleRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, new ActionEntry(action.Run, interval, cancelable));

    private void Add(TimeSpan delay, Entry entry)
    {
        entry.Due = MonotonicClock + delay;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            if (_queue.Count >= _cleanAbove)
            {
                ForgetCancelled();
            }

            _queue.Enqueue(entry, (entry.Due, _number++));
            if (ReferenceEquals(_queue.Peek(), entry))
            {
                Monitor.Pulse(_lock);
            }
        }
    }

    /// <summary>Most time-outs are cancelled long before they are due; they must not pile up until then.</summary>
    private void ForgetCancelled()
    {
        var rest = new PriorityQueue<Entry, (TimeSpan, long)>();
        rest.EnqueueRange(_queue.UnorderedItems.Where(e => !e.Element.IsCancelled));
        _queue = rest;
        _cleanAbove = Math.Max(FewEntries, 2 * rest.Count);
    }

    private void Work()
    {
        while (Next() is { } entry)
        {
            if (entry.IsCancelled)
            {
                continue;
            }

            try
            {
                entry.Run();
            }
            catch (Exception e)
            {
                Log?.Error(e, "A scheduled action failed");
            }

            if (entry.Interval.HasValue && !entry.IsCancelled)
            {
                Again(entry);
            }
        }
    }

    private void Again(Entry entry)
    {
        entry.Due += entry.Interval!.Value;
        lock (_lock)
        {
            if (!_disposed)
            {
                _queue.Enqueue(entry, (entry.Due, _number++));
            }
        }
    }

    private Entry Next()
    {
        lock (_lock)
        {
            while (!_disposed)
            {
                if (!_queue.TryPeek(out var entry, out var at))
                {
                    Monitor.Wait(_lock);
                    continue;
                }

                var wait = at.Due - MonotonicClock;
                if (wait <= TimeSpan.Zero)
                {
                    return _queue.Dequeue();
                }

                // Rounded up: waking a little before the time would mean to look and sleep again.
                Monitor.Wait(_lock, (int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue));
            }

            return null;
        }
    }

    private abstract class Entry(TimeSpan? interval, ICancelable cancelable)
    {
        public TimeSpan Due { get; set; }

        public TimeSpan? Interval { get; } = interval;

        public bool IsCancelled => cancelable is { IsCancellationRequested: true };

        public abstract void Run();
    }

    private sealed class TellEntry(ICanTell receiver, object message, IActorRef sender, TimeSpan? interval, ICancelable cancelable)
        : Entry(interval, cancelable)
    {
        public override void Run() => receiver.Tell(message, sender);
    }

    private sealed class ActionEntry(Action action, TimeSpan? interval, ICancelable cancelable) : Entry(interval, cancelable)
    {
        public override void Run() => action();
    }
}
