using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Akka.Configuration;
using RedisActors.Configuration;

namespace RedisActors.Hosting;

/// <summary>
/// Settings of one connection, in code. Each option is the setting of the same name in <c>reference.conf</c>, where its meaning, unit
/// and default stand. An option that is <see langword="null"/> leaves its setting to HOCON. Invalid values are reported when the actor
/// system starts, together with those of HOCON, by the path of the setting.
/// </summary>
public sealed class RedisOptions
{
    /// <summary>The value of <see cref="MaxRestarts"/> for a connection that is retried for ever: -1.</summary>
    public const int Unlimited = -1;

    /// <summary><c>topology</c>: which servers execute the commands.</summary>
    public RedisTopology? Topology { get; set; }

    /// <summary><c>endpoint</c>: the server, <c>host:port</c>.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>endpoints</c>: several servers in the order of preference, or the first nodes to ask of a Redis Cluster.</summary>
    public IReadOnlyList<string>? Endpoints { get; set; }

    /// <summary><c>sentinel.service</c>: the name under which the sentinels watch the primary.</summary>
    public string? SentinelService { get; set; }

    /// <summary><c>sentinel.endpoints</c>: the sentinels, <c>host:port</c> each.</summary>
    public IReadOnlyList<string>? SentinelEndpoints { get; set; }

    /// <summary><c>sentinel.user</c>: the user of the sentinels themselves.</summary>
    public string? SentinelUser { get; set; }

    /// <summary>
    /// <c>sentinel.password</c>: the password of the sentinels themselves. It never becomes part of the configuration, see
    /// <see cref="Password"/>.
    /// </summary>
    public string? SentinelPassword { get; set; }

    /// <summary><c>role</c>: the role that a server must have in its replication.</summary>
    public RequiredRole? Role { get; set; }

    /// <summary><c>lanes</c>: how many connections share the commands.</summary>
    public int? Lanes { get; set; }

    /// <summary><c>sessions.max</c>: how many connections blocking commands may have for themselves at a time.</summary>
    public int? SessionsMax { get; set; }

    /// <summary><c>sessions.idle-timeout</c>: how long such a connection stays open when nobody uses it.</summary>
    public TimeSpan? SessionsIdleTimeout { get; set; }

    /// <summary><c>database</c>: the logical database of commands that name none.</summary>
    public int? Database { get; set; }

    /// <summary><c>user</c>: the ACL user.</summary>
    public string? User { get; set; }

    /// <summary>
    /// <c>password</c>: the password of <see cref="User"/>, or of the server's default user. It reaches the actor system beside its
    /// configuration, as a <see cref="Akka.Actor.Setup.Setup"/>, so <c>akka.log-config-on-start</c> does not print it.
    /// </summary>
    public string? Password { get; set; }

    /// <summary>
    /// <c>credentials-provider</c>: a class that implements <see cref="IRedisCredentialsProvider"/> and has a constructor without
    /// parameters. It is asked for user and password at each connection attempt.
    /// </summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    public Type? CredentialsProvider { get; set; }

    /// <summary><c>tls.enabled</c>: whether the connection is encrypted.</summary>
    public bool? TlsEnabled { get; set; }

    /// <summary><c>tls.host</c>: the name that the server's certificate must bear.</summary>
    public string? TlsHost { get; set; }

    /// <summary><c>tls.ca-file</c>: a PEM file with the certificates of the trusted authorities.</summary>
    public string? TlsCaFile { get; set; }

    /// <summary><c>tls.certificate-file</c>: a PEM file with the client's own certificate.</summary>
    public string? TlsCertificateFile { get; set; }

    /// <summary><c>tls.key-file</c>: a PEM file with the key of the client's own certificate.</summary>
    public string? TlsKeyFile { get; set; }

    /// <summary><c>tls.verify</c>: <see langword="false"/> accepts any certificate.</summary>
    public bool? TlsVerify { get; set; }

    /// <summary><c>client-name</c>: the name of the connection in <c>CLIENT LIST</c>.</summary>
    public string? ClientName { get; set; }

    /// <summary><c>connect-timeout</c>: how long a connection attempt may take.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>
    /// <c>command-timeout</c>: how long a command may take in all that sets no timeout itself; <see cref="Timeout.InfiniteTimeSpan"/>
    /// is no limit.
    /// </summary>
    public TimeSpan? CommandTimeout { get; set; }

    /// <summary><c>delivery</c>: what may be done with a command whose reply was lost.</summary>
    public DeliveryMode? Delivery { get; set; }

    /// <summary><c>when-safe.limit</c>: how far <see cref="DeliveryMode.WhenSafe"/> goes.</summary>
    public ReplayLimit? WhenSafeLimit { get; set; }

    /// <summary><c>exactly-once.keep</c>: how long the server keeps a token and its reply.</summary>
    public TimeSpan? ExactlyOnceKeep { get; set; }

    /// <summary><c>exactly-once.group.max-count</c>: how many exactly-once commands share a request at most; 1: each goes alone.</summary>
    public int? ExactlyOnceGroupMaxCount { get; set; }

    /// <summary><c>exactly-once.group.max-bytes</c>: how many bytes of exactly-once commands share a request at most, by estimate.</summary>
    public long? ExactlyOnceGroupMaxBytes { get; set; }

    /// <summary><c>exactly-once.group.max-time</c>: for how long one request may hold up the server's other clients.</summary>
    public TimeSpan? ExactlyOnceGroupMaxTime { get; set; }

    /// <summary><c>stash.max-count</c>: how many commands may wait for a connection.</summary>
    public int? StashMaxCount { get; set; }

    /// <summary><c>stash.max-bytes</c>: how many bytes of commands may wait, by estimate.</summary>
    public long? StashMaxBytes { get; set; }

    /// <summary><c>stash.when-full</c>: which command is answered <see cref="Outcome.NotSent"/> when the stash is full.</summary>
    public WhenStashFull? StashWhenFull { get; set; }

    /// <summary><c>in-flight.max-count</c>: how many commands may be in flight, sent and not yet answered.</summary>
    public int? InFlightMaxCount { get; set; }

    /// <summary><c>in-flight.max-bytes</c>: how many bytes of commands may be in flight, by estimate.</summary>
    public long? InFlightMaxBytes { get; set; }

    /// <summary><c>replay.initial-window</c>: how many commands may be in flight at first after a reconnect.</summary>
    public int? ReplayInitialWindow { get; set; }

    /// <summary><c>replay.max-window</c>: the largest window after a reconnect.</summary>
    public int? ReplayMaxWindow { get; set; }

    /// <summary><c>retry.min</c>: the first wait before a command is retried that the server refused for the time being.</summary>
    public TimeSpan? RetryMin { get; set; }

    /// <summary><c>retry.max</c>: the longest such wait.</summary>
    public TimeSpan? RetryMax { get; set; }

    /// <summary><c>heartbeat.interval</c>: how long after the last answer the server is probed.</summary>
    public TimeSpan? HeartbeatInterval { get; set; }

    /// <summary><c>heartbeat.timeout</c>: how long the answer to the probe may take until the connection counts as lost.</summary>
    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary><c>heartbeat.busy-grace</c>: how much longer it may take while the server's host accepts new connections.</summary>
    public TimeSpan? HeartbeatBusyGrace { get; set; }

    /// <summary><c>backoff.strategy</c>: how the waits between connection attempts grow.</summary>
    public BackoffStrategy? BackoffStrategy { get; set; }

    /// <summary>
    /// <c>backoff.strategy</c> as well, in place of <see cref="BackoffStrategy"/>: a class of yours that implements
    /// <see cref="IBackoffStrategy"/> and has a constructor without parameters.
    /// </summary>
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)]
    public Type? CustomBackoffStrategy { get; set; }

    /// <summary><c>backoff.min</c>: the first wait.</summary>
    public TimeSpan? BackoffMin { get; set; }

    /// <summary><c>backoff.max</c>: the longest wait.</summary>
    public TimeSpan? BackoffMax { get; set; }

    /// <summary><c>backoff.multiplier</c>: the factor by which the wait grows.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary><c>backoff.jitter</c>: the random part of a wait, from 0 to 1.</summary>
    public double? BackoffJitter { get; set; }

    /// <summary>
    /// <c>backoff.poll-interval</c>: how often the server is polled during a wait; <see cref="Timeout.InfiniteTimeSpan"/> is never.
    /// </summary>
    public TimeSpan? BackoffPollInterval { get; set; }

    /// <summary><c>restart.max-restarts</c>: how many restarts there may be within <see cref="RestartWithin"/>; or <see cref="Unlimited"/>.</summary>
    public int? MaxRestarts { get; set; }

    /// <summary><c>restart.within</c>: the period in which restarts are counted.</summary>
    public TimeSpan? RestartWithin { get; set; }

    /// <summary><c>restart.reset-after</c>: how long a connection has to last to count as stable.</summary>
    public TimeSpan? RestartResetAfter { get; set; }

    /// <summary><c>restart.when-spent</c>: what happens when there is no restart left.</summary>
    public WhenRestartsSpent? RestartWhenSpent { get; set; }

    /// <summary>
    /// <c>misconfigured.retry-after</c>: how long to wait after a failure that waiting does not fix;
    /// <see cref="Timeout.InfiniteTimeSpan"/> is for ever.
    /// </summary>
    public TimeSpan? MisconfiguredRetryAfter { get; set; }

    /// <summary><c>misconfigured.commands</c>: what becomes of commands meanwhile.</summary>
    public WhenMisconfigured? MisconfiguredCommands { get; set; }

    /// <summary>
    /// <c>shutdown.drain-in-phase</c>: the phase of the coordinated shutdown in which commands are finished; an empty text is none.
    /// </summary>
    public string? DrainInPhase { get; set; }

    /// <summary>What travels beside the configuration; null: nothing does.</summary>
    internal RedisSecrets? Secrets => Password is null && SentinelPassword is null
        ? null
        : new RedisSecrets { Password = Password, SentinelPassword = SentinelPassword };

    /// <summary>All options but the passwords.</summary>
    /// <param name="connection">The path of the connection below <c>redis-actors</c>.</param>
    /// <exception cref="ConfigurationException">
    /// An option may hold a secret where none belongs. It is refused here, because the actor system may log its configuration.
    /// </exception>
    internal Config ToConfig(string connection)
    {
        var problems = new SettingsProblems();
        var hocon = new StringBuilder();
        Write("topology", Topology);
        Write("endpoint", Endpoint);
        Write("endpoints", Endpoints);
        CheckEndpoints("endpoint", Endpoint is null ? [] : [Endpoint]);
        CheckEndpoints("endpoints", Endpoints ?? []);
        Write("sentinel.service", SentinelService);
        Write("sentinel.endpoints", SentinelEndpoints);
        CheckEndpoints("sentinel.endpoints", SentinelEndpoints ?? []);
        Write("sentinel.user", SentinelUser);
        Write("role", Role);
        Write("lanes", Lanes);
        Write("sessions.max", SessionsMax);
        Write("sessions.idle-timeout", SessionsIdleTimeout);
        Write("database", Database);
        Write("user", User);
        Write("credentials-provider", CredentialsProvider);
        Write("tls.enabled", TlsEnabled);
        Write("tls.host", TlsHost);
        WriteFile("tls.ca-file", TlsCaFile);
        WriteFile("tls.certificate-file", TlsCertificateFile);
        WriteFile("tls.key-file", TlsKeyFile);
        Write("tls.verify", TlsVerify);
        Write("client-name", ClientName);
        Write("connect-timeout", ConnectTimeout);
        Write("command-timeout", CommandTimeout);
        Write("delivery", Delivery);
        Write("when-safe.limit", WhenSafeLimit);
        Write("exactly-once.keep", ExactlyOnceKeep);
        Write("exactly-once.group.max-count", ExactlyOnceGroupMaxCount);
        Write("exactly-once.group.max-bytes", ExactlyOnceGroupMaxBytes);
        Write("exactly-once.group.max-time", ExactlyOnceGroupMaxTime);
        Write("stash.max-count", StashMaxCount);
        Write("stash.max-bytes", StashMaxBytes);
        Write("stash.when-full", StashWhenFull);
        Write("in-flight.max-count", InFlightMaxCount);
        Write("in-flight.max-bytes", InFlightMaxBytes);
        Write("replay.initial-window", ReplayInitialWindow);
        Write("replay.max-window", ReplayMaxWindow);
        Write("retry.min", RetryMin);
        Write("retry.max", RetryMax);
        Write("heartbeat.interval", HeartbeatInterval);
        Write("heartbeat.timeout", HeartbeatTimeout);
        Write("heartbeat.busy-grace", HeartbeatBusyGrace);
        Write("backoff.strategy", (object?)CustomBackoffStrategy ?? BackoffStrategy);
        Write("backoff.min", BackoffMin);
        Write("backoff.max", BackoffMax);
        Write("backoff.multiplier", BackoffMultiplier);
        Write("backoff.jitter", BackoffJitter);
        Write("backoff.poll-interval", BackoffPollInterval);
        Write("restart.max-restarts", MaxRestarts == Unlimited ? "unlimited" : MaxRestarts);
        Write("restart.within", RestartWithin);
        Write("restart.reset-after", RestartResetAfter);
        Write("restart.when-spent", RestartWhenSpent);
        Write(
            "misconfigured.retry-after",
            MisconfiguredRetryAfter == Timeout.InfiniteTimeSpan ? "never" : MisconfiguredRetryAfter);
        Write("misconfigured.commands", MisconfiguredCommands);
        Write("shutdown.drain-in-phase", DrainInPhase);
        problems.ThrowIfAny();
        return hocon.Length == 0 ? ConfigurationFactory.Empty : ConfigurationFactory.ParseString(hocon.ToString());

        void Write(string path, object? value)
        {
            if (value is null) return;
            hocon.Append("redis-actors.").Append(connection).Append('.').Append(path).Append(" = ").Append(Text(value)).Append('\n');
        }

        void CheckEndpoints(string path, IEnumerable<string> endpoints)
        {
            foreach (var endpoint in endpoints.Where(HiddenText.IsHiddenEndpoint))
            {
                problems.Add(
                    $"redis-actors.{connection}.{path}",
                    $"{HiddenText.QuotedEndpoint(endpoint)} is not valid; expected host:port, and user and password as options of their own");
            }
        }

        void WriteFile(string path, string? file)
        {
            if (file is not null && HiddenText.IsKeyMaterial(file))
            {
                problems.Add(
                    $"redis-actors.{connection}.{path}", $"{HiddenText.Quoted(file)} is not valid; expected the path of a file (PEM), not its contents");
            }

            Write(path, file);
        }
    }

    internal static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>A value as HOCON; a time has its unit.</summary>
    internal static string Text(object value) => value switch
    {
        string text => Quoted(text),
        IEnumerable<string> texts => $"[{string.Join(", ", texts.Select(Text))}]",
        Type type => Quoted(type.AssemblyQualifiedName ?? type.Name),
        bool isOn => isOn ? "on" : "off",
        TimeSpan time when time == Timeout.InfiniteTimeSpan => "infinite",
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms"),
        Enum word => SettingWords.Of(word),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A setting cannot be a {value.GetType().Name}.", nameof(value)),
    };
}
