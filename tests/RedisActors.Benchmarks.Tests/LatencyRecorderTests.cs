using System.Diagnostics;
using RedisActors.Benchmarks.Throughput;

namespace RedisActors.Benchmarks.Tests;

public sealed class LatencyRecorderTests
{
    [Fact]
    public void Only_what_is_answered_while_it_is_on_counts()
    {
        var recorder = new LatencyRecorder(inFlight: 1);
        recorder.Answered(0, At(1));
        recorder.Answered(0, At(500));
        recorder.IsOn = true;
        recorder.Answered(0, At(520));
        recorder.IsOn = false;
        recorder.Answered(0, At(900));

        var figures = recorder.Figures();
        Assert.InRange(figures.P50, 20_000, 20_000 * 65 / 64.0);
        Assert.Equal(figures.P50, figures.P999);
    }

    [Fact]
    public void Each_slot_waits_for_its_own_answers()
    {
        var recorder = new LatencyRecorder(inFlight: 2) { IsOn = true };
        recorder.Answered(0, At(1));
        recorder.Answered(1, At(2));
        recorder.Answered(0, At(11));
        recorder.Answered(1, At(42));

        var figures = recorder.Figures();
        Assert.InRange(figures.P50, 10_000, 10_000 * 65 / 64.0);
        Assert.InRange(figures.P99, 40_000, 40_000 * 65 / 64.0);
    }

    [Fact]
    public void A_slot_that_has_not_been_answered_before_has_no_latency()
    {
        var recorder = new LatencyRecorder(inFlight: 2) { IsOn = true };
        recorder.Answered(0, At(1));
        recorder.Answered(1, At(1));

        Assert.Throws<InvalidOperationException>(() => recorder.Figures());
    }

    private static long At(int milliseconds) => milliseconds * Stopwatch.Frequency / 1_000;
}
