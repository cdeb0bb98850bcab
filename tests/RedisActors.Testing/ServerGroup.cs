namespace RedisActors.Testing;

/// <summary>Servers that are started together and go together.</summary>
internal static class ServerGroup
{
    /// <summary>Starts all at once; where one fails, none is left.</summary>
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

    /// <summary>Disposes of all, of the others too where one fails.</summary>
    public static Task DisposeAsync(IEnumerable<RedisServer> servers) =>
        Task.WhenAll(servers.Select(server => Task.Run(async () => await server.DisposeAsync().ConfigureAwait(false))));

    /// <summary>Asks all that can be asked, at once.</summary>
    /// <exception cref="InvalidOperationException">None can be.</exception>
    public static Task<T[]> AskAllAsync<T>(IEnumerable<RedisServer> servers, Func<RedisServer, Task<T>> question)
    {
        var reachable = Reachable(servers);
        if (reachable.Length == 0) throw new InvalidOperationException("All are suspended or gone.");

        return Task.WhenAll(reachable.Select(question));
    }

    /// <summary>Those that run and are not suspended: the ones that can be asked.</summary>
    public static RedisServer[] Reachable(IEnumerable<RedisServer> servers) =>
        [.. servers.Where(server => server is { IsRunning: true, IsSuspended: false })];
}
