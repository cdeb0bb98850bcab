#nullable disable
namespace Akka.Actor.Internal;

/// <summary>What a timer sends; the actor sees only <see cref="Message"/>.</summary>
internal class TimerMessage(object key, int generation, object message) : INoSerializationVerificationNeeded, Event.IDeadLetterSuppression
{
    public object Key { get; } = key;

    public int Generation { get; } = generation;

    public object Message { get; } = message;

    public override string ToString() => $"Timer({Key}, {Message})";
}

/// <summary>The tick of a timer whose message must not start the receive timeout anew.</summary>
internal sealed class QuietTimerMessage(object key, int generation, object message)
    : TimerMessage(key, generation, message), INotInfluenceReceiveTimeout;

internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Running> _running = [];
    private int _generation;

    public IReadOnlyCollection<object> ActiveTimers => _running.Keys.ToArray();

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) =>
        Start(key, msg, interval, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, interval, interval, sender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval) =>
        Start(key, msg, initialDelay, interval, ActorRefs.NoSender);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval, IActorRef sender) =>
        Start(key, msg, initialDelay, interval, sender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout) => Start(key, msg, timeout, null, ActorRefs.NoSender);

    public void StartSingleTimer(object key, object msg, TimeSpan timeout, IActorRef sender) => Start(key, msg, timeout, null, sender);

    public bool IsTimerActive(object key) => _running.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_running.Remove(key, out var timer))
        {
            timer.Schedule.Cancel();
        }
    }

    public void CancelAll()
    {
        foreach (var timer in _running.Values)
        {
            timer.Schedule.Cancel();
        }

        _running.Clear();
    }

    /// <summary>False for what a cancelled or replaced timer had sent before it ended.</summary>
    public bool Accepts(TimerMessage tick)
    {
        if (!_running.TryGetValue(tick.Key, out var timer) || timer.Generation != tick.Generation)
        {
            return false;
        }

        if (!timer.Repeats)
        {
            _running.Remove(tick.Key);
        }

        return true;
    }

    private void Start(object key, object message, TimeSpan delay, TimeSpan? interval, IActorRef sender)
    {
        Cancel(key);
        var generation = ++_generation;
        var tick = message is INotInfluenceReceiveTimeout
            ? new QuietTimerMessage(key, generation, message)
            : new TimerMessage(key, generation, message);
        var scheduler = cell.System.Scheduler;
        var schedule = interval.HasValue
            ? scheduler.ScheduleTellRepeatedlyCancelable(delay, interval.Value, cell.Self, tick, sender)
            : scheduler.ScheduleTellOnceCancelable(delay, cell.Self, tick, sender);
        _running.Add(key, new Running(schedule, generation, interval.HasValue));
    }

    private readonly record struct Running(ICancelable Schedule, int Generation, bool Repeats);
}
