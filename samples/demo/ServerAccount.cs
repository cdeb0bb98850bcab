using RedisActors.Testing;

namespace RedisActors.Demo;

/// <summary>What the server has in the end, asked over a connection of its own that knows nothing of RedisActors.</summary>
internal static class ServerAccount
{
    /// <summary>Reads the counters, and checks the numbers.</summary>
    public static async Task<LedgerSummary> CompareAsync(ServerAddress server, DemoAccount account)
    {
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        var counts = new Dictionary<string, long>();
        foreach (var key in account.CounterKeys) counts[key] = (await probe.ExecuteAsync("GET", key)).OrThrow().AsInt64();
        foreach (var number in account.Numbers)
        {
            number.CheckAtTheEnd((await probe.ExecuteAsync("GET", number.Key)).OrThrow().AsInt64());
        }

        return account.Increments.Compare(counts);
    }

    /// <summary>Removes the demo's keys.</summary>
    public static async Task CleanUpAsync(ServerAddress server, DemoAccount account)
    {
        await using var probe = await RedisProbe.ConnectAsync(server.Host, server.Port);
        foreach (var key in account.Keys) (await probe.ExecuteAsync("DEL", key)).OrThrow();
    }
}
