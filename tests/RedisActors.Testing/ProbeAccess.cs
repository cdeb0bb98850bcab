using System.Net.Security;

namespace RedisActors.Testing;

/// <summary>How a <see cref="RedisProbe"/> gets in.</summary>
public sealed record ProbeAccess
{
    /// <summary>No TLS, no <c>AUTH</c>.</summary>
    public static ProbeAccess Open { get; } = new();

    /// <summary>The ACL user; the default user unless given.</summary>
    public string? User { get; init; }

    /// <summary>The password; no <c>AUTH</c> unless given.</summary>
    public string? Password { get; init; }

    /// <summary>TLS with these options; no TLS unless given. See <see cref="TestCertificates.ClientOptions"/>.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }
}
