namespace RedisActors.Benchmarks.Throughput;

/// <summary>A load that keeps its window of commands full from its creation on.</summary>
internal interface ILoad
{
    /// <summary>The number of commands that have been answered correctly.</summary>
    long Answered { get; }

    /// <summary>Stops sending, and returns when everything in flight has been answered.</summary>
    Task StopAsync();
}
