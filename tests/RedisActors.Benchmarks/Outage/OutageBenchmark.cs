using System.Net.Sockets;

namespace RedisActors.Benchmarks.Outage;

/// <summary>
/// Clients increment counters on a real server while real faults happen; in the end their records are compared with the server's counters.
/// </summary>
internal static class OutageBenchmark
{
    /// <summary>The exit code is 0 unless our client broke its promise, or a fault could not be produced.</summary>
    public static async Task<int> RunAsync(OutageOptions options)
    {
        var report = new OutageReport(options);
        report.Begin();
        var exitCode = 0;
        foreach (var fault in options.Faults)
        {
            foreach (var client in options.Clients)
            {
                try
                {
                    var result = await OutageRun.RunAsync(client, fault, options);
                    report.Add(result);
                    if (!result.KeptItsWord) exitCode = 1;
                }
                catch (Exception e) when (e is InvalidOperationException or SocketException or IOException or TimeoutException
                    or OperationCanceledException)
                {
                    Console.Error.WriteLine($"{client}, {fault.Name}: cannot be measured. {e.Message}");
                    exitCode = 1;
                }
            }
        }

        return exitCode;
    }
}
