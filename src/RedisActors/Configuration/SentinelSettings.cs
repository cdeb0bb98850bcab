namespace RedisActors.Configuration;

/// <summary>Where the sentinels are, and what they watch.</summary>
internal sealed class SentinelSettings
{
    private const int DefaultPort = 26379;

    public SentinelSettings(SettingsReader read, bool isNeeded)
    {
        Service = read.Text("sentinel.service");
        Endpoints = read.Endpoints("sentinel.endpoints", DefaultPort);
        User = read.TextOrNull("sentinel.user");
        Password = read.TextOrNull("sentinel.password");
        read.WarnIf(
            !isNeeded && (read.IsOwn("sentinel.service") || read.IsOwn("sentinel.endpoints")),
            "sentinel",
            "is not looked at, since topology is not sentinel");
        read.RequireTogether(
            !isNeeded || Service.Length > 0,
            "sentinel.service",
            ["topology"],
            "is not valid where topology is sentinel; the name under which the sentinels watch the primary is");
        read.RequireTogether(
            !isNeeded || Endpoints.Count > 0,
            "sentinel.endpoints",
            ["topology"],
            "an empty list is not valid where topology is sentinel; a list of one sentinel or more is");
        read.RequireTogether(
            User is null || Password is not null,
            "sentinel.user",
            ["sentinel.password"],
            "is not valid without a password; a user together with a password is");
    }

    /// <summary>The name under which the sentinels watch the primary.</summary>
    public string Service { get; }

    public IReadOnlyList<RedisEndpoint> Endpoints { get; }

    public string? User { get; }

    public string? Password { get; }

    public override string ToString() => $"{Service} at {string.Join(',', Endpoints)}";
}
