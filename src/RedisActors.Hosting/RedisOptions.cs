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
        Write("heartbeat.interval", HeartbeatInterval);
        Write("heartbeat.timeout", HeartbeatTimeout);
        Write("backoff.min", BackoffMin);
        Write("backoff.max", BackoffMax);
        Write("backoff.multiplier", BackoffMultiplier);
        Write("backoff.jitter", BackoffJitter);
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
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A setting cannot be a {value.GetType().Name}.", nameof(value)),
    };
}
