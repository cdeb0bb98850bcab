using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>Where the settings of a connection stand, and which of them are its own.</summary>
internal sealed class SettingsOrigin
{
    private readonly Func<string, bool> _isOwn;

    private SettingsOrigin(string root, bool inherits, Func<string, bool> isOwn)
    {
        Root = root;
        Inherits = inherits;
        _isOwn = isOwn;
    }

    /// <summary>The full path of the connection's section.</summary>
    public string Root { get; }

    /// <summary>Whether what is not its own comes from another connection, where it is reported if it is invalid.</summary>
    public bool Inherits { get; }

    /// <summary>Own is what differs from <c>reference.conf</c>; whether the user repeated that in his own words does not matter.</summary>
    public static SettingsOrigin OfDefault(string root, Config config, Config reference) =>
        new(root, inherits: false, path => Text(config, path) != Text(reference, path));

    /// <summary>Own is what stands in the connection's own section.</summary>
    public static SettingsOrigin OfNamed(string root, Config own) => new(root, inherits: true, own.HasPath);

    /// <summary>Whether the user set it for this very connection.</summary>
    public bool IsOwn(string path) => _isOwn(path);

    private static string? Text(Config config, string path) => config.GetValue(path) switch
    {
        null => null,
        var value when value.IsObject() => "{}",
        var value when value.IsArray() => string.Join('\n', value.GetStringList()),
        var value => value.GetString(),
    };
}
