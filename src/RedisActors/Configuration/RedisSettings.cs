using Akka.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Supervision;

namespace RedisActors.Configuration;

/// <summary>
/// The settings of one connection, read once from HOCON and valid from then on. What each means, its unit and its default:
/// <c>hocon/reference.conf</c>.
/// </summary>
internal sealed class RedisSettings
{
    private const int MostLanes = 1024;

    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);
    private static readonly TimeSpan OneYear = TimeSpan.FromDays(365);

    private RedisSettings(string name, SettingsReader read, IReadOnlyList<string>? shutdownPhases)
    {
        Name = name;
        Topology = read.OneOf(
            "topology",
            ("standalone", RedisTopology.Standalone),
            ("sentinel", RedisTopology.Sentinel),
            ("cluster", RedisTopology.Cluster));
        Endpoints = ReadEndpoints(read);
        Sentinel = new SentinelSettings(read, isNeeded: Topology == RedisTopology.Sentinel);
        Role = read.OneOf("role", ("primary", RequiredRole.Primary), ("any", RequiredRole.Any));
        Lanes = read.Number("lanes", 1, MostLanes);
        Database = read.Number("database", 0, int.MaxValue);
        Credentials = new CredentialsSettings(read);
        Tls = new TlsSettings(read);
        ClientName = ReadClientName(read, name);
        ConnectTimeout = read.Duration("connect-timeout", OneMillisecond, OneDay);
        CommandTimeout = read.DurationOrInfinite("command-timeout", OneMillisecond, OneYear);
        Heartbeat = new HeartbeatSettings(read);
        Backoff = new BackoffSettings(read);
        Restart = new RestartSettings(read);
        Misconfigured = new MisconfiguredSettings(read);
        DrainInPhase = ReadPhase(read, shutdownPhases);
        Delivery = read.OneOf(
            "delivery",
            ("when-safe", DeliveryMode.WhenSafe),
            ("at-most-once", DeliveryMode.AtMostOnce),
            ("at-least-once", DeliveryMode.AtLeastOnce),
            ("exactly-once", DeliveryMode.ExactlyOnce));
        WhenSafeLimit = read.OneOf(
            "when-safe.limit",
            ("read-only", ReplayLimit.ReadOnly),
            ("last-wins", ReplayLimit.LastWins),
            ("conditional", ReplayLimit.Conditional));
        TokensKeptFor = read.Duration("exactly-once.keep", TimeSpan.FromSeconds(1), OneYear);
        Stash = new StashSettings(read);
        Drain = new ReplaySettings(read);
        Retry = ReadRetry(read);
        CheckCluster(read);
        read.WarnIf(
            Delivery == DeliveryMode.ExactlyOnce && CommandTimeout > TokensKeptFor,
            "exactly-once.keep",
            $"is shorter than command-timeout, {CommandTimeout}: replies that stay lost longer end as Unknown");
        Warnings = read.Warnings;
    }

    public string Name { get; }

    public RedisTopology Topology { get; }

    /// <summary>The servers of <see cref="RedisTopology.Standalone"/> in the order of preference, or those of a cluster to ask first.</summary>
    public IReadOnlyList<RedisEndpoint> Endpoints { get; private set; }

    public SentinelSettings Sentinel { get; }

    public RequiredRole Role { get; }

    public int Lanes { get; }

    /// <summary>Where the connection leads, for people to read.</summary>
    public string Target => Topology == RedisTopology.Sentinel ? Sentinel.ToString() : string.Join(',', Endpoints);

    public int Database { get; }

    public CredentialsSettings Credentials { get; }

    public TlsSettings Tls { get; }

    public string ClientName { get; private set; }

    public TimeSpan ConnectTimeout { get; }

    /// <summary>How long a command may take that says nothing itself; may be infinite.</summary>
    public TimeSpan CommandTimeout { get; }

    public HeartbeatSettings Heartbeat { get; }

    public BackoffSettings Backoff { get; }

    public RestartSettings Restart { get; }

    public MisconfiguredSettings Misconfigured { get; }

    /// <summary>The phase of the coordinated shutdown in which commands under way are waited for; null: they are not.</summary>
    public string? DrainInPhase { get; }

    public DeliveryMode Delivery { get; }

    public ReplayLimit WhenSafeLimit { get; }

    public TimeSpan TokensKeptFor { get; }

    public StashSettings Stash { get; }

    public ReplaySettings Drain { get; }

    /// <summary>How long to wait before a command is asked again that the server refused for the time being.</summary>
    public ExponentialBackoff Retry { get; }

    /// <summary>What is valid and still hardly meant, a line each, to be logged when the connection is started.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads the settings of a connection; what is wrong with them is collected by the reader.</summary>
    /// <param name="name">The connection's name.</param>
    /// <param name="read">Reads its settings.</param>
    /// <param name="shutdownPhases">The phases that the coordinated shutdown has; null: that is not known.</param>
    public static RedisSettings Read(string name, SettingsReader read, IReadOnlyList<string>? shutdownPhases) =>
        new(name, read, shutdownPhases);

    /// <summary>The settings for one node of a cluster.</summary>
    public RedisSettings ForNode(RedisEndpoint endpoint)
    {
        var settings = (RedisSettings)MemberwiseClone();
        settings.Endpoints = [endpoint];
        return settings;
    }

    /// <summary>The settings of one of several lanes: the same, under a client name of its own.</summary>
    public RedisSettings ForLane(int number)
    {
        if (Lanes == 1 && Topology != RedisTopology.Cluster) return this;
        var settings = (RedisSettings)MemberwiseClone();
        settings.ClientName = $"{ClientName}-lane-{number}";
        return settings;
    }

    public ReconnectPlan CreateReconnectPlan() =>
        new(
            Backoff.CreateStrategy(),
            Restart.CreateBudget(),
            lastsAfter: Backoff.Max < Restart.ResetAfter ? Backoff.Max : Restart.ResetAfter,
            Restart.ResetAfter,
            Random.Shared);

    /// <summary>The list goes before the single one, and what the connection says itself before what it inherits.</summary>
    private static IReadOnlyList<RedisEndpoint> ReadEndpoints(SettingsReader read)
    {
        var endpoints = read.Endpoints("endpoints", RedisEndpoint.DefaultPort);
        var hasOwnEndpoint = read.IsOwn("endpoint");
        if (endpoints.Count == 0 || (hasOwnEndpoint && !read.IsOwn("endpoints"))) return [read.Endpoint("endpoint")];
        read.WarnIf(hasOwnEndpoint, "endpoint", "is not looked at, since endpoints is set");
        return endpoints;
    }

    /// <summary>What <c>CLIENT SETNAME</c> takes, https://redis.io/docs/latest/commands/client-setname/.</summary>
    private static string ReadClientName(SettingsReader read, string connection)
    {
        var name = read.TextOrNull("client-name") ?? $"redis-actors-{connection}";
        read.Require(!name.AsSpan().ContainsAnyExceptInRange('!', '~'), "client-name", "printable ASCII without white space");
        return name;
    }

    private static string? ReadPhase(SettingsReader read, IReadOnlyList<string>? phases)
    {
        var phase = read.TextOrNull("shutdown.drain-in-phase");
        read.Require(
            phase is null || phases is null || phases.Contains(phase),
            "shutdown.drain-in-phase",
            $"a phase of akka.coordinated-shutdown.phases ({string.Join(", ", phases ?? [])})");
        return phase;
    }

    private static ExponentialBackoff ReadRetry(SettingsReader read)
    {
        var wait = new ExponentialBackoff(
            read.Duration("retry.min", OneMillisecond, OneDay),
            read.Duration("retry.max", OneMillisecond, OneDay),
            Multiplier: 2,
            Jitter: 0.2);
        read.RequireTogether(wait.Min <= wait.Max, "retry.min", ["retry.max"], $"is longer than retry.max, {wait.Max}");
        return wait;
    }

    private void CheckCluster(SettingsReader read)
    {
        if (Topology != RedisTopology.Cluster) return;
        read.RequireTogether(Database == 0, "database", ["topology"], "is not valid where topology is cluster; 0, the only one there is, is");
        read.RequireTogether(
            Lanes == 1, "lanes", ["topology"], "is not valid where topology is cluster; 1 is, since each node has a connection of its own");
    }
}
