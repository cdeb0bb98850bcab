using System.Diagnostics;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The server is healthy, but the client cannot reach it.</summary>
internal static class ConnectionFaults
{
    private static readonly TimeSpan Swallowed = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Refused = TimeSpan.FromSeconds(1);

    public static async Task<FaultEnd> HalfOpenAsync(OutageStage stage)
    {
        stage.Proxy!.Blackhole();
        await Task.Delay(Swallowed);
        stage.Proxy.Pass();
        return FaultEnd.Now();
    }

    public static Task<FaultEnd> CutAsync(OutageStage stage)
    {
        var began = Stopwatch.GetTimestamp();
        stage.Proxy!.Cut();
        return Task.FromResult(FaultEnd.OfConnection(began));
    }

    public static async Task<FaultEnd> ClientKillAsync(OutageStage stage)
    {
        var began = Stopwatch.GetTimestamp();
        await stage.Server.KillClientsAsync();
        return FaultEnd.OfConnection(began);
    }

    /// <summary>The client is disconnected, and the only connection that the server allows is taken by the probe.</summary>
    public static async Task<FaultEnd> MaxClientsAsync(OutageStage stage)
    {
        await using var probe = await stage.Server.ConnectAsync();
        var usual = (await probe.ExecuteAsync("CONFIG", "GET", "maxclients")).OrThrow().Items[1].Text;
        (await probe.ExecuteAsync("CONFIG", "SET", "maxclients", "1")).OrThrow();
        (await probe.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")).OrThrow();
        await Task.Delay(Refused);
        (await probe.ExecuteAsync("CONFIG", "SET", "maxclients", usual)).OrThrow();
        return FaultEnd.Now();
    }
}
