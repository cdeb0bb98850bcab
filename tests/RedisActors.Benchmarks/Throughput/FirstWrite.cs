using System.Diagnostics;
using System.Globalization;

namespace RedisActors.Benchmarks.Throughput;

/// <summary>
/// When a server that started empty answered again, and when it had executed the first write, as timestamps of a <see cref="Stopwatch"/>.
/// </summary>
internal sealed record FirstWrite(long Back, long Written)
{
    private static readonly byte[] Question = "DBSIZE\r\n"u8.ToArray();

    /// <summary>Starts asking for the number of keys; completes at the first write, and fails if there is none in time.</summary>
    public static async Task<FirstWrite> AwaitAsync(string host, int port, TimeSpan patience)
    {
        long back = 0, written = 0;
        await ServerPoll.UntilAsync("first write", host, port, patience, Question, reply =>
        {
            var keys = KeysIn(reply);
            written = Stopwatch.GetTimestamp();
            if (keys is not null && back == 0) back = written;
            return keys > 0;
        });
        return new FirstWrite(back, written);
    }

    /// <summary>The number in a reply to <c>DBSIZE</c>; null for anything else, such as an error.</summary>
    internal static long? KeysIn(string reply) =>
        reply.StartsWith(':') && reply.EndsWith("\r\n", StringComparison.Ordinal)
        && long.TryParse(reply.AsSpan(1, reply.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var keys)
            ? keys
            : null;
}
