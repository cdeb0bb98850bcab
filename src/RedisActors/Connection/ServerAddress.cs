using System.Net;
using System.Net.Sockets;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>An endpoint and one of the addresses that its name stands for at this moment.</summary>
internal sealed record ServerAddress(RedisEndpoint Endpoint, IPAddress Address)
{
    public IPEndPoint IPEndPoint => new(Address, Endpoint.Port);

    /// <summary>Looks the name up, anew each time. Throws <see cref="RedisLinkException"/> when it has no usable address.</summary>
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

        var usable = addresses.Where(address => address.AddressFamily == AddressFamily.InterNetwork).ToArray();
        if (usable.Length == 0) usable = addresses;
        if (usable.Length == 0) throw new RedisLinkException($"the host name '{endpoint.Host}' has no usable address");
        return [.. usable.Select(address => new ServerAddress(endpoint, address))];
    }

    public override string ToString() =>
        IPAddress.TryParse(Endpoint.Host, out _) ? Endpoint.ToString() : $"{Endpoint} ({Address})";
}
