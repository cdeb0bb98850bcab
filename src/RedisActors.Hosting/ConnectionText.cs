using System.Net;
using System.Text.RegularExpressions;
using RedisActors.Configuration;
using StackExchange.Redis;

namespace RedisActors.Hosting;

/// <summary>
/// Connection strings as others write them: <c>host:port</c>, one of StackExchange.Redis, or a URI. What cannot be honoured is reported by
/// its name; no report repeats a value, since a password may stand anywhere.
/// </summary>
internal static partial class ConnectionText
{
    private const int DefaultTlsPort = 6380;
    private const int DefaultSentinelPort = 26379;

    /// <summary>Set for a client that makes its own connections, and of no use to one that is supervised.</summary>
    private static readonly string[] Needless =
    [
        "configChannel", "configCheckSeconds", "connectRetry", "highPriorityThreads", "keepAlive", "preserveAsyncOrder", "protocol",
        "resolveDns", "responseTimeout", "setlib", "tcpKeepAlive", "tiebreaker", "version", "writeBuffer",
    ];

    private static readonly string[] Mapped =
    [
        "allowAdmin", "asyncTimeout", "connectTimeout", "defaultDatabase", "name", "password", "sentinelPassword", "sentinelUser",
        "serviceName", "ssl", "sslHost", "syncTimeout", "user",
    ];

    /// <summary>Why a keyword cannot be honoured, unless it has the value that changes nothing.</summary>
    private static readonly Dictionary<string, (string Harmless, string Why)> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abortConnect"] = ("false", "a server that cannot be reached is no error here; commands wait for it. Expected abortConnect=false, or nothing"),
        ["channelPrefix"] = ("", "channels are subscribed to by their own names"),
        ["checkCertificateRevocation"] = ("false", "revocation is not checked; RedisOptions.UseServerCertificateValidation can do it"),
        ["highIntegrity"] = ("false", "replies are matched with commands by their order alone"),
        ["proxy"] = ("none", "a proxy does not answer the commands with which a connection is verified"),
        ["sslProtocols"] = ("none", "the operating system chooses the version of TLS"),
        ["tunnel"] = ("", "connections are made to the servers themselves"),
    };

    private static readonly string[] Known = [.. Mapped, .. Needless, .. Refused.Keys];

    /// <summary>Sets the options that a connection string means, and reports what they cannot.</summary>
    /// <param name="text">The connection string.</param>
    /// <param name="path">Where it is written, for messages.</param>
    /// <param name="options">Receives options and problems.</param>
    public static void Apply(string text, string path, RedisOptions options)
    {
        var report = options.Bound.Problems;
        text = text.Trim();
        if (RedisEndpoint.TryParse(text, out var single)) SetEndpoints([single], options);
        else if (text.Contains("://", StringComparison.Ordinal)) ApplyUri(text, path, options);
        else if (Check(text, path, report) && Parse(text, path, report) is { } parsed) Apply(parsed, path, options);
    }

    /// <summary>The same for a connection string that StackExchange.Redis has parsed, or an application has put together.</summary>
    public static void ApplyObject(ConfigurationOptions given, string path, RedisOptions options)
    {
        var report = options.Bound.Problems;
        Check(given.ToString(includePassword: false), path, report);
        if (given.BeforeSocketConnect is not null) report.Add((path, "BeforeSocketConnect cannot be honoured: the sockets are the library's own"));
        if (given.SslClientAuthenticationOptions is not null)
        {
            report.Add((path, "SslClientAuthenticationOptions cannot be honoured; expected the options of RedisOptions whose names begin with Tls"));
        }

        if (given.Tunnel is not null) report.Add((path, $"Tunnel cannot be honoured: {Refused["tunnel"].Why}"));
        var before = (options.User, options.Password);
        Apply(given, path, options);
        if (given.Defaults.Password is not { } renewed || renewed != given.Password) return;

        // A password that comes from a provider of defaults is a token that expires.
        (options.User, options.Password) = before;
        options.UseCredentialsProvider(new DefaultsOf(given));
    }

    private static void Apply(ConfigurationOptions given, string path, RedisOptions options)
    {
        var isSentinel = !string.IsNullOrEmpty(given.ServiceName);
        var endpoints = Endpoints(given, isSentinel, path, options.Bound.Problems);
        if (isSentinel)
        {
            (options.Topology, options.SentinelService, options.SentinelEndpoints) = (RedisTopology.Sentinel, given.ServiceName, Texts(endpoints));
            options.SentinelUser = given.SentinelUser ?? options.SentinelUser;
            options.SentinelPassword = given.SentinelPassword ?? options.SentinelPassword;
        }
        else if (endpoints.Count > 0) SetEndpoints(endpoints, options);
        else if (options.Bound.Problems.Count == 0) options.Bound.Problems.Add((path, "names no server; expected host:port first"));

        options.User = given.User is { Length: > 0 } user ? user : options.User;
        options.Password = given.Password is { Length: > 0 } password ? password : options.Password;
        options.ClientName = given.ClientName ?? options.ClientName;
        options.Database = given.DefaultDatabase ?? options.Database;
        var written = Keywords(given.ToString(includePassword: false)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (given.Ssl || written.Contains("ssl")) options.TlsEnabled = given.Ssl;
        if (written.Contains("sslHost")) options.TlsHost = given.SslHost;
        if (written.Contains("connectTimeout")) options.ConnectTimeout = TimeSpan.FromMilliseconds(given.ConnectTimeout);
        if (written.Contains("allowAdmin")) options.AllowAdmin = given.AllowAdmin;
        if (written.Contains("asyncTimeout")) options.CommandTimeout = TimeSpan.FromMilliseconds(given.AsyncTimeout);
        else if (written.Contains("syncTimeout")) options.CommandTimeout = TimeSpan.FromMilliseconds(given.SyncTimeout);
    }

    private static void ApplyUri(string text, string path, RedisOptions options)
    {
        var report = options.Bound.Problems;
        if (Uris().Match(text) is not { Success: true } uri)
        {
            report.Add((path, "is not a URI that can be read; expected redis://user:password@host:port/database, or rediss:// for TLS"));
            return;
        }

        var endpoints = new List<RedisEndpoint>();
        foreach (var host in uri.Groups["hosts"].Value.Split(','))
        {
            if (RedisEndpoint.TryParse(host, out var endpoint)) endpoints.Add(endpoint);
            else report.Add((path, "names a server that is not host:port; special characters in a password are percent-encoded"));
        }

        if (endpoints.Count > 0) SetEndpoints(endpoints, options);
        if (uri.Groups["tls"].Length > 0) options.TlsEnabled = true;
        if (uri.Groups["login"] is { Success: true, Value: var login }) ApplyLogin(login, path, options);
        if (uri.Groups["database"] is { Length: > 0, Value: var number }) ApplyDatabase(number, path, options);
        foreach (var pair in uri.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = pair.Split('=')[0];
            var value = Uri.UnescapeDataString(pair[Math.Min(key.Length + 1, pair.Length)..]);
            if (key is "db" or "database") ApplyDatabase(value, path, options);
            else if (key is "name" or "client_name" or "clientName") options.ClientName = value;
            else report.Add((path, $"{Shown(key)} is not a parameter that can be honoured; expected database, client_name, or an option of RedisOptions"));
        }
    }

    private static void ApplyLogin(string login, string path, RedisOptions options)
    {
        if (login.IndexOf(':') is var colon && colon < 0)
        {
            options.Bound.Problems.Add((path, "names a user without a password; expected redis://user:password@host or redis://:password@host"));
            return;
        }

        options.User = colon == 0 ? options.User : Uri.UnescapeDataString(login[..colon]);
        options.Password = Uri.UnescapeDataString(login[(colon + 1)..]);
    }

    private static void ApplyDatabase(string number, string path, RedisOptions options)
    {
        if (int.TryParse(number, out var database)) options.Database = database;
        else options.Bound.Problems.Add((path, "names a database that is not a whole number"));
    }

    /// <summary>
    /// That each part can be honoured. A comma in a password ends it for StackExchange.Redis, and its rest would be taken for an endpoint or
    /// a keyword, so nothing that follows a password is repeated.
    /// </summary>
    private static bool Check(string text, string path, List<(string, string)> report)
    {
        var problems = report.Count;
        var afterPassword = false;
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var length = part.IndexOf('=');
            var key = length > 0 ? part[..length].Trim() : string.Empty;
            if (length <= 0)
            {
                if (afterPassword) report.Add((path, "an endpoint follows the password; expected endpoints first, and no comma in a password (set RedisOptions.Password)"));
                else if (!RedisEndpoint.TryParse(part, out _)) report.Add((path, $"{HiddenText.QuotedEndpoint(part)} is not valid; expected host:port"));
            }
            else if (key[0] == '$') report.Add((path, "commands that have other names on the server, or none ($...), cannot be honoured"));
            else if (!Array.Exists(Known, known => Same(known, key)))
            {
                report.Add((path, $"{(afterPassword ? "a keyword" : Shown(key))} is not one of StackExchange.Redis; expected {string.Join(", ", Known.Order(StringComparer.OrdinalIgnoreCase))}"));
            }
            else if (Refused.TryGetValue(key, out var refusal) && !Same(part[(length + 1)..].Trim(), refusal.Harmless))
            {
                report.Add((path, $"{key} cannot be honoured: {refusal.Why}"));
            }

            afterPassword |= key.EndsWith("password", StringComparison.OrdinalIgnoreCase);
        }

        return report.Count == problems;
    }

    private static ConfigurationOptions? Parse(string text, string path, List<(string, string)> report)
    {
        try
        {
            return ConfigurationOptions.Parse(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            var key = Array.Find(Known, known => Same(known, (error as ArgumentException)?.ParamName));
            report.Add((path, $"{(key is null ? "a keyword" : key)} has a value that cannot be read"));
            return null;
        }
    }

    private static List<RedisEndpoint> Endpoints(ConfigurationOptions given, bool isSentinel, string path, List<(string, string)> report)
    {
        var defaultPort = isSentinel ? DefaultSentinelPort : given.Ssl ? DefaultTlsPort : RedisEndpoint.DefaultPort;
        var endpoints = new List<RedisEndpoint>();
        foreach (var endpoint in given.EndPoints)
        {
            switch (endpoint)
            {
                case DnsEndPoint name:
                    endpoints.Add(new RedisEndpoint(name.Host, name.Port == 0 ? defaultPort : name.Port));
                    break;
                case IPEndPoint address:
                    endpoints.Add(new RedisEndpoint($"{address.Address}", address.Port == 0 ? defaultPort : address.Port));
                    break;
                default:
                    report.Add((path, $"a {endpoint.GetType().Name} cannot be honoured; expected host:port"));
                    break;
            }
        }

        return endpoints;
    }

    private static void SetEndpoints(IReadOnlyList<RedisEndpoint> endpoints, RedisOptions options) =>
        (options.Endpoint, options.Endpoints) = endpoints.Count == 1 ? ($"{endpoints[0]}", (IReadOnlyList<string>?)null) : (null, Texts(endpoints));

    private static string[] Texts(IReadOnlyList<RedisEndpoint> endpoints) => [.. endpoints.Select(endpoint => $"{endpoint}")];

    private static IEnumerable<string> Keywords(string text) =>
        text.Split(',').Where(part => part.Contains('=')).Select(part => part[..part.IndexOf('=')].Trim());

    private static bool Same(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    /// <summary>A keyword for a message; what does not look like one may be a secret.</summary>
    private static string Shown(string key) => Words().IsMatch(key) ? $"'{key}'" : "a keyword";

    /// <summary>Asks for what StackExchange.Redis would log in with at this moment.</summary>
    private sealed class DefaultsOf(ConfigurationOptions given) : IRedisCredentialsProvider
    {
        public ValueTask<RedisCredentials> GetAsync(string connection, CancellationToken cancellation) => new(new RedisCredentials(given.User, given.Password));
    }

    [GeneratedRegex(@"^redis(?<tls>s?)://((?<login>[^/?#]*)@)?(?<hosts>[^/?#@]+)(/(?<database>[^?#@]*))?(\?(?<query>[^#@]*))?\z", RegexOptions.IgnoreCase)]
    private static partial Regex Uris();

    [GeneratedRegex(@"^[A-Za-z_.-]{1,30}\z")]
    private static partial Regex Words();
}
