using System.Net.Sockets;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The server restarts with a data set that takes over a second to load, and answers <c>LOADING</c> in the meantime.</summary>
internal static class LoadingFault
{
    private const string FillScript = "for i = 1, 20000 do redis.call('SET', 'ballast:' .. i, i) end";

    // Microseconds per key: at least 1.2 s in all, twice that with the overhead of such short sleeps.
    private const string DelayPerKey = "60";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<FaultEnd> InjectAsync(OutageStage stage)
    {
        var server = stage.Server;
        (await server.ExecuteAsync("EVAL", FillScript, "0")).OrThrow();
        (await server.ExecuteAsync("CLIENT", "PAUSE", "60000", "WRITE")).OrThrow();
        await RewriteAsync(server);
        await server.StopAsync();
        await server.StartAgainAsync(
            ["--key-load-delay", DelayPerKey, "--loading-process-events-interval-bytes", "1024"],
            waitUntilItAnswers: false);
        await SeeItLoadAsync(server);
        await server.WaitUntilAnswersAsync(Patience);
        return FaultEnd.Now();
    }

    /// <summary>
    /// The delay applies to each entry of the append-only file, so with all increments in it the load would take minutes. Writes are paused
    /// during the rewrite; otherwise new ones would be added, and one client's server would load longer than the other's.
    /// </summary>
    private static async Task RewriteAsync(RedisServer server)
    {
        (await server.ExecuteAsync("BGREWRITEAOF")).OrThrow();
        var patience = new CancellationTokenSource(Patience).Token;
        while (true)
        {
            var info = await server.InfoAsync("persistence");
            if (info["aof_rewrite_in_progress"] == "0" && info["aof_rewrite_scheduled"] == "0") return;

            await Task.Delay(5, patience);
        }
    }

    private static async Task SeeItLoadAsync(RedisServer server)
    {
        var patience = new CancellationTokenSource(Patience).Token;
        while (true)
        {
            await Task.Delay(5, patience);
            if (await TryPingAsync(server) is not { } answer) continue;
            if (answer.Text.StartsWith("LOADING", StringComparison.Ordinal)) return;

            throw new InvalidOperationException($"The server was to load for a while, and answered {answer} at once.");
        }
    }

    private static async Task<ProbeReply?> TryPingAsync(RedisServer server)
    {
        try
        {
            await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port, Patience);
            return await probe.ExecuteAsync("PING");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }
}
