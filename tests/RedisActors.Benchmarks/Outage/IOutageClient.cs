namespace RedisActors.Benchmarks.Outage;

/// <summary>A client under load; it keeps its window of commands filled from its making on.</summary>
internal interface IOutageClient : IAsyncDisposable
{
    /// <summary>Completes when the client has had a connection.</summary>
    Task Ready { get; }

    /// <summary>Completes with the time stamp at which the client first says that it has lost a connection.</summary>
    Task<long> Lost { get; }

    /// <summary>After this no command is sent; answers are still written down.</summary>
    Task StopSendingAsync();
}
