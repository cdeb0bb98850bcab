using System.Net.Security;

namespace RedisActors.Testing;

/// <summary>How a <see cref="RedisProbe"/> connects and logs in.</summary>
public sealed record ProbeAccess
{
    /// <summary>No TLS, no <c>AUTH</c>.</summary>
    public static ProbeAccess Open { get; } = new();

    /// <summary>The ACL user; defaults to the server's default user.</summary>
    public string? User { get; init; }

    /// <summary>The password; without it no <c>AUTH</c> is sent.</summary>
    public string? Password { get; init; }

    /// <summary>The TLS options; null: no TLS. See <see cref="TestCertificates.ClientOptions"/>.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }
}
