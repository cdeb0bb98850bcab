using System.Net;
using System.Net.Sockets;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>An endpoint and one of the addresses that its name stands for at this moment.</summary>
internal sealed record ServerAddress(RedisEndpoint Endpoint, IPAddress Address)
{
    public IPEndPoint IPEndPoint => new(Address, Endpoint.Port);

    /// <summary>
    /// Looks the name up, anew each time: all its addresses, IPv6 and IPv4, in the order in which this host prefers them. Throws
    /// <see cref="RedisLinkException"/> when it has none.
    /// </summary>
    public static async Task<IReadOnlyList<ServerAddress>> ResolveAsync(RedisEndpoint endpoint, CancellationToken cancellation)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancellation).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new RedisLinkException($"the host name '{endpoint.Host}' does not resolve: {error.Message}", error);
        }

        return addresses.Length > 0
            ? [.. addresses.Distinct().Select(address => new ServerAddress(endpoint, address))]
            : throw new RedisLinkException($"the host name '{endpoint.Host}' has no address");
    }

    public override string ToString() =>
        IPAddress.TryParse(Endpoint.Host, out _) ? Endpoint.ToString() : $"{Endpoint} ({Address})";
}
