using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>An endless script blocks the server for three seconds, in which it answers <c>BUSY</c>; then the script is killed.</summary>
internal static class BusyFault
{
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<FaultEnd> InjectAsync(OutageStage stage)
    {
        await using var runner = await stage.Server.ConnectAsync();
        await using var witness = await stage.Server.ConnectAsync();
        (await witness.ExecuteAsync("CONFIG", "SET", "lua-time-limit", "10")).OrThrow();

        // It writes nothing: only such a script can be killed.
        await runner.SendAsync("EVAL", "while true do end", "0");
        await Task.Delay(Busy);
        var answer = await witness.ExecuteAsync("PING");
        if (!answer.Text.StartsWith("BUSY", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The server was to be busy, and answered {answer}.");
        }

        (await witness.ExecuteAsync("SCRIPT", "KILL")).OrThrow();
        await stage.Server.WaitUntilAnswersAsync(Patience);
        return FaultEnd.Now();
    }
}
