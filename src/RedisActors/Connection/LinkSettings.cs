using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>
/// Where a connection leads, how it gets in and how it is watched. What each setting means, its unit and its default:
/// <c>hocon/reference.conf</c>.
/// </summary>
internal sealed record LinkSettings
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    /// <param name="name">The connection's name.</param>
    /// <param name="read">Reads its settings.</param>
    public LinkSettings(string name, SettingsReader read)
    {
        Name = name;
        Topology = read.OneOf<RedisTopology>("topology");
        Endpoints = ReadEndpoints(read);
        Sentinel = new SentinelSettings(read, isNeeded: Topology == RedisTopology.Sentinel);
        Role = read.OneOf<RequiredRole>("role");
        Database = read.Number("database", 0, int.MaxValue);
        read.RequireTogether(
            Database == 0 || Topology != RedisTopology.Cluster,
            "database", ["topology"], "is not valid with topology = cluster; expected 0, the only database there");
        Credentials = new CredentialsSettings(read);
        Tls = new TlsSettings(read);
        ClientName = ReadClientName(read, name);
        ConnectTimeout = read.Duration("connect-timeout", OneMillisecond, OneDay);
        Heartbeat = new HeartbeatSettings(read);
    }

    /// <summary>The connection's name, for logs and events.</summary>
    public string Name { get; }

    public RedisTopology Topology { get; }

    /// <summary>The servers of <see cref="RedisTopology.Standalone"/> in the order of preference, or the first nodes to ask of a Redis Cluster.</summary>
    public IReadOnlyList<RedisEndpoint> Endpoints { get; init; }

    public SentinelSettings Sentinel { get; }

    public RequiredRole Role { get; }

    /// <summary>Where the connection leads, for people to read.</summary>
    public string Target => Topology == RedisTopology.Sentinel ? Sentinel.ToString() : string.Join(',', Endpoints);

    public int Database { get; init; }

    public CredentialsSettings Credentials { get; }

    public TlsSettings Tls { get; }

    public string ClientName { get; init; }

    public TimeSpan ConnectTimeout { get; }

    public HeartbeatSettings Heartbeat { get; }

    /// <summary>The settings for one node of a Redis Cluster.</summary>
    public LinkSettings ForNode(RedisEndpoint endpoint) => this with { Endpoints = [endpoint] };

    /// <summary>The list goes before the single one, and what the connection says itself before what it inherits.</summary>
    private static IReadOnlyList<RedisEndpoint> ReadEndpoints(SettingsReader read)
    {
        var endpoints = read.Endpoints("endpoints", RedisEndpoint.DefaultPort);
        var hasOwnEndpoint = read.IsOwn("endpoint");
        if (endpoints.Count == 0 || (hasOwnEndpoint && !read.IsOwn("endpoints"))) return [read.Endpoint("endpoint")];
        read.WarnIf(hasOwnEndpoint, "endpoint", "is ignored, because endpoints is set");
        return endpoints;
    }

    /// <summary>What <c>CLIENT SETNAME</c> takes, https://redis.io/docs/latest/commands/client-setname/.</summary>
    private static string ReadClientName(SettingsReader read, string connection)
    {
        var name = read.TextOrNull("client-name") ?? $"redis-actors-{connection}";
        read.Require(!name.AsSpan().ContainsAnyExceptInRange('!', '~'), "client-name", "printable ASCII without white space");
        return name;
    }
}

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
            "is ignored, because topology is not sentinel");
        read.RequireTogether(
            !isNeeded || Service.Length > 0,
            "sentinel.service",
            ["topology"],
            "is not valid with topology = sentinel; expected the name under which the sentinels monitor the primary");
        read.RequireTogether(
            !isNeeded || Endpoints.Count > 0,
            "sentinel.endpoints",
            ["topology"],
            "an empty list is not valid with topology = sentinel; expected at least one sentinel");
        read.RequireTogether(
            User is null || Password is not null,
            "sentinel.user",
            ["sentinel.password"],
            "is not valid without a password; expected both or neither");
    }

    /// <summary>The name under which the sentinels watch the primary.</summary>
    public string Service { get; }

    public IReadOnlyList<RedisEndpoint> Endpoints { get; }

    public string? User { get; }

    public string? Password { get; }

    public override string ToString() => $"{Service} at {string.Join(',', Endpoints)}";
}

/// <summary>Who this client says it is: always the same, or what a class of the user's says at each attempt.</summary>
internal sealed class CredentialsSettings
{
    public CredentialsSettings(SettingsReader read)
    {
        User = read.TextOrNull("user");
        Password = read.TextOrNull("password");
        var given = read.PartOrNull("credentials-provider", parts => parts.Credentials, out var isGivenHere);
        var type = given is null ? read.TypeOrNull("credentials-provider", typeof(IRedisCredentialsProvider)) : null;
        read.RequireTogether(
            User is null || Password is not null, "user", ["password"], "is not valid without a password; expected both or neither");
        if (given is null && type is null) return;

        // What a connection says itself goes before what it inherits.
        var hasOwnProvider = isGivenHere || read.IsOwn("credentials-provider");
        if (User is not null || Password is not null)
        {
            var hasOwnWords = read.IsOwn("user") || read.IsOwn("password");
            read.RequireTogether(
                hasOwnWords != hasOwnProvider,
                "credentials-provider",
                ["user", "password"],
                "is not valid together with user and password; expected one or the other");
            if (!hasOwnProvider) return;
            (User, Password) = (null, null);
        }

        CreateProvider = given ?? (() => (IRedisCredentialsProvider)Activator.CreateInstance(type!)!);
        ProviderName = type?.ToString() ?? "of the options";
    }

    public string? User { get; }

    public string? Password { get; }

    /// <summary>Makes what is asked at each attempt; null: user and password are always the same.</summary>
    public Func<IRedisCredentialsProvider>? CreateProvider { get; }

    /// <summary>Which one that is, for messages.</summary>
    public string? ProviderName { get; }
}

/// <summary>How the connection is watched.</summary>
internal sealed class HeartbeatSettings
{
    public HeartbeatSettings(SettingsReader read)
    {
        Interval = read.Duration("heartbeat.interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        Timeout = read.Duration("heartbeat.timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        BusyGrace = read.Duration("heartbeat.busy-grace", TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    public TimeSpan Interval { get; }

    public TimeSpan Timeout { get; }

    /// <summary>How much longer the server may be silent while its host takes new connections.</summary>
    public TimeSpan BusyGrace { get; }
}
