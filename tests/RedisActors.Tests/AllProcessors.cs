namespace RedisActors.Tests;

/// <summary>
/// Tests that nothing else runs beside: they use all processors for a while, or measure what the process as a whole uses.
/// </summary>
[CollectionDefinition(nameof(AllProcessors), DisableParallelization = true)]
public sealed class AllProcessors;
