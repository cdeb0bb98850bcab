using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// Detects when a server that starts empty answers again, and when it has executed the first write: asks for the number of its keys about
/// every millisecond, with a thread and a socket of its own, independent of the measured clients, their threads and the thread pool.
/// </summary>
internal sealed class FirstWrite
{
    private static readonly byte[] Question = "DBSIZE\r\n"u8.ToArray();

    private readonly string _host;
    private readonly int _port;
    private readonly TaskCompletionSource<FirstWrite> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _giveUpAt;

    private FirstWrite(string host, int port, TimeSpan patience)
    {
        _host = host;
        _port = port;
        _giveUpAt = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>When the server answered, as a timestamp of a <see cref="Stopwatch"/>.</summary>
    public long Back { get; private set; }

    /// <summary>When it had executed a write.</summary>
    public long Written { get; private set; }

    /// <summary>Starts asking; completes at the first write, and fails if there is none in time.</summary>
    public static Task<FirstWrite> AwaitAsync(string host, int port, TimeSpan patience)
    {
        var watch = new FirstWrite(host, port, patience);
        new Thread(watch.Ask) { IsBackground = true, Name = "first write", Priority = ThreadPriority.Highest }.Start();
        return watch._done.Task;
    }

    /// <summary>The number in a reply to <c>DBSIZE</c>; null for anything else, such as an error.</summary>
    internal static long? KeysIn(string reply) =>
        reply.StartsWith(':') && reply.EndsWith("\r\n", StringComparison.Ordinal)
        && long.TryParse(reply.AsSpan(1, reply.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var keys)
            ? keys
            : null;

    private void Ask()
    {
        while (Stopwatch.GetTimestamp() < _giveUpAt)
        {
            if (SeesWrite())
            {
                _done.SetResult(this);
                return;
            }

            Thread.Sleep(1);
        }

        _done.SetException(new TimeoutException($"Nothing was written on the server at {_host}:{_port}."));
    }

    /// <summary>Asks over one connection until there is a key; false when the connection fails before that.</summary>
    private bool SeesWrite()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 1_000 };
        try
        {
            socket.Connect(_host, _port);
            Span<byte> answer = stackalloc byte[64];
            while (Stopwatch.GetTimestamp() < _giveUpAt)
            {
                socket.Send(Question);
                var length = socket.Receive(answer);
                if (length == 0) return false;

                var keys = KeysIn(Encoding.ASCII.GetString(answer[..length]));
                var now = Stopwatch.GetTimestamp();
                if (keys is not null && Back == 0) Back = now;
                if (keys > 0)
                {
                    Written = now;
                    return true;
                }

                Thread.Sleep(1);
            }

            return false;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
