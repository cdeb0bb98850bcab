using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RedisActors.Configuration;

/// <summary>Where a server listens: a host name or address, and a port.</summary>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">From 1 to 65535.</param>
internal sealed record RedisEndpoint(string Host, int Port)
{
    /// <summary>The port of a Redis server when none is given.</summary>
    public const int DefaultPort = 6379;

    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>Parses <c>host</c>, <c>host:port</c>, <c>[v6]</c> or <c>[v6]:port</c>; the port defaults to 6379.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RedisEndpoint? endpoint) =>
        TryParse(text, DefaultPort, out endpoint);

    /// <summary>The same, with another default port.</summary>
    public static bool TryParse(string? text, int defaultPort, [NotNullWhen(true)] out RedisEndpoint? endpoint)
    {
        endpoint = null;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text)) return false;
        string host;
        string? port = null;
        if (text[0] == '[')
        {
            var end = text.IndexOf(']');
            if (end < 0) return false;
            host = text[1..end];
            if (!IsIPv6(host)) return false;
            if (end + 1 < text.Length)
            {
                if (text[end + 1] != ':') return false;
                port = text[(end + 2)..];
            }
        }
        else
        {
            var colon = text.LastIndexOf(':');
            host = colon < 0 ? text : text[..colon];
            if (!IsName(host)) return false;
            if (colon >= 0) port = text[(colon + 1)..];
        }

        var number = defaultPort;
        if (port is not null
            && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 65535))
        {
            return false;
        }

        endpoint = new RedisEndpoint(host, number);
        return true;
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static bool IsIPv6(string host) =>
        !host.AsSpan().ContainsAny('[', ']', '/')
        && IPAddress.TryParse(host, out var address)
        && address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>
    /// A name of DNS or of a container network, which may have underscores; one that ends in a number is an IPv4 address in full.
    /// </summary>
    private static bool IsName(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        if (name.Length is 0 or > LongestName) return false;
        var labels = name.Split('.');
        return Array.TrueForAll(labels, IsLabel) && (!labels[^1].All(char.IsAsciiDigit) || IsIPv4(host));
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= LongestLabel
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>Four decimal numbers; what else counts as an address (1, 0x7f.1, 010.0.0.1) is more likely a mistake.</summary>
    private static bool IsIPv4(string host) => IPAddress.TryParse(host, out var address) && address.ToString() == host;
}
