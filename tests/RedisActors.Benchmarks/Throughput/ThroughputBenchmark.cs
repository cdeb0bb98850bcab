using System.Diagnostics;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// Commands per second and bytes allocated per command, with the same window on the same server: plain, ours, plain, ours, and
/// so on, so that a machine that becomes slower or faster does so for both.
/// </summary>
internal static class ThroughputBenchmark
{
    /// <summary>How long a load runs before it is measured: until its window is full and its code is compiled.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    public static async Task RunAsync(ThroughputOptions options)
    {
        if (options.Rows.Count > 0)
        {
            foreach (var which in options.Cases) await RunAsync(options, which);
        }

        if (options.Gateway) await GatewayBenchmark.RunAsync(options);
        if (options.Stashed is { } stashed) await DrainBenchmark.RunAsync(options, stashed);
    }

    public static async Task<Figures> MeasureAsync(Func<LoadShape, ILoad> start, LoadShape shape, TimeSpan measured)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var load = start(shape);
        await Task.Delay(WarmUp);
        var processor = Environment.CpuUsage.TotalTime;
        var (answered, bytes, began) = (load.Answered, GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        if (shape.Latency is { } begins) begins.IsOn = true;
        await Task.Delay(measured);
        if (shape.Latency is { } ends) ends.IsOn = false;
        var commands = load.Answered - answered;
        var elapsed = Stopwatch.GetElapsedTime(began);
        processor = Environment.CpuUsage.TotalTime - processor;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        await load.StopAsync();
        return new Figures(commands / elapsed.TotalSeconds, (double)allocated / commands, processor.TotalMicroseconds / commands)
        {
            Latency = shape.Latency?.Figures(),
        };
    }

    private static async Task RunAsync(ThroughputOptions options, ThroughputCase which)
    {
        await using var stage = await ThroughputStage.SetAsync(which);
        var work = new Work(which.ValueBytes);
        var plainClient = stage.Plain;
        Func<LoadShape, ILoad> startPlain = options.PlainExecutes
            ? shape => new PlainExecuteLoad(plainClient, shape)
            : shape => new PlainLoad(plainClient, shape);
        var report = new ThroughputReport(options, which);
        report.Begin();

        // Round 0 warms up.
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var row in options.Rows)
            {
                var plain = await MeasureAsync(startPlain, Shape(), options.Measured);
                var ours = await MeasureAsync(shape => row.Start(stage.Ours, plainClient, shape), Shape(), options.Measured);
                if (round > 0) report.Add(round, row.Name, ours, plain);
            }
        }

        report.End();

        LoadShape Shape() => new(which.InFlight, work, which.Latency ? new LatencyRecorder(which.InFlight) : null);
    }
}
