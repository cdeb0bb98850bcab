using System.Diagnostics;
using RedisActors.Benchmarks.Outage;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>
/// Clients under the same steady load, on the same server, through the same outages: how long does it take from the moment when that server
/// answers <c>PING</c> again until a command is applied?
/// </summary>
internal static class RecoveryBenchmark
{
    /// <summary>How long the load runs between the recovery of the last client and the next outage.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ServerPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(60);

    /// <summary>The exit code is 0 unless a client did not recover.</summary>
    public static async Task<int> RunAsync(RecoveryOptions options)
    {
        var report = new RecoveryReport(options);
        report.Begin();

        // Nothing is compared in the end, so no file is kept: the server would answer LOADING while it loads the file.
        await using var stage = await OutageStage.SetAsync(options.Fault.NeedsProxy, appendOnly: false);
        var clients = new List<RecoveringClient>();
        try
        {
            foreach (var name in options.Clients)
            {
                clients.Add(await RecoveringClient.StartAsync(name, stage.Endpoint, options.InFlight));
            }

            foreach (var length in options.Outages)
            {
                await Task.Delay(Between);
                report.Add(await SufferAsync(stage, options.Fault, length, clients), clients);
            }
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }

        report.End(clients);
        return clients.All(client => client.CameBack) ? 0 : 1;
    }

    /// <summary>Returns how long the server was away.</summary>
    private static async Task<TimeSpan> SufferAsync(
        OutageStage stage, RecoveryFault fault, TimeSpan length, List<RecoveringClient> clients)
    {
        fault.Begin(stage);
        var gone = Stopwatch.GetTimestamp();
        await Task.Delay(length);
        var pong = FirstPong.AwaitAsync(stage.Server.Host, stage.Port, ServerPatience, seen =>
        {
            foreach (var client in clients) client.ServerIsBack(fault.Name, seen);
        });
        await fault.EndAsync(stage);
        var back = await pong;
        await Task.WhenAll(clients.Select(client => client.ComeBackAsync(RecoveryPatience)));
        return Stopwatch.GetElapsedTime(gone, back);
    }
}
