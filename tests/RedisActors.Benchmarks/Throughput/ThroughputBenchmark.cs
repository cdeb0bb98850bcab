using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Testing;
using StackExchange.Redis;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// Commands per second and bytes allocated per command, with the same window on the same server: plain, ours, plain, ours, and
/// so on, so that a machine that becomes slower or faster does so for both.
/// </summary>
internal static class ThroughputBenchmark
{
    /// <summary>How long a load runs before it is measured: until its window is full and its code is compiled.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.5);

    public static async Task<int> RunAsync(ThroughputOptions options)
    {
        // Without persistence: it would measure the disk.
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        using var multiplexer = await ConnectAsync(server);
        using var system = CreateSystem(server);
        var database = multiplexer.GetDatabase();
        var redis = RedisExtension.Get(system).RedisActor;
        Func<ILoad> startPlain = options.PlainExecutes
            ? () => new PlainExecuteLoad(database, options.InFlight)
            : () => new PlainLoad(database, options.InFlight);
        var report = new ThroughputReport(options);
        report.Begin();

        // Round 0 warms up.
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var row in options.Rows)
            {
                var plain = await MeasureAsync(startPlain, options.Measured);
                var ours = await MeasureAsync(() => row.Start(system, redis, options.InFlight), options.Measured);
                if (round > 0) report.Add(round, row, ours, plain);
            }
        }

        report.End();
        await system.Terminate();
        return 0;
    }

    private static async Task<Figures> MeasureAsync(Func<ILoad> start, TimeSpan measured)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var load = start();
        await Task.Delay(WarmUp);
        var processor = Environment.CpuUsage.TotalTime;
        var (answered, bytes, began) = (load.Answered, GC.GetTotalAllocatedBytes(precise: true), Stopwatch.GetTimestamp());
        await Task.Delay(measured);
        var commands = load.Answered - answered;
        var elapsed = Stopwatch.GetElapsedTime(began);
        processor = Environment.CpuUsage.TotalTime - processor;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        await load.StopAsync();
        return new Figures(commands / elapsed.TotalSeconds, (double)allocated / commands, processor.TotalMicroseconds / commands);
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(RedisServer server)
    {
        var configuration = ConfigurationOptions.Parse(server.Endpoint);
        configuration.AbortOnConnectFail = false;
        return await ConnectionMultiplexer.ConnectAsync(configuration);
    }

    private static ActorSystem CreateSystem(RedisServer server) => ActorSystem.Create("throughput", ConfigurationFactory.ParseString(
        $$"""
        akka { loglevel = ERROR, stdout-loglevel = OFF }
        redis-actors.default.endpoint = "{{server.Endpoint}}"
        """));
}
