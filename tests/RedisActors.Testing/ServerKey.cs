namespace RedisActors.Testing;

/// <summary>
/// The ACL user that every server of the fixtures has for the fixtures' own use, so that no test locks them out, whatever it
/// does to passwords and users: probes, replicas, sentinels and migrating nodes log in with it.
/// </summary>
/// <remarks>
/// The password is this process's own. Two processes may pick the same free port; the one that comes second must not take the
/// other's server for its own because it answers.
/// </remarks>
internal static class ServerKey
{
    public const string User = "probe";

    public static string Password { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Where there is no other way in than TLS, any certificate will do: the fixture knows its server.</summary>
    public static ProbeAccess AccessTo(RedisServerOptions server)
    {
        var access = new ProbeAccess { User = User, Password = Password };
        if (server.Tls is not { KeepPlainPort: false } tls) return access;

        var options = tls.Certificates.ClientOptions(tls.Certificates.Client);
        options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return access with { Tls = options };
    }
}
