using System.Diagnostics;
using Akka.Coordination;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>Takes a lease whenever it can, holds it for a while, and gives it back, until it is told to stop.</summary>
internal sealed class LeaseContender(string name, RedisLease lease, int seed)
{
    private readonly Random _chance = new(seed);

    /// <param name="held">Told of each holding.</param>
    /// <param name="stop">Whether to stop.</param>
    public async Task RunAsync(Action<Held> held, Func<bool> stop)
    {
        while (!stop())
        {
            if (!await TryAcquireAsync())
            {
                await Task.Delay(_chance.Next(5, 40));
                continue;
            }

            if (Hold(_chance.Next(1200)) is { } holding) held(holding);
            await TryReleaseAsync();
        }
    }

    /// <summary>Asks as often as it can whether it still holds the lease, for so many milliseconds.</summary>
    private Held? Hold(int milliseconds)
    {
        var start = Stopwatch.GetTimestamp();
        Held? holding = null;
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
        {
            var before = Stopwatch.GetTimestamp();
            if (lease.Token is not { } token || (holding is not null && token != holding.Token)) break;
            holding = holding is null ? new Held(name, token, Stopwatch.GetTimestamp(), before) : holding with { To = before };
            Thread.Sleep(1);
        }

        // Seen once: From is after To, and says nothing of a stretch of time.
        return holding is null || holding.To < holding.From ? null : holding;
    }

    private async Task<bool> TryAcquireAsync()
    {
        try
        {
            return await lease.Acquire();
        }
        catch (LeaseException)
        {
            return false;
        }
    }

    private async Task TryReleaseAsync()
    {
        try
        {
            await lease.Release();
        }
        catch (LeaseException)
        {
            // The server frees it in a while.
        }
    }
}
