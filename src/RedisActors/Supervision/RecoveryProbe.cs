using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>
/// Looks during a wait whether the server is back, together with all that lead to it. What ends a wait is that it answers after it
/// did not: one that answers all the time, and refuses this client, is left to the backoff.
/// </summary>
/// <param name="links">Knows how to look.</param>
/// <param name="interval">How often; infinite is never.</param>
internal sealed class RecoveryProbe(IRedisLinkFactory links, TimeSpan interval) : IDisposable
{
    private readonly ProbeCoordinator _server = ProbeCoordinator.Enter(links.ServerKey);
    private bool _wasSilent;

    /// <summary>When to look next; null: not at all.</summary>
    public TimeSpan? Interval => interval == Timeout.InfiniteTimeSpan ? null : interval;

    /// <summary>A connection or an attempt has ended, and by that it is known whether the server was there.</summary>
    public void Begin(bool wasSilent) => _wasSilent = wasSilent;

    /// <summary>Whether the server answers at this moment.</summary>
    public Task<bool> LookAsync() => _server.LookAsync(interval / 2, () => links.AnswersAsync(CancellationToken.None));

    /// <summary>Takes what a look has shown. True: the server is back.</summary>
    public bool IsBack(bool answers)
    {
        if (answers && _wasSilent) return true;
        _wasSilent |= !answers;
        return false;
    }

    /// <summary>How long to wait so that all that lead to this server do not come in one instant.</summary>
    public TimeSpan Spread() => _server.Spread(Random.Shared.NextDouble());

    public void Dispose() => _server.Leave();
}
