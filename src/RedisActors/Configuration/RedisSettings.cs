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

    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);

    private RedisSettings(string name, SettingsReader read)
    {
        Name = name;
        Endpoint = read.Endpoint("endpoint");
        Database = read.Number("database", 0, int.MaxValue);
        Password = read.TextOrNull("password");
        ClientName = read.TextOrNull("client-name") ?? $"redis-actors-{name}";
        ConnectTimeout = read.Duration("connect-timeout", OneMillisecond, OneDay);
        CommandTimeout = read.DurationOrInfinite("command-timeout", OneMillisecond, TimeSpan.FromDays(365));
        HeartbeatInterval = read.Duration("heartbeat.interval", OneMillisecond, OneDay);
        HeartbeatTimeout = read.Duration("heartbeat.timeout", OneMillisecond, OneDay);
        Backoff = new BackoffSchedule(
            read.Duration("backoff.min", OneMillisecond, OneDay),
            read.Duration("backoff.max", OneMillisecond, OneDay),
            read.Fraction("backoff.multiplier", 1, 1000),
            read.Fraction("backoff.jitter", 0, 1));
        WakeInterval = read.DurationOrInfinite("backoff.wake-interval", OneMillisecond, OneDay);
        MaxRestarts = read.NumberOrUnlimited("restart.max-restarts", 0);
        RestartsWithin = read.Duration("restart.within", OneMillisecond, TimeSpan.FromDays(365));
        ResetAfter = read.Duration("restart.reset-after", TimeSpan.Zero, TimeSpan.FromDays(365));
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
        AskAgain = new BackoffSchedule(
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
        read.RequireBoth(
            Backoff.Min <= Backoff.Max, "backoff.min", "backoff.max", $"is {Backoff.Min}, longer than backoff.max, {Backoff.Max}");

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
    public BackoffSchedule AskAgain { get; }

    public string Name { get; }

    public RedisEndpoint Endpoint { get; }

    public int Database { get; }

    public string? Password { get; }

    public string ClientName { get; }

    public TimeSpan ConnectTimeout { get; }

    /// <summary>How long a command may take that says nothing itself; may be infinite.</summary>
    public TimeSpan CommandTimeout { get; }

    public TimeSpan HeartbeatInterval { get; }

    public TimeSpan HeartbeatTimeout { get; }

    public BackoffSchedule Backoff { get; }

    /// <summary>How often it is looked, during a wait, whether the server is back; infinite is never.</summary>
    public TimeSpan WakeInterval { get; }

    public int? MaxRestarts { get; }

    public TimeSpan RestartsWithin { get; }

    public TimeSpan ResetAfter { get; }

    /// <summary>Reads and checks the settings of a connection.</summary>
    /// <param name="name">The connection's name, <c>default</c> unless there are several.</param>
    /// <param name="config">The section <c>redis-actors</c>.</param>
    /// <exception cref="ConfigurationException">Something is missing or invalid; the message names each full path.</exception>
    public static RedisSettings Create(string name, Config config)
    {
        if (!config.HasPath(name)) throw new ConfigurationException($"redis-actors.{name}: there are no settings of this name");
        return new RedisSettings(name, new SettingsReader($"redis-actors.{name}", config.GetConfig(name)));
    }

    public ReconnectPlan CreateReconnectPlan() =>
        new(Backoff, new RestartBudget(MaxRestarts, RestartsWithin), ResetAfter, Random.Shared);
}
