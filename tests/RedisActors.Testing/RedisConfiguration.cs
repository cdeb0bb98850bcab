using System.Globalization;

namespace RedisActors.Testing;

/// <summary>
/// The configuration file of a server, in its folder. A file, so that a change at run time (such as a sentinel making it a replica)
/// survives a restart if <c>CONFIG REWRITE</c> was called, as sentinels do.
/// </summary>
internal sealed class RedisConfiguration
{
    private readonly List<string> _lines = [];

    private RedisConfiguration()
    {
    }

    /// <summary>Writes the file and returns its path.</summary>
    public static string Write(RedisServerOptions options, ServerPorts ports, string folder, string logFile)
    {
        var configuration = new RedisConfiguration();
        configuration.AddBasics(options.Address, folder, logFile);
        configuration.AddPorts(options.Tls, ports, folder);
        configuration.AddAccess(options);
        if (options.SentinelLines is { } lines)
        {
            configuration._lines.AddRange(lines);
        }
        else
        {
            configuration.AddData(options);
            configuration._lines.AddRange(options.ClusterLines ?? []);
        }

        var file = Path.Combine(folder, "redis.conf");
        File.WriteAllLines(file, configuration._lines);
        return file;
    }

    private void AddBasics(string address, string folder, string logFile)
    {
        Add("bind", address);
        Add("dir", folder);
        Add("logfile", logFile);
        Add("daemonize", "no");
    }

    private void AddPorts(RedisServerTls? tls, ServerPorts ports, string folder)
    {
        if (ports.Bus is { } bus) Add("cluster-port", bus);
        if (tls is null)
        {
            Add("port", ports.Main);
            return;
        }

        tls.Certificates.WriteTo(folder);
        Add("port", ports.Plain ?? 0);
        Add("tls-port", ports.Main);
        Add("tls-ca-cert-file", tls.Certificates.Authority.CertificateFile(folder));
        Add("tls-cert-file", tls.Certificates.Server.CertificateFile(folder));
        Add("tls-key-file", tls.Certificates.Server.KeyFile(folder));
        Add("tls-auth-clients", YesOrNo(tls.RequireClientCertificate));
        Add("tls-replication", YesOrNo(ports.Plain is null));
        Add("tls-cluster", YesOrNo(ports.Plain is null));
    }

    private void AddAccess(RedisServerOptions options)
    {
        Add("user", ServerKey.User, "on", $">{ServerKey.Password}", "~*", "&*", "+@all");
        foreach (var user in options.Users) Add("user", user.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (options.Password is { } password) Add("requirepass", password);
    }

    private void AddData(RedisServerOptions options)
    {
        Add("save", string.Empty);
        Add("appendonly", YesOrNo(options.AppendOnly));
        Add("appendfsync", options.AppendFsync);

        // A rewrite runs in a forked child, which would survive a kill -9 of the server.
        Add("auto-aof-rewrite-percentage", 0);
        Add("repl-diskless-sync-delay", 0);
        Add("masteruser", ServerKey.User);
        Add("masterauth", ServerKey.Password);
        if (options.ReplicaOf is { } primary) Add("replicaof", primary.Host, Text(primary.ReplicationPort));
    }

    private void Add(string name, int value) => Add(name, Text(value));

    private void Add(string name, params string[] values) =>
        _lines.Add($"{name} {string.Join(' ', values.Select(Quote))}");

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string value) => $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string YesOrNo(bool value) => value ? "yes" : "no";
}
