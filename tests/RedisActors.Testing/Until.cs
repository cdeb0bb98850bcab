using System.Diagnostics;
using System.Net.Sockets;

namespace RedisActors.Testing;

/// <summary>Waiting for what several processes have to agree on.</summary>
internal static class Until
{
    /// <summary>Long enough for a failover on a machine that is busy with other tests.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Returns when the condition holds. A process that cannot be asked, or answers with an error, is a condition that does not
    /// hold yet.
    /// </summary>
    /// <param name="what">What is awaited, for the message: <c>orders is healthy</c>.</param>
    /// <exception cref="TimeoutException">It did not come to hold; the message tells the last error if there was one.</exception>
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
