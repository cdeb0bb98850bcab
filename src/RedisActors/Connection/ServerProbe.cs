using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RedisActors.Connection;

/// <summary>Finds out whether a server is there, with one socket, one PING and one glance at the answer.</summary>
internal static class ServerProbe
{
    private static readonly byte[] Ping = "PING\r\n"u8.ToArray();

    /// <summary>
    /// Waits until the server answers, for as long as it takes or the token allows. Anything but a refusal will do: a server that
    /// wants a password first is there. Throws <see cref="RedisLinkException"/> where there is none, or none that works yet.
    /// </summary>
    public static async Task AskAsync(IPAddress address, int port, CancellationToken cancellation)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(address, port, cancellation).ConfigureAwait(false);
            await socket.SendAsync(Ping, cancellation).ConfigureAwait(false);
            var buffer = new byte[128];
            var length = await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
            if (length == 0) throw new RedisLinkException("the server closed the connection");

            var answer = Encoding.UTF8.GetString(buffer, 0, length).Trim();
            if (answer.StartsWith("-LOADING", StringComparison.Ordinal)
                || answer.StartsWith("-ERR max number of clients", StringComparison.Ordinal))
            {
                throw new RedisLinkException($"the server answered: {answer[1..]}");
            }
        }
        catch (SocketException error)
        {
            throw new RedisLinkException($"connect failed: {error.Message}", error);
        }
    }
}
