using Akka.Configuration;
using RedisActors.Supervision;

namespace RedisActors.Configuration;

/// <summary>
/// The settings of one connection, read once from HOCON and valid from then on. What each means, its unit and its default:
/// <c>hocon/reference.conf</c>.
/// </summary>
internal sealed class RedisSettings
{
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
        MaxRestarts = read.NumberOrUnlimited("restart.max-restarts", 0);
        RestartsWithin = read.Duration("restart.within", OneMillisecond, TimeSpan.FromDays(365));
        ResetAfter = read.Duration("restart.reset-after", TimeSpan.Zero, TimeSpan.FromDays(365));
        read.RequireBoth(
            Backoff.Min <= Backoff.Max, "backoff.min", "backoff.max", $"is {Backoff.Min}, longer than backoff.max, {Backoff.Max}");

        // What CLIENT SETNAME takes, https://redis.io/docs/latest/commands/client-setname/.
        read.Require(!ClientName.AsSpan().ContainsAnyExceptInRange('!', '~'), "client-name", "printable ASCII without white space");
        read.ThrowIfInvalid();
    }

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
