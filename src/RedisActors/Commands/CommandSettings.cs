using System.Text;
using RedisActors.Backoff;
using RedisActors.CommandMetadata;
using RedisActors.Configuration;

namespace RedisActors.Commands;

/// <summary>How long commands may take, how they are delivered, and what waits for a connection.</summary>
internal sealed class CommandSettings
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan OneDay = TimeSpan.FromDays(1);
    private static readonly TimeSpan OneYear = TimeSpan.FromDays(365);

    private const int LongestPrefix = 100;

    public CommandSettings(string name, SettingsReader read)
    {
        Name = name;
        Timeout = read.DurationOrInfinite("command-timeout", OneMillisecond, OneYear);
        Delivery = read.OneOf<DeliveryMode>("delivery");
        WhenSafeLimit = read.OneOf<ReplayLimit>("when-safe.limit");
        TokensKeptFor = read.Duration("exactly-once.keep", TimeSpan.FromSeconds(1), OneYear);
        TokenPrefix = ReadPrefix(read);
        AllowAdmin = read.Switch("allow-admin");
        Group = new GroupSettings(read);
        Stash = new StashSettings(read);
        InFlight = new InFlightSettings(read);
        Replay = new ReplaySettings(read);
        Retry = ReadRetry(read);
        read.WarnIf(
            Delivery == DeliveryMode.ExactlyOnce && Timeout > TokensKeptFor,
            "exactly-once.keep",
            $"is shorter than command-timeout, {Timeout}: replies that stay lost longer end as Unknown");
    }

    /// <summary>The connection's name, for logs.</summary>
    public string Name { get; }

    /// <summary>The timeout of a command that sets none itself; may be infinite.</summary>
    public TimeSpan Timeout { get; }

    public DeliveryMode Delivery { get; }

    public ReplayLimit WhenSafeLimit { get; }

    public TimeSpan TokensKeptFor { get; }

    /// <summary>With what the keys of tokens begin, as bytes.</summary>
    public byte[] TokenPrefix { get; }

    /// <summary>Whether commands that administer the server are taken.</summary>
    public bool AllowAdmin { get; }

    public GroupSettings Group { get; }

    public StashSettings Stash { get; }

    public InFlightSettings InFlight { get; }

    public ReplaySettings Replay { get; }

    /// <summary>How long to wait before a command is retried that the server refused for the time being.</summary>
    public ExponentialBackoff Retry { get; }

    /// <summary>Braces would be taken for those of the hash tag that follows.</summary>
    private static byte[] ReadPrefix(SettingsReader read)
    {
        var prefix = read.Text("exactly-once.key-prefix");
        read.Require(
            prefix.Length is > 0 and <= LongestPrefix && !prefix.AsSpan().ContainsAny('{', '}'),
            "exactly-once.key-prefix",
            $"a text of 1 to {LongestPrefix} characters without braces, such as redisactors: or shop:once:");
        return Encoding.UTF8.GetBytes(prefix);
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
}

/// <summary>How many commands may wait for a connection.</summary>
internal sealed class StashSettings
{
    public StashSettings(SettingsReader read)
    {
        MaxCount = read.Number("stash.max-count", 0, int.MaxValue);
        MaxBytes = read.Size("stash.max-bytes");
        WhenFull = read.OneOf<WhenStashFull>("stash.when-full");
    }

    public int MaxCount { get; }

    /// <summary>By estimate.</summary>
    public long MaxBytes { get; }

    public WhenStashFull WhenFull { get; }
}

/// <summary>Up to what size exactly-once commands share a request.</summary>
internal sealed class GroupSettings
{
    private const int LargestCount = 1000;

    /// <summary>
    /// The next one then waits for a quarter of a round trip at most, and under load a quarter of what is in flight shares a request.
    /// </summary>
    private const int UsualRequests = 4;

    public GroupSettings(SettingsReader read)
    {
        Requests = UsualRequests;
        MaxCount = read.Number("exactly-once.group.max-count", 1, LargestCount);
        MaxBytes = read.Size("exactly-once.group.max-bytes");
        MaxTime = read.Duration("exactly-once.group.max-time", TimeSpan.FromMicroseconds(100), TimeSpan.FromSeconds(1));
    }

    public GroupSettings(int maxCount, long maxBytes, TimeSpan maxTime, int requests = UsualRequests)
    {
        Requests = requests;
        MaxCount = maxCount;
        MaxBytes = maxBytes;
        MaxTime = maxTime;
    }

    /// <summary>How many commands; one: each goes alone.</summary>
    public int MaxCount { get; }

    /// <summary>By estimate.</summary>
    public long MaxBytes { get; }

    /// <summary>How many requests are under way before the next commands gather.</summary>
    public int Requests { get; }

    /// <summary>For how long a request may hold up the server's other clients.</summary>
    public TimeSpan MaxTime { get; }
}

/// <summary>At what pace that is sent which waited for a connection.</summary>
internal sealed class ReplaySettings
{
    private const int LargestWindow = 1_000_000;

    public ReplaySettings(SettingsReader read)
    {
        InitialWindow = read.Number("replay.initial-window", 1, LargestWindow);
        MaxWindow = read.Number("replay.max-window", 1, LargestWindow);
        read.RequireTogether(
            InitialWindow <= MaxWindow, "replay.initial-window", ["replay.max-window"], $"is larger than replay.max-window, {MaxWindow}");
    }

    /// <summary>How many commands may be in flight at first.</summary>
    public int InitialWindow { get; }

    public int MaxWindow { get; }
}

/// <summary>How many commands may be sent and not answered.</summary>
internal sealed class InFlightSettings
{
    public InFlightSettings(SettingsReader read)
    {
        MaxCount = read.Number("in-flight.max-count", 1, int.MaxValue);
        MaxBytes = read.Size("in-flight.max-bytes");
    }

    public InFlightSettings(int maxCount, long maxBytes)
    {
        MaxCount = maxCount;
        MaxBytes = maxBytes;
    }

    public int MaxCount { get; }

    /// <summary>By estimate; one command is let through even where it is larger.</summary>
    public long MaxBytes { get; }
}
