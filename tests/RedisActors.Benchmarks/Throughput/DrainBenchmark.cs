using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// How fast commands that waited for the server are answered when it is back, compared with how fast the same client is without an
/// outage.
/// </summary>
internal static class DrainBenchmark
{
    /// <summary>The window of the ready rate.</summary>
    private const int InFlight = 2_000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(ThroughputOptions options, int stashed)
    {
        await using var server = await RedisServer.StartAsync(new RedisServerOptions { AppendOnly = false });
        var rows = options.Rows.Where(row => row.Told is not null).ToArray();
        var pairs = rows.ToDictionary(row => row.Name, _ => new List<Pair<DrainFigures>>());
        Begin(options, stashed);

        // Round 0 warms up.
        for (var round = 0; round <= options.Rounds; round++)
        {
            foreach (var row in rows)
            {
                var plain = await MeasureAsync(server, await PlainDrain.ConnectAsync(server, options.PlainExecutes), stashed, options.Measured);
                var ours = await MeasureAsync(server, await OurDrain.ConnectAsync(server, row, stashed), stashed, options.Measured);
                if (round == 0) continue;

                var pair = new Pair<DrainFigures>(ours, plain);
                pairs[row.Name].Add(pair);
                if (!options.Json) Write(round.ToString(CultureInfo.InvariantCulture), DrainLine.Of(row.Name, stashed, [pair]));
            }
        }

        foreach (var row in rows)
        {
            var line = DrainLine.Of(row.Name, stashed, pairs[row.Name]);
            if (options.Json) Console.WriteLine(JsonSerializer.Serialize(line));
            else Write("middle", line);
        }
    }

    private static async Task<DrainFigures> MeasureAsync(RedisServer server, IDrainClient client, int stashed, TimeSpan measured)
    {
        await using (client)
        {
            var ready = await ThroughputBenchmark.MeasureAsync(client.Start, new LoadShape(InFlight, new Work(3)), measured);
            server.Kill();
            await client.LostAsync();
            await client.SendAsync(stashed);
            var returned = FirstWrite.AwaitAsync(server.Host, server.Port, Patience);
            await server.StartAgainAsync();
            var last = await client.DrainedAsync();
            var first = await returned;
            return new DrainFigures(
                ready.CommandsPerSecond,
                stashed / Stopwatch.GetElapsedTime(first.Written, last).TotalSeconds,
                Stopwatch.GetElapsedTime(first.Back, last).TotalSeconds);
        }
    }

    private static void Begin(ThroughputOptions options, int stashed)
    {
        if (options.Json) return;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{stashed:N0} commands sent during an outage, {options.Rounds} rounds; ready: {InFlight} in flight, {options.Measured.TotalSeconds:0.#} s"));
        Console.WriteLine(
            $"{"round",-8}{"",-20}{"ours/s",12}{"plain/s",12}{"ratio",8}{"ours ready",12}{"plain ready",12}{"of ready",10}{"plain",10}{"ours s",10}{"plain s",10}");
    }

    private static void Write(string head, DrainLine line) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{head,-8}{line.Row,-20}{line.Ours,12:N0}{line.Plain,12:N0}{line.Ratio,8:0.00}{line.OurReady,12:N0}{line.PlainReady,12:N0}{line.OurShare,10:0.00}{line.PlainShare,10:0.00}{line.OurSeconds,10:0.00}{line.PlainSeconds,10:0.00}"));
}
