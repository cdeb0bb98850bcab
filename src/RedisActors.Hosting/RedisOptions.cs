using System.Diagnostics.CodeAnalysis;
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
    /// <summary>What <see cref="MaxRestarts"/> is for a connection that is tried for ever.</summary>
    public const int Unlimited = -1;

    /// <summary><c>topology</c>: who answers the commands: <c>standalone</c>, <c>sentinel</c>, <c>cluster</c>.</summary>
    public string? Topology { get; set; }

    /// <summary><c>endpoint</c>: the server, <c>host:port</c>.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>endpoints</c>: several servers, in the order of preference, or nodes of a cluster.</summary>
    public IReadOnlyList<string>? Endpoints { get; set; }

    /// <summary><c>sentinel.service</c>: the name under which the sentinels watch the primary.</summary>
    public string? SentinelService { get; set; }

    /// <summary><c>sentinel.endpoints</c>: the sentinels, <c>host:port</c> each.</summary>
    public IReadOnlyList<string>? SentinelEndpoints { get; set; }

    /// <summary><c>sentinel.user</c>: the user of the sentinels themselves.</summary>
    public string? SentinelUser { get; set; }

    /// <summary><c>sentinel.password</c> of the sentinels themselves.</summary>
    public string? SentinelPassword { get; set; }

    /// <summary><c>role</c> that the server must have: <c>primary</c>, <c>any</c>.</summary>
    public string? Role { get; set; }

    /// <summary><c>lanes</c>: how many connections are used side by side.</summary>
    public int? Lanes { get; set; }

    /// <summary><c>database</c>: the logical database of commands that name none.</summary>
    public int? Database { get; set; }

    /// <summary><c>user</c>: the ACL user.</summary>
    public string? User { get; set; }

    /// <summary><c>password</c> of the user, or of the server's default user.</summary>
    public string? Password { get; set; }

    /// <summary>
    /// <c>credentials-provider</c>: a class that implements <see cref="IRedisCredentialsProvider"/> and has a constructor without
    /// arguments; asked for each connection attempt.
    /// </summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    public Type? CredentialsProvider { get; set; }

    /// <summary><c>tls.enabled</c>: whether the connection is encrypted.</summary>
    public bool? TlsEnabled { get; set; }

    /// <summary><c>tls.host</c>: the name that the server's certificate must bear.</summary>
    public string? TlsHost { get; set; }

    /// <summary><c>tls.ca-file</c>: a PEM file of the authorities to be trusted.</summary>
    public string? TlsCaFile { get; set; }

    /// <summary><c>tls.certificate-file</c>: a PEM file of the client's own certificate.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary><c>tls.key-file</c>: a PEM file of the key of the client's own certificate.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary><c>tls.verify</c>: false takes any certificate.</summary>
    public bool? TlsVerify { get; set; }

    /// <summary><c>client-name</c>: what <c>CLIENT LIST</c> shows the connection as.</summary>
    public string? ClientName { get; set; }

    /// <summary><c>connect-timeout</c>: how long a connection attempt may take.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>
    /// <c>command-timeout</c>: how long a command may take in all that says nothing itself; <see cref="Timeout.InfiniteTimeSpan"/>:
    /// any time.
    /// </summary>
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

    /// <summary><c>replay.initial-window</c>: how many commands may be in flight at first, after a reconnect.</summary>
    public int? InFlightMaxCount { get; set; }

    /// <summary><c>in-flight.max-bytes</c>: the estimated size of what may be sent and not yet answered; default 64 MiB.</summary>
    public long? InFlightMaxBytes { get; set; }

    /// <summary><c>replay.initial-window</c></summary>
    public int? ReplayInitialWindow { get; set; }

    /// <summary><c>replay.max-window</c>: the largest window of the drain after a reconnect.</summary>
    public int? ReplayMaxWindow { get; set; }

    /// <summary><c>retry.min</c>: the first wait before a command is asked again that the server refused for the time being.</summary>
    public TimeSpan? AskAgainMin { get; set; }

    /// <summary><c>retry.max</c>: the longest such wait.</summary>
    public TimeSpan? AskAgainMax { get; set; }

    /// <summary><c>heartbeat.interval</c>: how long after the last answer the server is asked again.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    /// <summary><c>heartbeat.timeout</c>: how long its answer may take until the connection is made anew.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary><c>heartbeat.busy-grace</c>: how much longer it may take where the host still takes connections.</summary>
    public TimeSpan? HeartbeatBusyGrace { get; set; }

    /// <summary>
    /// <c>backoff.strategy</c>: <c>exponential</c>, <c>linear</c>, <c>constant</c>, <c>decorrelated-jitter</c>, or the
    /// assembly-qualified name of a class that implements <see cref="IBackoffStrategy"/>.
    /// </summary>
    public string? BackoffStrategy { get; set; }

    /// <summary><c>backoff.min</c>: the first wait.</summary>
    public TimeSpan? BackoffMin { get; set; }

    /// <summary><c>backoff.max</c>: the longest wait.</summary>
    public TimeSpan? BackoffMax { get; set; }

    /// <summary><c>backoff.multiplier</c>: by how much the wait grows.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary><c>backoff.jitter</c>: the part of a wait that is left to chance, 0 to 1.</summary>
    public double? BackoffJitter { get; set; }

    /// <summary>
    /// <c>backoff.poll-interval</c>: how often it is looked during a wait whether the server is back;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: never.
    /// </summary>
    public TimeSpan? BackoffPollInterval { get; set; }

    /// <summary><c>restart.max-restarts</c> within <see cref="RestartsWithin"/>; or <see cref="Unlimited"/>.</summary>
    public int? MaxRestarts { get; set; }

    /// <summary><c>restart.within</c>: the stretch of time in which restarts are counted.</summary>
    public TimeSpan? RestartsWithin { get; set; }

    /// <summary><c>restart.reset-after</c>: how long a connection has to last to count as stable.</summary>
    public TimeSpan? ResetAfter { get; set; }

    /// <summary><c>restart.when-spent</c>: <c>stop</c>, <c>suspend</c>, <c>escalate</c>.</summary>
    public string? WhenSpent { get; set; }

    /// <summary>
    /// <c>misconfigured.retry-after</c>: how long to wait after a failure that waiting does not mend;
    /// <see cref="Timeout.InfiniteTimeSpan"/>: for ever.
    /// </summary>
    public TimeSpan? MisconfiguredRetryAfter { get; set; }

    /// <summary><c>misconfigured.commands</c>: <c>wait</c>, <c>answer-not-sent</c>.</summary>
    public string? MisconfiguredCommands { get; set; }

    /// <summary><c>shutdown.drain-in-phase</c>: the phase of the coordinated shutdown in which commands are waited for; empty: none.</summary>
    public string? DrainInPhase { get; set; }

    /// <param name="connection">The path of the connection below <c>redis-actors</c>.</param>
    internal Config ToConfig(string connection)
    {
        var hocon = new StringBuilder();
        Write("topology", Topology);
        Write("endpoint", Endpoint);
        Write("endpoints", Endpoints);
        Write("sentinel.service", SentinelService);
        Write("sentinel.endpoints", SentinelEndpoints);
        Write("sentinel.user", SentinelUser);
        Write("sentinel.password", SentinelPassword);
        Write("role", Role);
        Write("lanes", Lanes);
        Write("database", Database);
        Write("user", User);
        Write("password", Password);
        Write("credentials-provider", CredentialsProvider?.AssemblyQualifiedName);
        Write("tls.enabled", TlsEnabled);
        Write("tls.host", TlsHost);
        Write("tls.ca-file", TlsCaFile);
        Write("tls.certificate-file", TlsCertificateFile);
        Write("tls.key-file", TlsKeyFile);
        Write("tls.verify", TlsVerify);
        Write("client-name", ClientName);
        Write("connect-timeout", ConnectTimeout);
        Write("command-timeout", CommandTimeout);
        Write("delivery", Delivery);
        Write("when-safe.limit", WhenSafeLimit);
        Write("exactly-once.keep", ExactlyOnceKeep);
        Write("stash.max-count", StashMaxCount);
        Write("stash.max-bytes", StashMaxBytes);
        Write("stash.when-full", WhenStashIsFull);
        Write("in-flight.max-count", InFlightMaxCount);
        Write("in-flight.max-bytes", InFlightMaxBytes);
        Write("replay.initial-window", ReplayInitialWindow);
        Write("replay.max-window", ReplayMaxWindow);
        Write("retry.min", AskAgainMin);
        Write("retry.max", AskAgainMax);
        Write("heartbeat.interval", HeartbeatInterval);
        Write("heartbeat.timeout", HeartbeatTimeout);
        Write("heartbeat.busy-grace", HeartbeatBusyGrace);
        Write("backoff.strategy", BackoffStrategy);
        Write("backoff.min", BackoffMin);
        Write("backoff.max", BackoffMax);
        Write("backoff.multiplier", BackoffMultiplier);
        Write("backoff.jitter", BackoffJitter);
        Write("backoff.poll-interval", BackoffPollInterval);
        Write("restart.max-restarts", MaxRestarts == Unlimited ? "unlimited" : MaxRestarts);
        Write("restart.within", RestartsWithin);
        Write("restart.reset-after", ResetAfter);
        Write("restart.when-spent", WhenSpent);
        Write(
            "misconfigured.retry-after",
            MisconfiguredRetryAfter == Timeout.InfiniteTimeSpan ? "never" : MisconfiguredRetryAfter);
        Write("misconfigured.commands", MisconfiguredCommands);
        Write("shutdown.drain-in-phase", DrainInPhase);
        return hocon.Length == 0 ? ConfigurationFactory.Empty : ConfigurationFactory.ParseString(hocon.ToString());

        void Write(string path, object? value)
        {
            if (value is null) return;
            hocon.Append("redis-actors.").Append(connection).Append('.').Append(path).Append(" = ").Append(Text(value)).Append('\n');
        }
    }

    internal static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string Text(object value) => value switch
    {
        string text => Quoted(text),
        IEnumerable<string> texts => $"[{string.Join(", ", texts.Select(Text))}]",
        bool isOn => isOn ? "on" : "off",
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
