namespace RedisActors.Demo;

/// <summary>Something that can be done to the server.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Away">How long the server is away.</param>
internal sealed record FaultKind(string Name, TimeSpan Away)
{
    public static FaultKind Kill { get; } = new("kill", TimeSpan.FromSeconds(3));

    public static FaultKind Stall { get; } = new("stall", TimeSpan.FromSeconds(4));

    public static FaultKind ClientKill { get; } = new("client-kill", TimeSpan.Zero);

    public static IReadOnlyList<FaultKind> All { get; } = [Kill, Stall, ClientKill];
}
