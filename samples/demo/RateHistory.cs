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

    /// <summary>
    /// The last rates as bars. A full one is twice the usual rate or more: the burst after an outage would make all others flat.
    /// </summary>
    public string Sparkline(int width, bool unicode)
    {
        var steps = unicode ? " ▁▂▃▄▅▆▇█" : " .:-=+*#@";
        var shown = _rates.TakeLast(width).ToArray();
        var usual = shown.Where(rate => rate > 0).Order().ToArray();
        var highest = usual.Length == 0 ? 0 : Math.Min(usual[^1], 2 * usual[usual.Length / 2]);
        return string.Concat(shown.Select(rate => steps[Step(rate)]));

        int Step(double rate) => rate <= 0 || highest <= 0 ? 0 : 1 + (int)Math.Round(Math.Min(1, rate / highest) * (steps.Length - 2));
    }
}
