namespace RedisActors.Simulation;

/// <summary>Something that the library promises did not hold.</summary>
internal sealed class Violation(string what) : Exception(what);
