using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace RedisActors.Benchmarks;

/// <summary>
/// Asks a server about every millisecond, over one connection for as long as it lasts, with a thread and a socket of its own, independent of
/// the measured clients, their threads and the thread pool.
/// </summary>
internal static class ServerPoll
{
    /// <summary>Starts asking; completes at the first reply that is wanted, and fails if there is none in time.</summary>
    /// <param name="thread">The name of the thread.</param>
    /// <param name="host">The server's address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="patience">How long to ask.</param>
    /// <param name="question">The command, as it goes over the wire.</param>
    /// <param name="isWanted">Whether this is the reply that is waited for. Called on that thread.</param>
    public static Task UntilAsync(string thread, string host, int port, TimeSpan patience, byte[] question, Func<string, bool> isWanted)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var giveUpAt = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
        new Thread(Ask) { IsBackground = true, Name = thread, Priority = ThreadPriority.Highest }.Start();
        return done.Task;

        void Ask()
        {
            while (Stopwatch.GetTimestamp() < giveUpAt)
            {
                if (AsksToTheEnd())
                {
                    done.SetResult();
                    return;
                }

                Thread.Sleep(1);
            }

            done.SetException(new TimeoutException($"The server at {host}:{port} did not answer {Encoding.ASCII.GetString(question).Trim()} as was expected."));
        }

        bool AsksToTheEnd()
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 1_000 };
            try
            {
                socket.Connect(host, port);
                Span<byte> reply = stackalloc byte[64];
                while (Stopwatch.GetTimestamp() < giveUpAt)
                {
                    socket.Send(question);
                    var length = socket.Receive(reply);
                    if (length == 0) return false;
                    if (isWanted(Encoding.ASCII.GetString(reply[..length]))) return true;
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
}
