using System.Diagnostics;
using Akka.Coordination;

namespace RedisActors.AkkaCluster.Tests.Leases;

/// <summary>Acquires a lease whenever it can, holds it for a while, and releases it, until it is told to stop.</summary>
internal sealed class LeaseContender(string name, RedisLease lease, int seed)
{
    private readonly Random _chance = new(seed);

    /// <param name="held">Called with each holding.</param>
    /// <param name="stop">Returns whether to stop.</param>
    public async Task RunAsync(Action<Held> held, Func<bool> stop)
    {
        while (!stop())
        {
            if (!await TryAcquireAsync())
            {
                await Task.Delay(_chance.Next(5, 40));
                continue;
            }

            if (Hold(_chance.Next(500)) is { } holding) held(holding);
            await TryReleaseAsync();
        }
    }

    /// <summary>Checks every millisecond whether it still holds the lease, for a number of milliseconds.</summary>
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

        // Seen only once, it covers no stretch of time: From is after To.
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
