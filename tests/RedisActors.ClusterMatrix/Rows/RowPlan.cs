namespace RedisActors.ClusterMatrix;

/// <summary>What a row's process is started with.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Way">How Redis is served.</param>
/// <param name="Seconds">How long the load goes on before the fault, and after it.</param>
/// <param name="InFlight">How many commands are unanswered at a time.</param>
/// <param name="Folder">For what the nodes say and hold.</param>
/// <param name="Network">The name of its <see cref="ClusterMatrix.Network"/>; null: all is on the loopback address.</param>
internal sealed record RowPlan(string Fault, string Way, int Seconds, int InFlight, string Folder, string? Network)
{
    /// <summary>Where the row's process leaves what came of it.</summary>
    public string ResultFile => Path.Combine(Folder, "result.json");
}

/// <summary>What a node is started with.</summary>
/// <param name="Number">1 is the one that sends, and which the others join.</param>
/// <param name="Way">How Redis is served.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Seed">Where node 1 is.</param>
/// <param name="Redis">Where Redis is.</param>
/// <param name="Folder">For what it holds.</param>
internal sealed record NodePlan(int Number, string Way, Place Address, Place Seed, Place Redis, string Folder);

/// <summary>An address and a port.</summary>
internal sealed record Place(string Host, int Port)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>The ways of serving Redis to the nodes.</summary>
internal static class Ways
{
    public const string Role = "role";
    public const string Singleton = "singleton";
    public const string Sharding = "sharding";
    public const string Local = "local";

    public static IReadOnlyList<string> All { get; } = [Role, Singleton, Sharding, Local];
}
