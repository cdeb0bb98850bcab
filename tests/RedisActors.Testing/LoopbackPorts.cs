using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>Finds ports for servers that have to come back at the address at which they were.</summary>
public static class LoopbackPorts
{
    /// <summary>
    /// A free port below those that systems hand to outgoing connections. One of those would be a trap here: while the server
    /// is away, a client that keeps connecting to it can be given that very port as its own, and then talks to itself.
    /// </summary>
    public static int PickFree()
    {
        for (var i = 0; i < 200; i++)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (IsFree(port)) return port;
        }

        throw new InvalidOperationException("No free port between 20000 and 32000 on the loopback address.");
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
