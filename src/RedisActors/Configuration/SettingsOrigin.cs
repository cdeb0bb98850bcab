using System.Collections.Immutable;
using Akka.Configuration;

namespace RedisActors.Configuration;

/// <summary>Where the settings of a connection are, and which of them are its own.</summary>
internal sealed class SettingsOrigin
{
    private readonly Func<string, bool> _isOwn;

    private readonly IReadOnlyDictionary<string, string> _writtenAt;

    private SettingsOrigin(string root, bool inherits, Func<string, bool> isOwn, IReadOnlyDictionary<string, string>? writtenAt)
    {
        Root = root;
        Inherits = inherits;
        _isOwn = isOwn;
        _writtenAt = writtenAt ?? ImmutableDictionary<string, string>.Empty;
    }

    /// <summary>The full path of the connection's section.</summary>
    public string Root { get; }

    /// <summary>Whether the other settings are inherited from another connection, which then reports invalid ones.</summary>
    public bool Inherits { get; }

    /// <summary>A setting is its own if it differs from <c>reference.conf</c>; repeating a default there does not make it so.</summary>
    public static SettingsOrigin OfDefault(
        string root, Config config, Config reference, IReadOnlyDictionary<string, string>? writtenAt = null) =>
        new(root, inherits: false, path => Text(config, path) != Text(reference, path), writtenAt);

    /// <summary>A setting is its own if it is in the connection's own section.</summary>
    public static SettingsOrigin OfNamed(string root, Config own, IReadOnlyDictionary<string, string>? writtenAt = null) =>
        new(root, inherits: true, own.HasPath, writtenAt);

    /// <summary>Where its author finds a setting: where it is written, if that is not HOCON, or its full path.</summary>
    public string Full(string path) => _writtenAt.TryGetValue(path, out var written) ? written : $"{Root}.{path}";

    /// <summary>Whether the user set it for this connection.</summary>
    public bool IsOwn(string path) => _isOwn(path);

    private static string? Text(Config config, string path) => config.GetValue(path) switch
    {
        null => null,
        var value => HoconShape.Of(value) switch
        {
            HoconShape.Text => value.GetString(),
            HoconShape.List => string.Join('\n', value.GetArray()),
            var other => other,
        },
    };
}
