namespace RedisActors.Benchmarks.Outage;

/// <summary>A client under load; it keeps its window of commands filled from its making on.</summary>
internal interface IOutageClient : IAsyncDisposable
{
    /// <summary>After this no command is sent; answers are still written down.</summary>
    Task StopSendingAsync();
}
