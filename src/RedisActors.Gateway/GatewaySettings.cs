using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Akka.Configuration;
using RedisActors.Configuration;
using RedisActors.Lanes;

namespace RedisActors.Gateway;

/// <summary>The settings under <c>redis-actors.gateway</c>, and those of the connection that the gateway follows.</summary>
internal sealed partial record GatewaySettings
{
    private const string Path = "redis-actors.gateway";
    private const string UnixPrefix = "unix:";

    /// <summary>The bytes that the path of a Unix socket may have on Linux, its end included.</summary>
    private const int LongestSocketPath = 108;

    private GatewaySettings(Config config, IReadOnlyDictionary<string, ConnectionAdditions> additions)
    {
        // Reports a value in the place of the section too.
        var connections = RedisConnections.Create(config, additions);
        var reference = RedisGateway.DefaultConfig().GetConfig(Path);
        var section = config.HasPath(Path) ? config.GetConfig(Path).WithFallback(reference) : reference;
        var problems = new SettingsProblems();
        new KnownSettings(reference.Root.GetObject()).Check(section.Root.GetObject(), Path, problems);
        var read = new SettingsReader(section, SettingsOrigin.OfDefault(Path, section, reference), problems, problems);

        var name = read.Text("connection");
        Connection = connections.Of(name);
        read.Require(Connection.Name == name, "connection", "default, or a name under redis-actors.connections,");
        Listen = ReadListen(read);
        SocketPermissions = ReadPermissions(read);
        Delivery = ReadDelivery(read);
        Password = read.TextOrNull("password");
        UsesTls = read.Switch("tls.enabled");
        CertificateFile = ReadFile(read, "tls.certificate-file");
        KeyFile = ReadFile(read, "tls.key-file");
        CheckCertificate(read);
        read.RequireTogether(
            Password is not null && UsesTls || IsLocal(Listen),
            "listen",
            ["password", "tls.enabled"],
            "is not loopback, and needs both password and tls.enabled: whoever can reach it could use Redis");
        MaxConnections = read.Number("max-connections", 1, 1_000_000);
        MaxOutstanding = read.Number("max-outstanding", 1, 10_000_000);
        MaxUnread = read.Size("max-unread");
        UnreadTimeout = read.DurationOrInfinite("unread-timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1));
        DrainInPhase = RedisSettings.ReadPhase(read, RedisConnections.ShutdownPhasesIn(config));
        problems.ThrowIfAny();
    }

    /// <summary>The settings of the connection that it leads to.</summary>
    public RedisSettings Connection { get; }

    public EndPoint Listen { get; }

    public UnixFileMode SocketPermissions { get; }

    /// <summary>Null: the connection's own.</summary>
    public DeliveryMode? Delivery { get; }

    public string? Password { get; }

    public bool UsesTls { get; }

    public string? CertificateFile { get; }

    public string? KeyFile { get; }

    public int MaxConnections { get; }

    public int MaxOutstanding { get; }

    public long MaxUnread { get; }

    public TimeSpan UnreadTimeout { get; }

    public string? DrainInPhase { get; }

    /// <exception cref="ConfigurationException">A setting is invalid; the message names each by its path.</exception>
    public static GatewaySettings Create(Config config, IReadOnlyDictionary<string, ConnectionAdditions>? additions = null) =>
        new(config, additions ?? new Dictionary<string, ConnectionAdditions>());

    /// <summary>An error about where it listens.</summary>
    public static ConfigurationException CannotListen(EndPoint listen, SocketException error) =>
        new($"{Path}.listen: cannot listen on {Shown(listen)}: {error.Message}", error);

    /// <summary>In the words of the setting.</summary>
    public static string Shown(EndPoint listen) => listen is UnixDomainSocketEndPoint ? $"{UnixPrefix}{listen}" : $"{listen}";

    /// <summary>The certificate, as it is in its files now.</summary>
    public X509Certificate2 LoadCertificate()
    {
        using var certificate = X509Certificate2.CreateFromPemFile(CertificateFile!, KeyFile);

        // What has a key in memory alone is not taken by every platform's TLS.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    private static EndPoint ReadListen(SettingsReader read)
    {
        const string Valid = "an address and a port, such as 127.0.0.1:6380 or [::1]:6380, localhost and a port, or unix: and the path of a socket";
        var text = read.Text("listen").Trim();
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            var fits = path.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(path) < LongestSocketPath;
            read.Require(fits, "listen", $"unix: and a path of 1 to {LongestSocketPath - 1} bytes");
            return new UnixDomainSocketEndPoint(fits ? path : "invalid");
        }

        if (RedisEndpoint.TryParse(text, out var endpoint))
        {
            if (endpoint.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return new IPEndPoint(IPAddress.Loopback, endpoint.Port);
            if (IPAddress.TryParse(endpoint.Host, out var address)) return new IPEndPoint(address, endpoint.Port);
        }

        read.Require(false, "listen", Valid);
        return new IPEndPoint(IPAddress.Loopback, RedisEndpoint.DefaultPort);
    }

    private static bool IsLocal(EndPoint listen) => listen is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address);

    private static UnixFileMode ReadPermissions(SettingsReader read)
    {
        var digits = read.Text("unix-socket-permissions");
        var isValid = Octal().IsMatch(digits);
        read.Require(isValid, "unix-socket-permissions", "three octal digits, such as 600 or 660");
        return isValid ? (UnixFileMode)Convert.ToInt32(digits, 8) : UnixFileMode.None;
    }

    private static DeliveryMode? ReadDelivery(SettingsReader read)
    {
        var word = read.Text("delivery");
        if (word == "connection") return null;
        var modes = Enum.GetValues<DeliveryMode>();
        var index = Array.FindIndex(modes, mode => SettingWords.Of(mode) == word);
        read.Require(index >= 0, "delivery", $"connection, {string.Join(", ", modes.Select(mode => SettingWords.Of(mode)))}");
        return index >= 0 ? modes[index] : null;
    }

    private static string? ReadFile(SettingsReader read, string path)
    {
        var file = read.TextOrNull(path);
        read.Require(file is null || !HiddenText.IsKeyMaterial(file), path, "the path of a file (PEM), not its contents");
        return file;
    }

    /// <summary>That it can be used is found out at the start.</summary>
    private void CheckCertificate(SettingsReader read)
    {
        if (!UsesTls) return;
        read.RequireTogether(
            CertificateFile is not null && KeyFile is not null,
            "tls.enabled",
            ["tls.certificate-file", "tls.key-file"],
            "needs both tls.certificate-file and tls.key-file");
        if (CertificateFile is null || KeyFile is null) return;
        try
        {
            LoadCertificate().Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            var cause = error is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : error.Message.TrimEnd('.');
            read.RequireTogether(
                false, "tls.certificate-file", ["tls.key-file"], $"cannot be used with tls.key-file: {cause}; expected files (PEM) of a certificate and its key, not encrypted");
        }
    }

    [GeneratedRegex(@"^[0-7]{3}\z")]
    private static partial Regex Octal();
}
