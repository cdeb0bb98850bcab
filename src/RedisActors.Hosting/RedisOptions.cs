using System.Globalization;
using System.Text;
using Akka.Configuration;

namespace RedisActors.Hosting;

/// <summary>
/// Settings of the connection, in code. Each is the setting of the same name in <c>reference.conf</c>, where its meaning, unit
/// and default stand; what is left <see langword="null"/> comes from HOCON.
/// </summary>
public sealed class RedisOptions
{
    /// <summary><c>endpoint</c>: the server, <c>host:port</c>.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>database</c>: the logical database of commands that name none.</summary>
    public int? Database { get; set; }

    /// <summary><c>password</c> of the server's default user.</summary>
    public string? Password { get; set; }

    /// <summary><c>client-name</c>: what <c>CLIENT LIST</c> shows the connection as.</summary>
    public string? ClientName { get; set; }

    /// <summary><c>connect-timeout</c>: how long a connection attempt may take.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary><c>command-timeout</c>: how long a command may take in all that says nothing itself.</summary>
    public TimeSpan? CommandTimeout { get; set; }

    /// <summary><c>delivery</c>: what may be done with a command whose reply was lost.</summary>
    public DeliveryMode? Delivery { get; set; }

    /// <summary><c>when-safe.limit</c>: how far <c>when-safe</c> goes: <c>read-only</c>, <c>last-wins</c>, <c>conditional</c>.</summary>
    public string? WhenSafeLimit { get; set; }

    /// <summary><c>exactly-once.keep</c>: how long the server keeps a token and its reply.</summary>
    public TimeSpan? ExactlyOnceKeep { get; set; }

    /// <summary><c>stash.max-count</c>: how many commands may wait for a connection.</summary>
    public int? StashMaxCount { get; set; }

    /// <summary><c>stash.max-bytes</c>: how many bytes of commands may wait, by estimate.</summary>
    public long? StashMaxBytes { get; set; }

    /// <summary><c>stash.when-full</c>: who loses when the stash is full: <c>reject-new</c>, <c>drop-oldest</c>.</summary>
    public string? WhenStashIsFull { get; set; }

    /// <summary><c>drain.initial-window</c>: how many commands may be in flight at first, after a reconnect.</summary>
    public int? DrainInitialWindow { get; set; }

    /// <summary><c>drain.max-window</c>: the largest window of the drain after a reconnect.</summary>
    public int? DrainMaxWindow { get; set; }

    /// <summary><c>ask-again.min</c>: the first wait before a command is asked again that the server refused for the time being.</summary>
    public TimeSpan? AskAgainMin { get; set; }

    /// <summary><c>ask-again.max</c>: the longest such wait.</summary>
    public TimeSpan? AskAgainMax { get; set; }

    /// <summary><c>heartbeat.interval</c>: how long after the last answer the server is asked again.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    /// <summary><c>heartbeat.timeout</c>: how long its answer may take until the connection is made anew.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary><c>backoff.min</c>: the wait before the first attempt.</summary>
    public TimeSpan? BackoffMin { get; set; }

    /// <summary><c>backoff.max</c>: the longest wait.</summary>
    public TimeSpan? BackoffMax { get; set; }

    /// <summary><c>backoff.multiplier</c>: by how much the wait grows.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary><c>backoff.jitter</c>: the part of a wait that is left to chance, 0 to 1.</summary>
    public double? BackoffJitter { get; set; }

    /// <summary><c>backoff.wake-interval</c>: how often it is looked during a wait whether the server is back.</summary>
    public TimeSpan? BackoffWakeInterval { get; set; }

    /// <summary><c>restart.max-restarts</c> within <see cref="RestartsWithin"/>.</summary>
    public int? MaxRestarts { get; set; }

    /// <summary><c>restart.within</c>: the stretch of time in which restarts are counted.</summary>
    public TimeSpan? RestartsWithin { get; set; }

    /// <summary><c>restart.reset-after</c>: how long a connection has to last to count as stable.</summary>
    public TimeSpan? ResetAfter { get; set; }

    internal Config ToConfig(string connection)
    {
        var hocon = new StringBuilder();
        Write("endpoint", Endpoint);
        Write("database", Database);
        Write("password", Password);
        Write("client-name", ClientName);
        Write("connect-timeout", ConnectTimeout);
        Write("command-timeout", CommandTimeout);
        Write("delivery", Delivery);
        Write("when-safe.limit", WhenSafeLimit);
        Write("exactly-once.keep", ExactlyOnceKeep);
        Write("stash.max-count", StashMaxCount);
        Write("stash.max-bytes", StashMaxBytes);
        Write("stash.when-full", WhenStashIsFull);
        Write("drain.initial-window", DrainInitialWindow);
        Write("drain.max-window", DrainMaxWindow);
        Write("ask-again.min", AskAgainMin);
        Write("ask-again.max", AskAgainMax);
        Write("heartbeat.interval", HeartbeatInterval);
        Write("heartbeat.timeout", HeartbeatTimeout);
        Write("backoff.min", BackoffMin);
        Write("backoff.max", BackoffMax);
        Write("backoff.multiplier", BackoffMultiplier);
        Write("backoff.jitter", BackoffJitter);
        Write("backoff.wake-interval", BackoffWakeInterval);
        Write("restart.max-restarts", MaxRestarts);
        Write("restart.within", RestartsWithin);
        Write("restart.reset-after", ResetAfter);
        return hocon.Length == 0 ? ConfigurationFactory.Empty : ConfigurationFactory.ParseString(hocon.ToString());

        void Write(string path, object? value)
        {
            if (value is null) return;
            hocon.Append("redis-actors.").Append(connection).Append('.').Append(path).Append(" = ").Append(Text(value)).Append('\n');
        }
    }

    private static string Text(object value) => value switch
    {
        string text => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"",
        TimeSpan time when time == Timeout.InfiniteTimeSpan => "infinite",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms"),
        DeliveryMode.AtMostOnce => "at-most-once",
        DeliveryMode.WhenSafe => "when-safe",
        DeliveryMode.AtLeastOnce => "at-least-once",
        DeliveryMode.ExactlyOnce => "exactly-once",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A setting cannot be a {value.GetType().Name}.", nameof(value)),
    };
}
