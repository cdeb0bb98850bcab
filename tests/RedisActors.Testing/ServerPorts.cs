namespace RedisActors.Testing;

/// <summary>The ports of a server.</summary>
/// <param name="Main">For clients, with TLS if enabled.</param>
/// <param name="Plain">For clients without TLS, in addition to the TLS port.</param>
/// <param name="Bus">The cluster bus, for the other nodes of a Redis Cluster.</param>
internal sealed record ServerPorts(int Main, int? Plain, int? Bus)
{
    public static ServerPorts Pick(RedisServerOptions options) => new(
        options.Port ?? LoopbackPorts.PickFree(),
        options.Tls is { KeepPlainPort: true } ? LoopbackPorts.PickFree() : null,
        options.ClusterLines is null ? null : LoopbackPorts.PickFree());
}
