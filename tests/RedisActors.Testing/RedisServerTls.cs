namespace RedisActors.Testing;

/// <summary>The TLS options of a <see cref="RedisServer"/>.</summary>
/// <param name="Certificates">Written into the server's folder; the server presents <see cref="TestCertificates.Server"/>.</param>
public sealed record RedisServerTls(TestCertificates Certificates)
{
    /// <summary>Whether clients must present a certificate of <see cref="TestCertificates.Authority"/>. Off by default.</summary>
    public bool RequireClientCertificate { get; init; }

    /// <summary>
    /// Whether the server also listens without TLS, on a separate port. Off by default: there is one port, with TLS.
    /// </summary>
    public bool KeepPlainPort { get; init; }
}
