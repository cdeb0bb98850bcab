using System.Numerics;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// Counts times in steps that grow with them, 64 for each doubling, so that a percentile is at most 1.6 % above the time that was
/// measured, whatever its size. Recording allocates nothing.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int StepBits = 6;
    private const int Steps = 1 << StepBits;

    /// <summary>18 minutes; what takes longer counts as this.</summary>
    private const long Longest = (1L << 40) - 1;

    private readonly long[] _counts = new long[StepOf(Longest) + 1];

    public long Count { get; private set; }

    /// <param name="nanoseconds">A time of zero or more.</param>
    public void Record(long nanoseconds)
    {
        _counts[StepOf(Math.Min(nanoseconds, Longest))]++;
        Count++;
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++) _counts[i] += other._counts[i];
        Count += other.Count;
    }

    /// <summary>The smallest time, rounded up to its step, that this share of all times did not exceed; in nanoseconds.</summary>
    /// <param name="share">Above 0 and up to 1: 0.99 for the 99th percentile.</param>
    /// <exception cref="InvalidOperationException">Nothing was recorded.</exception>
    public long Percentile(double share)
    {
        if (Count == 0) throw new InvalidOperationException("No time was recorded.");

        var rank = Math.Clamp((long)Math.Ceiling(share * Count), 1, Count);
        var step = 0;
        for (var seen = _counts[0]; seen < rank; seen += _counts[step]) step++;
        return EndOf(step);
    }

    private static int StepOf(long time)
    {
        var doublings = BitOperations.Log2((ulong)time | 1) - StepBits;
        return doublings <= 0 ? (int)time : (doublings << StepBits) + (int)(time >> doublings);
    }

    private static long EndOf(int step)
    {
        var doublings = (step >> StepBits) - 1;
        return doublings <= 0 ? step : (((step & (Steps - 1)) + Steps + 1L) << doublings) - 1;
    }
}
