namespace RedisActors.Simulation;

/// <summary>What happens when, in microseconds that pass as fast as they can. Of two things at the same moment, the one planned first.</summary>
internal sealed class VirtualTime
{
    private const int OrderBits = 24;

    private readonly PriorityQueue<Action, long> _events = new();
    private long _planned;

    /// <summary>Microseconds since the start.</summary>
    public long Now { get; private set; }

    /// <summary>What the ledger calls the time.</summary>
    public long NowMilliseconds => Now / 1000;

    public static long Milliseconds(double milliseconds) => (long)(milliseconds * 1000);

    public void After(long microseconds, Action action) =>
        _events.Enqueue(action, ((Now + microseconds) << OrderBits) | (_planned++ & ((1 << OrderBits) - 1)));

    /// <summary>Lets the next thing happen; false when nothing is planned any more.</summary>
    public bool Step()
    {
        if (!_events.TryDequeue(out var action, out var when)) return false;
        Now = when >> OrderBits;
        action();
        return true;
    }
}
