using System.Diagnostics;
using System.Net.Sockets;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>
/// Detects the moment when a server answers <c>PING</c> again: polls about every millisecond with a thread and a socket of its own,
/// independent of the measured clients, their threads and the thread pool.
/// </summary>
internal sealed class FirstPong
{
    /// <summary>The name of the polling thread.</summary>
    public const string ThreadName = "ping";

    private static readonly byte[] Ping = "PING\r\n"u8.ToArray();

    private readonly string _host;
    private readonly int _port;
    private readonly Action<long> _seen;
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _giveUpAt;

    private FirstPong(string host, int port, TimeSpan patience, Action<long> seen)
    {
        _host = host;
        _port = port;
        _seen = seen;
        _giveUpAt = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>Starts polling. Returns the time stamp of the first answer; fails if there is none in time.</summary>
    /// <param name="host">The server's address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="patience">How long to poll.</param>
    /// <param name="seen">Called immediately, on the polling thread, with the <see cref="Stopwatch"/> time stamp of the answer.</param>
    public static Task<long> AwaitAsync(string host, int port, TimeSpan patience, Action<long> seen)
    {
        var pong = new FirstPong(host, port, patience, seen);
        new Thread(pong.Ask) { IsBackground = true, Name = ThreadName, Priority = ThreadPriority.Highest }.Start();
        return pong._done.Task;
    }

    private void Ask()
    {
        while (!Answers())
        {
            if (Stopwatch.GetTimestamp() > _giveUpAt)
            {
                _done.SetException(new TimeoutException($"The server at {_host}:{_port} did not come back."));
                return;
            }

            Thread.Sleep(1);
        }

        var now = Stopwatch.GetTimestamp();
        _seen(now);
        _done.SetResult(now);
    }

    private bool Answers()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 1_000 };
        try
        {
            socket.Connect(_host, _port);
            socket.Send(Ping);
            Span<byte> answer = stackalloc byte[64];
            return socket.Receive(answer) > 0 && answer.StartsWith("+PONG"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
