namespace RedisActors.Testing;

/// <summary>Servers that are started and stopped together.</summary>
internal static class ServerGroup
{
    /// <summary>Starts all in parallel; if one fails, none is left running.</summary>
    public static async Task<RedisServer[]> StartAsync(IEnumerable<RedisServerOptions> options)
    {
        var starts = options.Select(RedisServer.StartAsync).ToArray();
        try
        {
            return await Task.WhenAll(starts).ConfigureAwait(false);
        }
        catch
        {
            var started = starts.Where(start => start.IsCompletedSuccessfully).Select(start => start.Result);
            await DisposeAsync(started).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Disposes of all, even if one fails.</summary>
    public static Task DisposeAsync(IEnumerable<RedisServer> servers) =>
        Task.WhenAll(servers.Select(server => Task.Run(async () => await server.DisposeAsync().ConfigureAwait(false))));

    /// <summary>Queries all reachable servers in parallel.</summary>
    /// <exception cref="InvalidOperationException">No server is reachable.</exception>
    public static Task<T[]> AskAllAsync<T>(IEnumerable<RedisServer> servers, Func<RedisServer, Task<T>> question)
    {
        var reachable = Reachable(servers);
        if (reachable.Length == 0) throw new InvalidOperationException("All servers are suspended or gone.");

        return Task.WhenAll(reachable.Select(question));
    }

    /// <summary>The reachable servers: those that run and are not suspended.</summary>
    public static RedisServer[] Reachable(IEnumerable<RedisServer> servers) =>
        [.. servers.Where(server => server is { IsRunning: true, IsSuspended: false })];
}
