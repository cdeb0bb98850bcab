namespace RedisActors.Testing;

/// <summary>How a <see cref="RedisServer"/> speaks TLS.</summary>
/// <param name="Certificates">What the server writes into its folder; it shows <see cref="TestCertificates.Server"/>.</param>
public sealed record RedisServerTls(TestCertificates Certificates)
{
    /// <summary>Whether a client must show a certificate of <see cref="TestCertificates.Authority"/>. Off unless set.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>
    /// Whether the server also listens without TLS, at a port of its own. Off unless set: then there is one port, with TLS.
    /// </summary>
    public bool KeepPlainPort { get; init; }
}
