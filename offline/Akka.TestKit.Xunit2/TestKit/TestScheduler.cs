#nullable disable // as Akka.TestKit
using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>
/// A scheduler whose time moves only when a test moves it. What has become due runs within the call that moves it, in the
/// order of its times; what repeats runs once per call, and what is scheduled meanwhile waits for the next one.
/// </summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _lock = new();
    private readonly List<Item> _items = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastNumber;

    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
        Now = DateTimeOffset.UtcNow;
    }

    public DateTimeOffset Now { get; private set; }

    // The clock that measures how long a test really takes is not part of the pretence.
    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(_started);

    public TimeSpan HighResMonotonicClock => MonotonicClock;

    public IAdvancedScheduler Advanced => this;

    protected DateTimeOffset TimeNow => Now;

    public void Advance(TimeSpan offset) => AdvanceTo(Now + offset);

    public void AdvanceTo(DateTimeOffset when)
    {
        if (when < Now)
            throw new InvalidOperationException("You can't reverse time...");

        List<Item> due;
        lock (_lock)
        {
            Now = when;
            due = [.. _items.Where(item => item.Due <= when).OrderBy(item => item.Due).ThenBy(item => item.Number)];
            foreach (var item in due)
                _items.Remove(item);
        }

        foreach (var item in due)
        {
            if (item.Cancelable?.IsCancellationRequested ?? false)
                continue;

            if (item.Interval is { } interval)
                Add(interval, interval, item.Run, item.Cancelable);

            item.Run();
        }
    }

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null);

    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(delay, null, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, null);

    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(initialDelay, interval, () => receiver.Tell(message, sender), cancelable);

    public void ScheduleOnce(TimeSpan delay, Action action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) => Add(delay, null, action, cancelable);

    public void ScheduleOnce(TimeSpan delay, IRunnable action) => ScheduleOnce(delay, action, null);

    public void ScheduleOnce(TimeSpan delay, IRunnable action, ICancelable cancelable) => Add(delay, null, action.Run, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) =>
        ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(initialDelay, interval, action, cancelable);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action) =>
        ScheduleRepeatedly(initialDelay, interval, action, null);

    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable cancelable) =>
        Add(initialDelay, interval, action.Run, cancelable);

    private void Add(TimeSpan delay, TimeSpan? interval, Action run, ICancelable cancelable)
    {
        lock (_lock)
            _items.Add(new Item(Now + delay, ++_lastNumber, interval, run, cancelable));
    }

    private sealed record Item(DateTimeOffset Due, long Number, TimeSpan? Interval, Action Run, ICancelable Cancelable);
}
