using System.Diagnostics;
using System.Diagnostics.Tracing;

namespace RedisActors.Benchmarks.Herd;

/// <summary>
/// Every attempt of this process to open a TCP connection, with its time, as reported by the runtime's sockets. Includes refused attempts
/// and those of the Redis client.
/// </summary>
internal sealed class ConnectionAttempts : EventListener
{
    private const string Source = "System.Net.Sockets";
    private const string Begins = "ConnectStart";

    private readonly List<long> _times = [];

    /// <summary>Attempts by threads with this name are the benchmark's own and are not counted.</summary>
    public string? IgnoredThread { get; set; }

    /// <summary>The number of attempts between two <see cref="Stopwatch"/> time stamps.</summary>
    public int Count(long from, long to)
    {
        lock (_times) return _times.Count(time => time >= from && time < to);
    }

    /// <summary>The most attempts in any period of this length between two time stamps.</summary>
    public int Peak(long from, long to, TimeSpan length)
    {
        long[] times;
        lock (_times) times = [.. _times.Where(time => time >= from && time < to).Order()];
        var width = (long)(length.TotalSeconds * Stopwatch.Frequency);
        var peak = 0;
        for (int first = 0, last = 0; last < times.Length; last++)
        {
            while (times[last] - times[first] >= width) first++;
            peak = Math.Max(peak, last - first + 1);
        }

        return peak;
    }

    protected override void OnEventSourceCreated(EventSource source)
    {
        if (source.Name == Source) EnableEvents(source, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs written)
    {
        if (written.EventName != Begins) return;
        if (IgnoredThread is not null && Thread.CurrentThread.Name == IgnoredThread) return;
        var now = Stopwatch.GetTimestamp();
        lock (_times) _times.Add(now);
    }
}
