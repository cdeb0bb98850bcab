using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Akka.Configuration;
using RedisActors.Configuration;

namespace RedisActors.Hosting;

/// <summary>One option of <see cref="RedisOptions"/>: which setting it is, and how it is read from text.</summary>
internal sealed class RedisOption
{
    private readonly string? _endless;

    private RedisOption(
        string name, string path, Type type, Func<RedisOptions, object?> get, Action<RedisOptions, object?> set, string? endless, bool isSecret)
    {
        Name = name;
        Path = path;
        Type = Nullable.GetUnderlyingType(type) ?? type;
        Get = get;
        Set = set;
        _endless = endless;
        IsSecret = isSecret;
    }

    /// <summary>All of them, in the order of <c>reference.conf</c>.</summary>
    public static IReadOnlyList<RedisOption> All { get; } =
    [
        Of<RedisTopology?>(nameof(RedisOptions.Topology), "topology", options => options.Topology, (options, value) => options.Topology = value),
        Of<string>(nameof(RedisOptions.Endpoint), "endpoint", options => options.Endpoint, (options, value) => options.Endpoint = value),
        Of<IReadOnlyList<string>>(nameof(RedisOptions.Endpoints), "endpoints", options => options.Endpoints, (options, value) => options.Endpoints = value),
        Of<string>(nameof(RedisOptions.SentinelService), "sentinel.service", options => options.SentinelService, (options, value) => options.SentinelService = value),
        Of<IReadOnlyList<string>>(nameof(RedisOptions.SentinelEndpoints), "sentinel.endpoints", options => options.SentinelEndpoints, (options, value) => options.SentinelEndpoints = value),
        Of<string>(nameof(RedisOptions.SentinelUser), "sentinel.user", options => options.SentinelUser, (options, value) => options.SentinelUser = value),
        Of<string>(nameof(RedisOptions.SentinelPassword), "sentinel.password", options => options.SentinelPassword, (options, value) => options.SentinelPassword = value, isSecret: true),
        Of<RequiredRole?>(nameof(RedisOptions.Role), "role", options => options.Role, (options, value) => options.Role = value),
        Of<int?>(nameof(RedisOptions.Lanes), "lanes", options => options.Lanes, (options, value) => options.Lanes = value),
        Of<int?>(nameof(RedisOptions.SessionsMax), "sessions.max", options => options.SessionsMax, (options, value) => options.SessionsMax = value),
        Of<TimeSpan?>(nameof(RedisOptions.SessionsIdleTimeout), "sessions.idle-timeout", options => options.SessionsIdleTimeout, (options, value) => options.SessionsIdleTimeout = value),
        Of<int?>(nameof(RedisOptions.Database), "database", options => options.Database, (options, value) => options.Database = value),
        Of<string>(nameof(RedisOptions.User), "user", options => options.User, (options, value) => options.User = value),
        Of<string>(nameof(RedisOptions.Password), "password", options => options.Password, (options, value) => options.Password = value, isSecret: true),
        Of<Type>(nameof(RedisOptions.CredentialsProvider), "credentials-provider", options => options.CredentialsProvider, (options, value) => options.CredentialsProvider = value),
        Of<bool?>(nameof(RedisOptions.TlsEnabled), "tls.enabled", options => options.TlsEnabled, (options, value) => options.TlsEnabled = value),
        Of<string>(nameof(RedisOptions.TlsHost), "tls.host", options => options.TlsHost, (options, value) => options.TlsHost = value),
        Of<string>(nameof(RedisOptions.TlsCaFile), "tls.ca-file", options => options.TlsCaFile, (options, value) => options.TlsCaFile = value),
        Of<string>(nameof(RedisOptions.TlsCertificateFile), "tls.certificate-file", options => options.TlsCertificateFile, (options, value) => options.TlsCertificateFile = value),
        Of<string>(nameof(RedisOptions.TlsKeyFile), "tls.key-file", options => options.TlsKeyFile, (options, value) => options.TlsKeyFile = value),
        Of<bool?>(nameof(RedisOptions.TlsVerify), "tls.verify", options => options.TlsVerify, (options, value) => options.TlsVerify = value),
        Of<string>(nameof(RedisOptions.ClientName), "client-name", options => options.ClientName, (options, value) => options.ClientName = value),
        Of<TimeSpan?>(nameof(RedisOptions.ConnectTimeout), "connect-timeout", options => options.ConnectTimeout, (options, value) => options.ConnectTimeout = value),
        Of<TimeSpan?>(nameof(RedisOptions.CommandTimeout), "command-timeout", options => options.CommandTimeout, (options, value) => options.CommandTimeout = value),
        Of<DeliveryMode?>(nameof(RedisOptions.Delivery), "delivery", options => options.Delivery, (options, value) => options.Delivery = value),
        Of<ReplayLimit?>(nameof(RedisOptions.WhenSafeLimit), "when-safe.limit", options => options.WhenSafeLimit, (options, value) => options.WhenSafeLimit = value),
        Of<TimeSpan?>(nameof(RedisOptions.ExactlyOnceKeep), "exactly-once.keep", options => options.ExactlyOnceKeep, (options, value) => options.ExactlyOnceKeep = value),
        Of<string>(nameof(RedisOptions.ExactlyOnceKeyPrefix), "exactly-once.key-prefix", options => options.ExactlyOnceKeyPrefix, (options, value) => options.ExactlyOnceKeyPrefix = value),
        Of<int?>(nameof(RedisOptions.ExactlyOnceGroupMaxCount), "exactly-once.group.max-count", options => options.ExactlyOnceGroupMaxCount, (options, value) => options.ExactlyOnceGroupMaxCount = value),
        Of<long?>(nameof(RedisOptions.ExactlyOnceGroupMaxBytes), "exactly-once.group.max-bytes", options => options.ExactlyOnceGroupMaxBytes, (options, value) => options.ExactlyOnceGroupMaxBytes = value),
        Of<TimeSpan?>(nameof(RedisOptions.ExactlyOnceGroupMaxTime), "exactly-once.group.max-time", options => options.ExactlyOnceGroupMaxTime, (options, value) => options.ExactlyOnceGroupMaxTime = value),
        Of<bool?>(nameof(RedisOptions.AllowAdmin), "allow-admin", options => options.AllowAdmin, (options, value) => options.AllowAdmin = value),
        Of<int?>(nameof(RedisOptions.StashMaxCount), "stash.max-count", options => options.StashMaxCount, (options, value) => options.StashMaxCount = value),
        Of<long?>(nameof(RedisOptions.StashMaxBytes), "stash.max-bytes", options => options.StashMaxBytes, (options, value) => options.StashMaxBytes = value),
        Of<WhenStashFull?>(nameof(RedisOptions.StashWhenFull), "stash.when-full", options => options.StashWhenFull, (options, value) => options.StashWhenFull = value),
        Of<int?>(nameof(RedisOptions.InFlightMaxCount), "in-flight.max-count", options => options.InFlightMaxCount, (options, value) => options.InFlightMaxCount = value),
        Of<long?>(nameof(RedisOptions.InFlightMaxBytes), "in-flight.max-bytes", options => options.InFlightMaxBytes, (options, value) => options.InFlightMaxBytes = value),
        Of<int?>(nameof(RedisOptions.ReplayInitialWindow), "replay.initial-window", options => options.ReplayInitialWindow, (options, value) => options.ReplayInitialWindow = value),
        Of<int?>(nameof(RedisOptions.ReplayMaxWindow), "replay.max-window", options => options.ReplayMaxWindow, (options, value) => options.ReplayMaxWindow = value),
        Of<TimeSpan?>(nameof(RedisOptions.RetryMin), "retry.min", options => options.RetryMin, (options, value) => options.RetryMin = value),
        Of<TimeSpan?>(nameof(RedisOptions.RetryMax), "retry.max", options => options.RetryMax, (options, value) => options.RetryMax = value),
        Of<TimeSpan?>(nameof(RedisOptions.HeartbeatInterval), "heartbeat.interval", options => options.HeartbeatInterval, (options, value) => options.HeartbeatInterval = value),
        Of<TimeSpan?>(nameof(RedisOptions.HeartbeatTimeout), "heartbeat.timeout", options => options.HeartbeatTimeout, (options, value) => options.HeartbeatTimeout = value),
        Of<TimeSpan?>(nameof(RedisOptions.HeartbeatBusyGrace), "heartbeat.busy-grace", options => options.HeartbeatBusyGrace, (options, value) => options.HeartbeatBusyGrace = value),
        Of<BackoffStrategy?>(nameof(RedisOptions.BackoffStrategy), "backoff.strategy", options => options.BackoffStrategy, (options, value) => options.BackoffStrategy = value),
        Of<Type>(nameof(RedisOptions.CustomBackoffStrategy), "backoff.strategy", options => options.CustomBackoffStrategy, (options, value) => options.CustomBackoffStrategy = value),
        Of<TimeSpan?>(nameof(RedisOptions.BackoffMin), "backoff.min", options => options.BackoffMin, (options, value) => options.BackoffMin = value),
        Of<TimeSpan?>(nameof(RedisOptions.BackoffMax), "backoff.max", options => options.BackoffMax, (options, value) => options.BackoffMax = value),
        Of<double?>(nameof(RedisOptions.BackoffMultiplier), "backoff.multiplier", options => options.BackoffMultiplier, (options, value) => options.BackoffMultiplier = value),
        Of<double?>(nameof(RedisOptions.BackoffJitter), "backoff.jitter", options => options.BackoffJitter, (options, value) => options.BackoffJitter = value),
        Of<TimeSpan?>(nameof(RedisOptions.BackoffPollInterval), "backoff.poll-interval", options => options.BackoffPollInterval, (options, value) => options.BackoffPollInterval = value),
        Of<int?>(nameof(RedisOptions.MaxRestarts), "restart.max-restarts", options => options.MaxRestarts, (options, value) => options.MaxRestarts = value, endless: "unlimited"),
        Of<TimeSpan?>(nameof(RedisOptions.RestartWithin), "restart.within", options => options.RestartWithin, (options, value) => options.RestartWithin = value),
        Of<TimeSpan?>(nameof(RedisOptions.RestartResetAfter), "restart.reset-after", options => options.RestartResetAfter, (options, value) => options.RestartResetAfter = value),
        Of<WhenRestartsSpent?>(nameof(RedisOptions.RestartWhenSpent), "restart.when-spent", options => options.RestartWhenSpent, (options, value) => options.RestartWhenSpent = value),
        Of<TimeSpan?>(nameof(RedisOptions.MisconfiguredRetryAfter), "misconfigured.retry-after", options => options.MisconfiguredRetryAfter, (options, value) => options.MisconfiguredRetryAfter = value, endless: "never"),
        Of<WhenMisconfigured?>(nameof(RedisOptions.MisconfiguredCommands), "misconfigured.commands", options => options.MisconfiguredCommands, (options, value) => options.MisconfiguredCommands = value),
        Of<string>(nameof(RedisOptions.DrainInPhase), "shutdown.drain-in-phase", options => options.DrainInPhase, (options, value) => options.DrainInPhase = value),
    ];

    public string Name { get; }

    /// <summary>The path of the setting within its connection.</summary>
    public string Path { get; }

    public Type Type { get; }

    public Func<RedisOptions, object?> Get { get; }

    public Action<RedisOptions, object?> Set { get; }

    /// <summary>Whether it travels beside the configuration.</summary>
    public bool IsSecret { get; }

    /// <summary>
    /// The option that a key of the host's configuration means: its name, or the path of its setting in sections (<c>Stash:MaxCount</c>,
    /// <c>stash:max-count</c>) or in one word (<c>stash.max-count</c>). Case does not matter. Null: there is none.
    /// </summary>
    public static RedisOption? Find(string key)
    {
        var word = OneWord(key);
        foreach (var option in All)
        {
            if (word == OneWord(option.Name) || word == OneWord(option.Path)) return option;
        }

        return null;
    }

    /// <summary>The name of the option that was probably meant by a key, in the notation of that key; null: none is like it.</summary>
    public static string? Nearest(string key)
    {
        var isNested = key.Contains(':');
        var nearest = All.Select(option => isNested ? Sections(option.Path) : option.Name).MinBy(name => EditDistance.Between(key, name))!;
        return EditDistance.Between(key, nearest) <= 1 + (key.Length / 4) ? nearest : null;
    }

    /// <summary>Reads text as HOCON has it (<c>5s</c>, <c>64MiB</c>, <c>exactly-once</c>), or as .NET writes it (<c>00:00:05</c>, <c>ExactlyOnce</c>).</summary>
    public bool TryRead(string text, [NotNullWhen(true)] out object? value)
    {
        value = Read(text);
        return value is not null;
    }

    /// <summary>A value as HOCON; a time has its unit.</summary>
    public string Hocon(object value) =>
        _endless is not null && value switch { int number => number == RedisOptions.Unlimited, TimeSpan time => time == Timeout.InfiniteTimeSpan, _ => false }
            ? _endless
            : RedisOptions.Text(value);

    [UnconditionalSuppressMessage("Trimming", "IL2057", Justification = "A class removed by trimming is reported like any other invalid name.")]
    private object? Read(string text)
    {
        if (Type == typeof(string)) return text;
        if (Type == typeof(IReadOnlyList<string>)) return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Type == typeof(Type)) return System.Type.GetType(text, throwOnError: false);
        if (Type == typeof(TimeSpan)) return ReadTime(text);
        if (Type == typeof(long)) return Quantity(text, (config, path) => config.GetByteSize(path));
        if (Type == typeof(double)) return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real : null;
        if (Type == typeof(bool)) return ReadSwitch(text);
        if (Type.IsEnum) return ReadWord(text);
        if (Is(text, _endless)) return RedisOptions.Unlimited;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private object? ReadTime(string text)
    {
        if (Is(text, _endless ?? "infinite")) return Timeout.InfiniteTimeSpan;
        if (text.Contains(':')) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;

        // A number without a unit: the setting's own reader says what is missing.
        return text.Any(char.IsAsciiLetter) ? Quantity(text, (config, path) => (TimeSpan?)config.GetTimeSpan(path, null, allowInfinite: false)) : null;
    }

    private static object? ReadSwitch(string text) =>
        Is(text, "on") || Is(text, "true") ? true : Is(text, "off") || Is(text, "false") ? false : null;

    private object? ReadWord(string text)
    {
        foreach (Enum word in Enum.GetValues(Type))
        {
            if (OneWord(text.Trim()) == OneWord($"{word}")) return word;
        }

        return null;
    }

    private static object? Quantity<T>(string text, Func<Config, string, T?> read)
    {
        const string Path = "quantity";
        try
        {
            return read(ConfigurationFactory.ParseString($"{Path} = {RedisOptions.Quoted(text.Trim())}"), Path);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static bool Is(string text, string? word) => string.Equals(text.Trim(), word, StringComparison.OrdinalIgnoreCase);

    private static string OneWord(string key) =>
        string.Concat(key.Where(letter => letter is not (':' or '.' or '-' or '_'))).ToLowerInvariant();

    /// <summary>A path of HOCON as the sections of appsettings.json would have it: <c>Stash:MaxCount</c>.</summary>
    private static string Sections(string path) => string.Join(':', path.Split('.').Select(
        section => string.Concat(section.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))));

    private static RedisOption Of<T>(
        string name, string path, Func<RedisOptions, T?> get, Action<RedisOptions, T?> set, string? endless = null, bool isSecret = false) =>
        new(name, path, typeof(T), options => get(options), (options, value) => set(options, (T?)value), endless, isSecret);
}
