namespace RedisActors.Benchmarks.Outage;

/// <summary>The server goes away and comes back with its data.</summary>
internal static class ServerFaults
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<FaultEnd> KillAsync(OutageStage stage)
    {
        stage.Server.Kill();
        await Task.Delay(Away);
        await stage.Server.StartAgainAsync();
        return FaultEnd.Now();
    }

    public static async Task<FaultEnd> RestartAsync(OutageStage stage)
    {
        await stage.Server.StopAsync();
        await Task.Delay(Away);
        await stage.Server.StartAgainAsync();
        return FaultEnd.Now();
    }

    public static async Task<FaultEnd> StallAsync(OutageStage stage)
    {
        stage.Server.Suspend();
        await Task.Delay(Stalled);
        stage.Server.Resume();
        await stage.Server.WaitUntilAnswersAsync(Patience);
        return FaultEnd.Now();
    }
}
