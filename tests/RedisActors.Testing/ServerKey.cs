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

    public static ProbeAccess Access { get; } = new() { User = User, Password = Password };
}
