using System.Diagnostics;

namespace RedisActors.Demo;

/// <summary>How many commands were applied per second, in the recent past.</summary>
internal sealed class RateHistory
{
    private const int Kept = 120;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly List<double> _rates = [];
    private long _sampledAt = Stopwatch.GetTimestamp();
    private long _applied;

    /// <summary>The rates, one for each half second, the latest last.</summary>
    public IReadOnlyList<double> Rates => _rates;

    public double Latest => _rates.Count == 0 ? 0 : _rates[^1];

    /// <param name="applied">Commands applied since the beginning.</param>
    public void Sample(long applied)
    {
        var passed = Stopwatch.GetElapsedTime(_sampledAt);
        if (passed < Interval) return;

        _rates.Add((applied - _applied) / passed.TotalSeconds);
        if (_rates.Count > Kept) _rates.RemoveAt(0);
        _sampledAt = Stopwatch.GetTimestamp();
        _applied = applied;
    }

    /// <summary>The last rates as bars, the highest of them filling the line's height.</summary>
    public string Sparkline(int width, bool unicode)
    {
        var steps = unicode ? " ▁▂▃▄▅▆▇█" : " .:-=+*#@";
        var shown = _rates.TakeLast(width).ToArray();
        var highest = shown.DefaultIfEmpty().Max();
        return string.Concat(shown.Select(rate => steps[Step(rate)]));

        int Step(double rate) => rate <= 0 || highest <= 0 ? 0 : 1 + (int)Math.Round(rate / highest * (steps.Length - 2));
    }
}
