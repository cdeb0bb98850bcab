namespace RedisActors.Benchmarks.Throughput;

/// <summary>A client of the set <c>drain</c>. Its commands wait as long as the outage lasts.</summary>
internal interface IDrainClient : IAsyncDisposable
{
    /// <summary>Starts a load, to measure the ready rate.</summary>
    ILoad Start(LoadShape shape);

    /// <summary>Returns when the client knows that it has lost its connection.</summary>
    Task LostAsync();

    /// <summary>Sends commands to be answered after the outage, and returns when the client has all of them.</summary>
    Task SendAsync(int commands);

    /// <summary>Returns when all of them have been answered correctly; the timestamp of the last answer.</summary>
    Task<long> DrainedAsync();
}
