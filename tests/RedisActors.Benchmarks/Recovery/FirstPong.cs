using System.Diagnostics;

namespace RedisActors.Benchmarks.Recovery;

/// <summary>Detects the moment when a server answers <c>PING</c> again.</summary>
internal static class FirstPong
{
    /// <summary>The name of the polling thread.</summary>
    public const string ThreadName = "ping";

    private static readonly byte[] Ping = "PING\r\n"u8.ToArray();

    /// <summary>Starts polling. Returns the time stamp of the first answer; fails if there is none in time.</summary>
    /// <param name="host">The server's address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="patience">How long to poll.</param>
    /// <param name="seen">Called immediately, on the polling thread, with the <see cref="Stopwatch"/> time stamp of the answer.</param>
    public static async Task<long> AwaitAsync(string host, int port, TimeSpan patience, Action<long> seen)
    {
        var answered = 0L;
        await ServerPoll.UntilAsync(ThreadName, host, port, patience, Ping, reply =>
        {
            if (!reply.StartsWith("+PONG", StringComparison.Ordinal)) return false;
            answered = Stopwatch.GetTimestamp();
            seen(answered);
            return true;
        });
        return answered;
    }
}
