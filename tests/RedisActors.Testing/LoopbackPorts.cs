using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>Finds ports for servers that must come back at the same address.</summary>
public static class LoopbackPorts
{
    private static readonly object Lock = new();
    private static readonly HashSet<int> Picked = [];

    /// <summary>
    /// A free port below the ephemeral range. An ephemeral port would be a trap: while the server is away, a client that keeps connecting
    /// to it can get that very port as its own source port, and then talks to itself. No port is given out twice in one process: a server
    /// that is away still owns its port, and a sentinel or a node of a Redis Cluster could not tell a new server at an old address from the
    /// old one.
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
