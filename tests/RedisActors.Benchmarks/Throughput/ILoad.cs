namespace RedisActors.Benchmarks.Throughput;

/// <summary>A load that keeps its window of commands filled from its making on.</summary>
internal interface ILoad
{
    /// <summary>How many commands have been answered with what they should be answered with.</summary>
    long Answered { get; }

    /// <summary>Sends no more, and returns when what is under way has been answered.</summary>
    Task StopAsync();
}
