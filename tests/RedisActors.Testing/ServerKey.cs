namespace RedisActors.Testing;

/// <summary>
/// The ACL user that every server has for the fixtures' own use, so that no test locks them out, whatever it does to passwords and users.
/// Probes, replicas, sentinels and migrating nodes log in with it.
/// </summary>
/// <remarks>
/// The password is unique to this process. Two processes may pick the same free port; the second must not mistake the other's server for
/// its own just because it answers.
/// </remarks>
internal static class ServerKey
{
    public const string User = "probe";

    public static string Password { get; } = Guid.NewGuid().ToString("N");

    /// <summary>If TLS is the only way in, any certificate is accepted: the fixture knows its server.</summary>
    public static ProbeAccess AccessTo(RedisServerOptions server)
    {
        var access = new ProbeAccess { User = User, Password = Password };
        if (server.Tls is not { KeepPlainPort: false } tls) return access;

        var options = tls.Certificates.ClientOptions(tls.Certificates.Client);
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return access with { Tls = options };
    }
}
