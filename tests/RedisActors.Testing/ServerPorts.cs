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
        IsClusterNode(options) ? LoopbackPorts.PickFree() : null);

    /// <summary>Left to itself, a node takes the port 10,000 above its own for the bus, which may be one that a client has.</summary>
    private static bool IsClusterNode(RedisServerOptions options) =>
        options.ClusterLines is not null || options.Arguments.Contains("--cluster-enabled");
}
