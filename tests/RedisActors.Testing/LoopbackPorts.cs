using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>Finds ports for servers that have to come back at the address at which they were.</summary>
public static class LoopbackPorts
{
    private static readonly object Lock = new();
    private static readonly HashSet<int> Picked = [];

    /// <summary>
    /// A free port below those that systems hand to outgoing connections. One of those would be a trap here: while the server
    /// is away, a client that keeps connecting to it can be given that very port as its own, and then talks to itself. No port
    /// is given twice to one process: a server that is away for now still has its port, and a sentinel or a node of a cluster
    /// would not know a new server at an old address from the old one.
    /// </summary>
    public static int PickFree()
    {
        lock (Lock)
        {
            for (var i = 0; i < 2000; i++)
            {
                var port = Random.Shared.Next(20_000, 32_000);
                if (!Picked.Contains(port) && IsFree(port))
                {
                    Picked.Add(port);
                    return port;
                }
            }
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
