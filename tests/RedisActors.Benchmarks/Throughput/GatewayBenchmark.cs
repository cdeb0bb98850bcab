using System.Diagnostics;
using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Gateway;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// redis-benchmark, pipelined, straight to a server and through a gateway of this process, in turn. Processor time and bytes are those of
/// this process, so straight there are none.
/// </summary>
internal static class GatewayBenchmark
{
    public const string Row = "gateway";

    private const int Clients = 50;
    private const int Pipelined = 16;
    private const int FirstCount = 100_000;

    private static readonly string[] Tests = ["set", "get"];

    public static async Task RunAsync(ThroughputOptions options)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var system = ActorSystem.Create("gateway", ConfigurationFactory.ParseString($$"""
            akka { loglevel = ERROR, stdout-loglevel = OFF }
            redis-actors.default.endpoint = "{{server.Endpoint}}"
            redis-actors.gateway.listen = "127.0.0.1:{{LoopbackPorts.PickFree()}}"
            """));
        var port = ((IPEndPoint)RedisGateway.Get(system).Endpoint).Port;
        var which = new ThroughputCase
        {
            Set = ThroughputSet.Base.Name, InFlight = Clients * Pipelined, ValueBytes = 3, Lanes = 1, Connections = 1, Nodes = 1, Latency = false,
        };
        var report = new ThroughputReport(options, which);
        report.Begin();

        // Round 0 warms up, and tells how many commands take as long as was asked for.
        var count = FirstCount;
        for (var round = 0; round <= options.Rounds; round++)
        {
            var straight = await MeasureAsync(server.Port, count);
            var ours = await MeasureAsync(port, count);
            if (round > 0) report.Add(round, Row, ours, straight);
            else count = (int)Math.Clamp(straight.CommandsPerSecond * options.Measured.TotalSeconds / Tests.Length, FirstCount, 100_000_000);
        }

        report.End();
        await system.Terminate();
    }

    private static async Task<Figures> MeasureAsync(int port, int count)
    {
        var processor = Environment.CpuUsage.TotalTime;
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var rates = await RunBenchmarkAsync(port, count);
        var commands = (double)count * rates.Count;
        return new Figures(
            rates.Count / rates.Sum(rate => 1 / rate),
            (GC.GetTotalAllocatedBytes(precise: true) - bytes) / commands,
            (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / commands);
    }

    /// <summary>What it says of each of its tests, in commands per second.</summary>
    private static async Task<IReadOnlyList<double>> RunBenchmarkAsync(int port, int count)
    {
        string[] arguments = ["-p", $"{port}", "-t", string.Join(',', Tests), "-n", $"{count}", "-c", $"{Clients}", "-P", $"{Pipelined}", "--csv"];
        using var process = Process.Start(new ProcessStartInfo("redis-benchmark", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        double[] rates = [.. output.Split('\n').Where(line => line.StartsWith("\"SET\"", StringComparison.Ordinal) || line.StartsWith("\"GET\"", StringComparison.Ordinal))
            .Select(line => double.Parse(line.Split(',')[1].Trim('"'), CultureInfo.InvariantCulture))];
        return process.ExitCode == 0 && rates.Length == Tests.Length
            ? rates
            : throw new InvalidOperationException($"redis-benchmark ended with {process.ExitCode}: {output}{await errors}");
    }
}
