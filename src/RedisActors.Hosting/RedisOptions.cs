using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Security;
using System.Text;
using Akka.Configuration;
using RedisActors.Configuration;

namespace RedisActors.Hosting;

/// <summary>
/// Settings of one connection, in code. Each option is the setting of the same name in <c>reference.conf</c>, where its meaning, unit
/// and default stand. An option that is <see langword="null"/> leaves its setting to HOCON. Invalid values are reported when the actor
/// system starts, together with those of HOCON, by the path of the setting.
/// </summary>
public class RedisOptions
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

    /// <summary><c>exactly-once.key-prefix</c>: with what the keys of the idempotency keys begin on the server.</summary>
    public string? ExactlyOnceKeyPrefix { get; set; }

    /// <summary><c>exactly-once.group.max-count</c>: how many exactly-once commands share a request at most; 1: each goes alone.</summary>
    public int? ExactlyOnceGroupMaxCount { get; set; }

    /// <summary><c>exactly-once.group.max-bytes</c>: how many bytes of exactly-once commands share a request at most, by estimate.</summary>
    public long? ExactlyOnceGroupMaxBytes { get; set; }

    /// <summary><c>exactly-once.group.max-time</c>: for how long one request may hold up the server's other clients.</summary>
    public TimeSpan? ExactlyOnceGroupMaxTime { get; set; }

    /// <summary>
    /// <c>allow-admin</c>: whether commands that change the server or empty whole databases (<c>FLUSHALL</c>, <c>CONFIG SET</c>) are taken.
    /// </summary>
    public bool? AllowAdmin { get; set; }

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

    /// <summary>The options as they were bound and given objects.</summary>
    internal BoundOptions Bound { get; } = new();

    /// <summary>What travels beside the configuration; null: nothing does.</summary>
    internal RedisSecrets? Secrets => Password is null && SentinelPassword is null
        ? null
        : new RedisSecrets { Password = Password, SentinelPassword = SentinelPassword };

    /// <summary>Sets the options that a connection string means; those that it does not mention stay as they are.</summary>
    /// <remarks>
    /// Understood are servers, <c>user</c>, <c>password</c>, <c>ssl</c>, <c>sslHost</c>, <c>name</c>, <c>defaultDatabase</c>, <c>serviceName</c>
    /// (the servers are then sentinels), <c>sentinelUser</c>, <c>sentinelPassword</c>, <c>connectTimeout</c>, <c>allowAdmin</c>, and <c>asyncTimeout</c> or
    /// <c>syncTimeout</c> as <see cref="CommandTimeout"/>. What is about a client's own connections (<c>connectRetry</c>, <c>keepAlive</c>, ...)
    /// is not needed. Anything else is an error when the actor system starts, which names it and repeats no value. Whether several servers
    /// are a Redis Cluster it does not say; set <see cref="Topology"/>.
    /// </remarks>
    /// <param name="connectionString">As <see cref="RedisHostingExtensions.WithRedis(Akka.Hosting.AkkaConfigurationBuilder, string)"/> takes it.</param>
    public void ApplyConnectionString(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        ConnectionText.Apply(connectionString, "the connection string", this);
    }

    /// <summary>
    /// The same for one that StackExchange.Redis has parsed. A password that comes from its <c>Defaults</c> is asked for at each connection
    /// attempt, since it may be a token that expires.
    /// </summary>
    /// <param name="options">The parsed connection string.</param>
    public void ApplyConnectionString(StackExchange.Redis.ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ConnectionText.ApplyObject(options, "the ConfigurationOptions", this);
    }

    /// <summary>
    /// Asks this object for user and password at each connection attempt, in the place of <see cref="CredentialsProvider"/>.
    /// </summary>
    /// <param name="provider">Must be safe to call from several threads: each lane asks by itself.</param>
    public void UseCredentialsProvider(IRedisCredentialsProvider provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        UseCredentialsProvider(_ => provider);
    }

    /// <summary>The same, with what a function makes of the host's services.</summary>
    /// <param name="create">Called by each lane before its first attempt.</param>
    public void UseCredentialsProvider(Func<IServiceProvider, IRedisCredentialsProvider> create) =>
        Bound.Credentials = create ?? throw new ArgumentNullException(nameof(create));

    /// <summary>
    /// Asks this object how long to wait between attempts, in the place of <see cref="BackoffStrategy"/>. All lanes ask the same one; give a
    /// function if it has a state.
    /// </summary>
    /// <param name="strategy">Must be safe to call from several threads.</param>
    public void UseBackoffStrategy(IBackoffStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        UseBackoffStrategy(_ => strategy);
    }

    /// <summary>The same, with what a function makes of the host's services.</summary>
    /// <param name="create">Called once for each supervisor.</param>
    public void UseBackoffStrategy(Func<IServiceProvider, IBackoffStrategy> create) =>
        Bound.Backoff = create ?? throw new ArgumentNullException(nameof(create));

    /// <summary>
    /// Lets this function decide about the server's certificate, in the place of <see cref="TlsVerify"/>. It gets what
    /// <see cref="TlsCaFile"/> and <see cref="TlsHost"/> have found, as its errors. A connection that it refuses counts as misconfigured.
    /// </summary>
    /// <param name="validation">Called at each connection attempt; must be safe to call from several threads.</param>
    public void UseServerCertificateValidation(RemoteCertificateValidationCallback validation) =>
        Bound.CertificateValidation = validation ?? throw new ArgumentNullException(nameof(validation));

    /// <summary>Takes over what others set.</summary>
    internal void TakeOver(RedisOptions others)
    {
        foreach (var option in RedisOption.All)
        {
            if (option.Get(others) is { } value) option.Set(this, value);
        }

        Bound.TakeOver(others.Bound);
    }

    /// <summary>All options but the passwords, as HOCON.</summary>
    /// <param name="connection">The path of the connection below <c>redis-actors</c>.</param>
    internal Config ToConfig(string connection)
    {
        var hocon = new StringBuilder();
        foreach (var option in RedisOption.All)
        {
            if (option.IsSecret || Bound.TextOf(option, this) is not { } text) continue;
            hocon.Append("redis-actors.").Append(connection).Append('.').Append(option.Path).Append(" = ").Append(text).Append('\n');
        }

        return hocon.Length == 0 ? ConfigurationFactory.Empty : ConfigurationFactory.ParseString(hocon.ToString());
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
