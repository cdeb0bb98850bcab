using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RedisActors.Demo;

/// <summary>Where a server is: <c>host:port</c>, an IPv6 address in brackets.</summary>
internal sealed record ServerAddress(string Host, int Port)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (colon < 1) return false;

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        else if (host.Contains(':')) return false;

        if (host.Length == 0 || host.Any(char.IsWhiteSpace)) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port is < 1 or > 65_535) return false;

        address = new ServerAddress(host, port);
        return true;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
