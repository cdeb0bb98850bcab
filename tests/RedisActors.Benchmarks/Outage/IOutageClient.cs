namespace RedisActors.Benchmarks.Outage;

/// <summary>A client under load; it keeps its window of commands full from its creation on.</summary>
internal interface IOutageClient : IAsyncDisposable
{
    /// <summary>Completes when the client has connected once.</summary>
    Task Ready { get; }

    /// <summary>Completes with the time stamp at which the client first reports a lost connection.</summary>
    Task<long> Lost { get; }

    /// <summary>No command is sent after this; answers are still recorded.</summary>
    Task StopSendingAsync();
}
