namespace RedisActors.Testing;

/// <summary>The ports of a server.</summary>
/// <param name="Main">For clients, with TLS if the server speaks it.</param>
/// <param name="Plain">For clients without TLS, beside one with it.</param>
/// <param name="Bus">For the other nodes of a cluster.</param>
internal sealed record ServerPorts(int Main, int? Plain, int? Bus)
{
    public static ServerPorts Pick(RedisServerOptions options) => new(
        options.Port ?? LoopbackPorts.PickFree(),
        options.Tls is { KeepPlainPort: true } ? LoopbackPorts.PickFree() : null,
        options.ClusterLines is null ? null : LoopbackPorts.PickFree());
}
