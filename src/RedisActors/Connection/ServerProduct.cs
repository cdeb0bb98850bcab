namespace RedisActors.Connection;

/// <summary>Which server this is, as the section <c>server</c> of its <c>INFO</c> says.</summary>
/// <param name="Name">Redis, for every server that does not say otherwise.</param>
/// <param name="Version">For a server that is compatible with Redis, its own version and not the one of Redis that it names.</param>
internal sealed record ServerProduct(string Name, string Version)
{
    private const string Garnet = "Garnet";

    /// <summary>
    /// Whether a crash leaves either both or none of what one script wrote. After a kill -9, the log of Garnet 2.2.8 sometimes holds a
    /// write without the token beside it (see <c>docs/servers.md</c>).
    /// </summary>
    public bool ScriptsSurviveCrash => Name != Garnet;

    /// <summary>Reads the reply to <c>INFO server</c>; null where it names no version.</summary>
    public static ServerProduct? Parse(string info) =>
        ServerInfo.Field(info, "garnet_version") is { } garnet ? new ServerProduct(Garnet, garnet)
        : ServerInfo.Field(info, "redis_version") is { } redis ? new ServerProduct("Redis", redis)
        : null;

    public override string ToString() => $"{Name} {Version}";
}
