using System.Diagnostics;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// The latency of each command of a load. A slot of the window sends its next command as soon as the previous one has been answered, so
/// the time from one answer to the next is what its sender waits for a command.
/// </summary>
internal sealed class LatencyRecorder
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    private readonly LatencyHistogram[] _histograms;
    private readonly long[] _last;
    private volatile bool _isOn;

    public LatencyRecorder(int inFlight)
    {
        _histograms = [.. Enumerable.Range(0, inFlight).Select(_ => new LatencyHistogram())];
        _last = new long[inFlight];
    }

    /// <summary>Whether answers are recorded: not during warm-up, nor while the load is being stopped.</summary>
    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    /// <summary>A slot's command has been answered. A slot is used by one thread at a time.</summary>
    public void Answered(int place) => Answered(place, Stopwatch.GetTimestamp());

    /// <param name="place">The slot.</param>
    /// <param name="now">When, as a timestamp of a <see cref="Stopwatch"/>.</param>
    internal void Answered(int place, long now)
    {
        if (_isOn && _last[place] is not 0 and var last) _histograms[place].Record((long)((now - last) * NanosecondsPerTick));
        _last[place] = now;
    }

    /// <summary>The percentiles over all slots; call it when the load has stopped.</summary>
    public LatencyFigures Figures()
    {
        var sum = new LatencyHistogram();
        foreach (var histogram in _histograms) sum.Add(histogram);
        return new LatencyFigures(Microseconds(sum, 0.5), Microseconds(sum, 0.99), Microseconds(sum, 0.999));
    }

    private static double Microseconds(LatencyHistogram histogram, double share) => histogram.Percentile(share) / 1000.0;
}

/// <summary>How long senders waited for a command's answer, in microseconds.</summary>
internal readonly record struct LatencyFigures(double P50, double P99, double P999);
