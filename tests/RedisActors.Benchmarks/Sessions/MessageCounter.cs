using System.Diagnostics;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Sessions;

/// <summary>Counts messages as they are read, and measures what one costs.</summary>
internal sealed class MessageCounter
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    private long _count;

    public long Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);

    public async Task ReachAsync(long count, TimeSpan patience)
    {
        for (var began = Stopwatch.GetTimestamp(); Count < count; await Task.Yield())
        {
            if (Stopwatch.GetElapsedTime(began) > patience) throw new TimeoutException($"{Count} of {count} messages were read");
        }
    }

    /// <summary>Lets messages be sent for so long, after a moment of warm-up.</summary>
    public async Task<Figures> MeasureAsync(Func<TimeSpan, Task> send, TimeSpan measured)
    {
        await send(WarmUp);
        GC.Collect();
        var processor = Environment.CpuUsage.TotalTime;
        var (read, bytes, began) = (Count, GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        await send(measured);
        var count = Count - read;
        var elapsed = Stopwatch.GetElapsedTime(began);
        processor = Environment.CpuUsage.TotalTime - processor;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return new Figures(count / elapsed.TotalSeconds, (double)allocated / count, processor.TotalMicroseconds / count);
    }
}
