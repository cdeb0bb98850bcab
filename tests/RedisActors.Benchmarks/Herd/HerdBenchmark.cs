using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Akka.Actor;
using Akka.Configuration;
using RedisActors.Benchmarks.Outage;
using RedisActors.Benchmarks.Recovery;
using RedisActors.Configuration;

namespace RedisActors.Benchmarks.Herd;

/// <summary>
/// Many supervised connections of one process to one server that is killed and comes back. How many connection attempts does that cost
/// while it is away, how many come at the same instant when it is back, and how long does it take until all are ready?
/// </summary>
internal static class HerdBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TenMilliseconds = TimeSpan.FromMilliseconds(10);

    public static async Task<int> RunAsync(int connections, TimeSpan outage, int rounds, bool json)
    {
        using var attempts = new ConnectionAttempts { IgnoredThread = FirstPong.ThreadName };
        await using var stage = await OutageStage.SetAsync(needsProxy: false, appendOnly: false);
        var system = ActorSystem.Create("herd", ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }
            redis-actors.default.endpoint = "{{stage.Endpoint}}"
            """).WithFallback(RedisExtension.DefaultConfig()));
        try
        {
            var ready = new ReadyTimes(connections);
            system.EventStream.Subscribe(
                system.ActorOf(Props.Create(() => new Counter(ready)), "counter"), typeof(RedisReady));
            var settings = RedisConnections.Create(system.Settings.Config).Default;
            for (var i = 1; i <= connections; i++) system.ActorOf(RedisActor.Props(settings), $"redis-{i}");
            await ready.AllAsync(Patience);
            for (var round = 1; round <= rounds; round++)
            {
                await Task.Delay(Second * 2);
                Report(round, await SufferAsync(stage, attempts, ready, outage), json);
            }
        }
        finally
        {
            await system.Terminate();
        }

        return 0;
    }

    private static async Task<Round> SufferAsync(OutageStage stage, ConnectionAttempts attempts, ReadyTimes ready, TimeSpan outage)
    {
        ready.Begin();
        var gone = Stopwatch.GetTimestamp();
        stage.Server.Kill();
        await Task.Delay(outage);
        var pong = FirstPong.AwaitAsync(stage.Server.Host, stage.Port, Patience, _ => { });
        await stage.Server.StartAgainAsync(waitUntilItAnswers: false);
        var back = await pong;
        var times = await ready.AllAsync(Patience);
        var sorted = times.Select(time => Stopwatch.GetElapsedTime(back, time).TotalMilliseconds).Order().ToArray();
        var end = times.Max();
        return new Round(
            sorted.Length,
            Math.Round(attempts.Count(gone, back) / Stopwatch.GetElapsedTime(gone, back).TotalSeconds),
            attempts.Peak(gone, back, Second),
            attempts.Count(back, end),
            attempts.Peak(back, end, TenMilliseconds),
            Math.Round(sorted[sorted.Length / 2], 1),
            Math.Round(sorted[(int)Math.Ceiling(sorted.Length * 0.95) - 1], 1),
            Math.Round(sorted[^1], 1));
    }

    private static void Report(int round, Round result, bool json)
    {
        Console.WriteLine(json
            ? JsonSerializer.Serialize(result, new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })
            : string.Create(
                CultureInfo.InvariantCulture,
                $"""
                 round {round}, {result.Connections} connections
                   while away   {result.AttemptsPerSecondAway} connection attempts a second on average, {result.PeakPerSecondAway} in the busiest second
                   coming back  {result.AttemptsBack} connection attempts, {result.PeakPer10MsBack} in the busiest 10 ms
                   ready after  p50 {result.ReadyP50Ms} ms, p95 {result.ReadyP95Ms} ms, max {result.ReadyMaxMs} ms from the server's first PONG
                 """));
    }

    private sealed record Round(
        int Connections,
        double AttemptsPerSecondAway,
        int PeakPerSecondAway,
        int AttemptsBack,
        [property: System.Text.Json.Serialization.JsonPropertyName("peak_per_10ms_back")] int PeakPer10MsBack,
        [property: System.Text.Json.Serialization.JsonPropertyName("ready_p50_ms")] double ReadyP50Ms,
        [property: System.Text.Json.Serialization.JsonPropertyName("ready_p95_ms")] double ReadyP95Ms,
        [property: System.Text.Json.Serialization.JsonPropertyName("ready_max_ms")] double ReadyMaxMs);

    /// <summary>Records when a connection becomes ready.</summary>
    private sealed class Counter : ReceiveActor
    {
        public Counter(ReadyTimes ready) => Receive<RedisReady>(_ => ready.Add(Stopwatch.GetTimestamp()));
    }
}
