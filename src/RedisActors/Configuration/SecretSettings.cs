using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RedisActors.Configuration;

/// <summary>
/// Lays secrets over the configuration while the settings are read. The result is for the reader alone; the actor system's own
/// configuration does not change.
/// </summary>
internal static class SecretSettings
{
    /// <summary>The settings of a connection, with its secrets above them.</summary>
    public static Config Over(Config config, RedisSecrets? secrets)
    {
        if (secrets is null) return config;
        var root = new HoconObject();
        Write(root, "user", secrets.User);
        Write(root, "password", secrets.Password);
        var sentinel = new HoconObject();
        Write(sentinel, "user", secrets.SentinelUser);
        Write(sentinel, "password", secrets.SentinelPassword);
        if (sentinel.Items.Count > 0) root.GetOrCreateKey("sentinel").AppendValue(sentinel);
        var value = new HoconValue();
        value.AppendValue(root);
        return new Config(new HoconRoot(value)).WithFallback(config);
    }

    private static void Write(HoconObject section, string key, string? text)
    {
        if (text is not null) section.GetOrCreateKey(key).AppendValue(new HoconLiteral { Value = text });
    }
}
