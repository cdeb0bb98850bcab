using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using RedisActors.Benchmarks.Outage;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Detection;

/// <summary>
/// How long a client takes to notice that its server has gone silent: the network drops everything, or the process is stopped. Nothing is
/// closed, so only the client's own heartbeat can tell.
/// </summary>
internal static class DetectionBenchmark
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(20);

    /// <summary>Long enough for a heartbeat or two, so that the silence begins at a random point between them.</summary>
    private static readonly TimeSpan LongestLeadIn = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(DetectionOptions options)
    {
        var random = new Random(options.Rounds);
        foreach (var silence in Silence.All)
        {
            foreach (var inFlight in new[] { 0, options.InFlight })
            {
                foreach (var client in options.Clients)
                {
                    var times = new List<TimeSpan?>();
                    for (var round = 0; round < options.Rounds; round++)
                    {
                        times.Add(await RunAsync(client, silence, inFlight, LongestLeadIn * random.NextDouble(), options.Patience));
                    }

                    Report(client, silence.Name, inFlight, times, options);
                }
            }
        }

        return 0;
    }

    /// <summary>Null: not noticed within the patience.</summary>
    private static async Task<TimeSpan?> RunAsync(
        string name, Silence silence, int inFlight, TimeSpan leadIn, TimeSpan patience)
    {
        await using var stage = await OutageStage.SetAsync(silence.NeedsProxy, appendOnly: false);
        var load = new OutageLoad(new CommandLedger(), inFlight);
        await using var client = name == RedisActorsClient.Name
            ? await RedisActorsClient.StartAsync(stage.Endpoint, load)
            : await PlainClient.StartAsync(stage.Endpoint, load);
        await client.Ready.WaitAsync(StartPatience);
        await Task.Delay(leadIn);
        var noticed = client.Lost;
        silence.Begin(stage);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAny(noticed, Task.Delay(patience));
        TimeSpan? time = noticed.IsCompleted ? Stopwatch.GetElapsedTime(began, await noticed) : null;
        silence.End(stage);
        return time;
    }

    private static void Report(string client, string fault, int inFlight, List<TimeSpan?> times, DetectionOptions options)
    {
        var noticed = times.OfType<TimeSpan>().Order().ToArray();
        double? Milliseconds(int index) => noticed.Length == times.Count ? Math.Round(noticed[index].TotalMilliseconds) : null;
        var p50 = Milliseconds((times.Count - 1) / 2);
        var max = Milliseconds(times.Count - 1);
        if (options.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                client, fault, in_flight = inFlight, rounds = times.Count, noticed = noticed.Length, p50_ms = p50, max_ms = max,
            }));
            return;
        }

        var none = $"> {options.Patience.TotalMilliseconds:0}";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{client,-12} {fault,-10} {(inFlight == 0 ? "idle" : $"{inFlight} in flight"),-16} noticed {noticed.Length}/{times.Count}, p50 {p50?.ToString(CultureInfo.InvariantCulture) ?? none} ms, max {max?.ToString(CultureInfo.InvariantCulture) ?? none} ms"));
    }

    /// <summary>A way in which a server goes silent.</summary>
    private sealed record Silence(string Name, bool NeedsProxy, Action<OutageStage> Begin, Action<OutageStage> End)
    {
        public static readonly IReadOnlyList<Silence> All =
        [
            new("half-open", true, stage => stage.Proxy!.Blackhole(), stage => stage.Proxy!.Pass()),
            new("stall", false, stage => stage.Server.Suspend(), stage => stage.Server.Resume()),
        ];
    }
}
