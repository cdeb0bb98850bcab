using System.Diagnostics;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>Waits for conditions that several processes must agree on.</summary>
internal static class Until
{
    /// <summary>Long enough for a failover on a machine that is busy with other tests.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Returns when the condition holds. If a process is unreachable or answers with an error, the condition does not hold yet.
    /// </summary>
    /// <param name="what">The condition in words, for the message: <c>orders is healthy</c>.</param>
    /// <exception cref="TimeoutException">The condition did not hold in time; the message contains the last error, if any.</exception>
    public static async Task HoldsAsync(string what, Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        var limit = patience ?? Patience;
        var clock = Stopwatch.StartNew();
        Exception? last = null;
        while (true)
        {
            try
            {
                if (await condition().ConfigureAwait(false)) return;

                last = null;
            }
            catch (Exception e) when (e is SocketException or IOException or TimeoutException or InvalidOperationException)
            {
                last = e;
            }

            if (clock.Elapsed > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}. {last?.Message}", last);
            }

            await Task.Delay(10).ConfigureAwait(false);
        }
    }
}
