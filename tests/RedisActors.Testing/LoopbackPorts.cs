using System.Net;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>Finds ports for servers that must come back at the same address.</summary>
public static class LoopbackPorts
{
    private const int First = 10_000;
    private const int BlockSize = 100;
    private const int Blocks = 220;

    private static readonly object Lock = new();
    private static readonly Queue<int> Own = [];

    // As long as they are open, the blocks belong to this process; they are closed with it, however it ends.
    private static readonly List<FileStream> Locks = [];

    /// <summary>
    /// A free port below the ephemeral range. An ephemeral port would be a trap: while the server is away, a client that keeps connecting
    /// to it can get that very port as its own source port, and then talks to itself. No port is given out twice, neither here nor in another
    /// process that runs beside this one: a server that is away still owns its port, and a sentinel or a node of a Redis Cluster could not
    /// tell a new server at an old address from the old one.
    /// </summary>
    public static int PickFree()
    {
        lock (Lock)
        {
            while (Own.Count > 0 || TryTakeBlock())
            {
                if (Own.TryDequeue(out var port) && IsFree(port)) return port;
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {First + (Blocks * BlockSize)} on the loopback address.");
    }

    private static bool TryTakeBlock()
    {
        var start = Random.Shared.Next(Blocks);
        for (var i = 0; i < Blocks; i++)
        {
            var block = (start + i) % Blocks;
            if (TryLock(Path.Combine(Path.GetTempPath(), $"redis-actors-ports-{block}")) is not { } file) continue;
            Locks.Add(file);
            foreach (var port in Enumerable.Range(First + (block * BlockSize), BlockSize)) Own.Enqueue(port);
            return true;
        }

        return false;
    }

    /// <summary>Null: another process has it, or this one.</summary>
    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
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
