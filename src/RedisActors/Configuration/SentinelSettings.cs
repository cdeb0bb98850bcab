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
        if (!isNeeded) return;
        read.Require(Service.Length > 0, "sentinel.service", "the name under which the sentinels watch the primary");
        read.Require(Endpoints.Count > 0, "sentinel.endpoints", "a list of one sentinel or more");
    }

    /// <summary>The name under which the sentinels watch the primary.</summary>
    public string Service { get; }

    public IReadOnlyList<RedisEndpoint> Endpoints { get; }

    public string? User { get; }

    public string? Password { get; }

    public override string ToString() => $"{Service} at {string.Join(',', Endpoints)}";
}
