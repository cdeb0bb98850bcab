using Akka.Configuration;
using RedisActors.Commands;
using RedisActors.Delivery;
using RedisActors.Supervision;

namespace RedisActors.Configuration;

/// <summary>
/// The settings of one connection, read once from HOCON and valid from then on. What each means, its unit and its default:
/// <c>hocon/reference.conf</c>.
/// </summary>
internal sealed class RedisSettings
{
    private const int LargestWindow = 1_000_000;
    private const int MostLanes = 1024;

    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    private RedisSettings(string name, SettingsReader read)
    {
        Name = name;
        Topology = read.OneOf(
            "topology",
            ("standalone", RedisTopology.Standalone),
            ("sentinel", RedisTopology.Sentinel),
            ("cluster", RedisTopology.Cluster));
        Endpoints = read.Endpoints("endpoints", RedisEndpoint.DefaultPort);
        if (Endpoints.Count == 0) Endpoints = [read.Endpoint("endpoint")];
        Sentinel = new SentinelSettings(read, isNeeded: Topology == RedisTopology.Sentinel);
        Role = read.OneOf("role", ("primary", RequiredRole.Primary), ("any", RequiredRole.Any));
        Lanes = read.Number("lanes", 1, MostLanes);
        Database = read.Number("database", 0, int.MaxValue);
        Credentials = new CredentialsSettings(read);
        Tls = new TlsSettings(read);
        ClientName = read.TextOrNull("client-name") ?? $"redis-actors-{name}";
        ConnectTimeout = read.Duration("connect-timeout", OneMillisecond, OneDay);
        CommandTimeout = read.DurationOrInfinite("command-timeout", OneMillisecond, TimeSpan.FromDays(365));
        HeartbeatInterval = read.Duration("heartbeat.interval", OneMillisecond, OneDay);
        HeartbeatTimeout = read.Duration("heartbeat.timeout", OneMillisecond, OneDay);
        HeartbeatBusyGrace = read.Duration("heartbeat.busy-grace", TimeSpan.Zero, OneDay);
        Backoff = new BackoffSettings(read);
        WakeInterval = read.DurationOrInfinite("backoff.wake-interval", OneMillisecond, OneDay);
        MaxRestarts = read.NumberOrUnlimited("restart.max-restarts", 0);
        RestartsWithin = read.Duration("restart.within", OneMillisecond, TimeSpan.FromDays(365));
        ResetAfter = read.Duration("restart.reset-after", TimeSpan.Zero, TimeSpan.FromDays(365));
        WhenSpent = read.OneOf(
            "restart.when-spent", ("stop", WhenSpent.Stop), ("suspend", WhenSpent.Suspend), ("escalate", WhenSpent.Escalate));
        RetryMisconfiguredAfter = read.DurationOr("never", "misconfigured.retry-after", TimeSpan.FromMilliseconds(100), OneDay);
        WhenMisconfigured = read.OneOf(
            "misconfigured.commands",
            ("wait", WhenMisconfigured.Wait),
            ("answer-not-sent", WhenMisconfigured.AnswerNotSent));
        DrainInPhase = read.TextOrNull("shutdown.drain-in-phase");
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
        TokensKeptFor = read.Duration("exactly-once.keep", TimeSpan.FromSeconds(1), TimeSpan.FromDays(365));
        StashMaxCount = read.Number("stash.max-count", 0, int.MaxValue);
        StashMaxBytes = read.Size("stash.max-bytes");
        WhenStashIsFull = read.OneOf(
            "stash.when-full", ("reject-new", WhenFull.RejectNew), ("drop-oldest", WhenFull.DropOldest));
        DrainInitialWindow = read.Number("drain.initial-window", 1, LargestWindow);
        DrainMaxWindow = read.Number("drain.max-window", 1, LargestWindow);
        AskAgain = new ExponentialBackoff(
            read.Duration("ask-again.min", OneMillisecond, OneDay),
            read.Duration("ask-again.max", OneMillisecond, OneDay),
            Multiplier: 2,
            Jitter: 0.2);
        read.RequireBoth(
            AskAgain.Min <= AskAgain.Max,
            "ask-again.min",
            "ask-again.max",
            $"is {AskAgain.Min}, longer than ask-again.max, {AskAgain.Max}");
        read.RequireBoth(
            DrainInitialWindow <= DrainMaxWindow,
            "drain.initial-window",
            "drain.max-window",
            $"is {DrainInitialWindow}, larger than drain.max-window, {DrainMaxWindow}");
        read.Require(
            Topology != RedisTopology.Cluster || Database == 0, "database", "0, the only one there is in a cluster,");

        // What CLIENT SETNAME takes, https://redis.io/docs/latest/commands/client-setname/.
        read.Require(!ClientName.AsSpan().ContainsAnyExceptInRange('!', '~'), "client-name", "printable ASCII without white space");
        read.ThrowIfInvalid();
    }

    public DeliveryMode Delivery { get; }

    public ReplayLimit WhenSafeLimit { get; }

    public TimeSpan TokensKeptFor { get; }

    public int StashMaxCount { get; }

    public long StashMaxBytes { get; }

    public WhenFull WhenStashIsFull { get; }

    public int DrainInitialWindow { get; }

    public int DrainMaxWindow { get; }

    /// <summary>How long to wait before a command is asked again that the server refused for the time being.</summary>
    public ExponentialBackoff AskAgain { get; }

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

    public TimeSpan HeartbeatInterval { get; }

    public TimeSpan HeartbeatTimeout { get; }

    /// <summary>How much longer the server may be silent while its host takes new connections.</summary>
    public TimeSpan HeartbeatBusyGrace { get; }

    public BackoffSettings Backoff { get; }

    /// <summary>How often it is looked, during a wait, whether the server is back; infinite is never.</summary>
    public TimeSpan WakeInterval { get; }

    public int? MaxRestarts { get; }

    public TimeSpan RestartsWithin { get; }

    public TimeSpan ResetAfter { get; }

    /// <summary>What happens when there is no restart left.</summary>
    public WhenSpent WhenSpent { get; }

    /// <summary>How long to wait after a failure that waiting does not mend; infinite is for ever.</summary>
    public TimeSpan RetryMisconfiguredAfter { get; }

    /// <summary>What becomes of commands during that wait.</summary>
    public WhenMisconfigured WhenMisconfigured { get; }

    /// <summary>The phase of the coordinated shutdown in which commands under way are waited for; null: they are not.</summary>
    public string? DrainInPhase { get; }

    /// <summary>Reads and checks the settings of a connection.</summary>
    /// <param name="name">The connection's name, <c>default</c> unless there are several.</param>
    /// <param name="config">The section <c>redis-actors</c>.</param>
    /// <exception cref="ConfigurationException">Something is missing or invalid; the message names each full path.</exception>
    public static RedisSettings Create(string name, Config config)
    {
        if (!config.HasPath(name)) throw new ConfigurationException($"redis-actors.{name}: there are no settings of this name");
        return new RedisSettings(name, new SettingsReader($"redis-actors.{name}", config.GetConfig(name)));
    }

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
            new RestartBudget(MaxRestarts, RestartsWithin),
            lastsAfter: Backoff.Max < ResetAfter ? Backoff.Max : ResetAfter,
            ResetAfter,
            Random.Shared);
}
