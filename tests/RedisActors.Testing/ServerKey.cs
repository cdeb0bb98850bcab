namespace RedisActors.Testing;

/// <summary>
/// The ACL user that every server of the fixtures has for the fixtures' own use, so that no test locks them out, whatever it
/// does to passwords and users: probes, replicas, sentinels and migrating nodes log in with it.
/// </summary>
internal static class ServerKey
{
    public const string User = "probe";

    public const string Password = "let-the-fixture-in";

    public static ProbeAccess Access { get; } = new() { User = User, Password = Password };
}
