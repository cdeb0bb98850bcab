using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.RedisCluster;

/// <summary>Finds the primary of one shard. If another node takes over during an attempt, it switches to that one.</summary>
internal sealed class RedisClusterNodeFinder(LinkSettings settings, RedisClusterTarget target) : IServerFinder
{
    private volatile NodeFinder? _latest;

    public async Task<FoundServer> FindAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (endpoint, changed) = target.Read();
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellation, changed);
            try
            {
                if (endpoint is not null) return await FinderOf(endpoint).FindAsync(attempt.Token).ConfigureAwait(false);
                await Task.Delay(Timeout.Infinite, attempt.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (changed.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
            }
            catch (OperationCanceledException) when (endpoint is null)
            {
                throw new ServerSilentException(target.Problem);
            }
        }
    }

    public Task<bool> IsThereAsync(CancellationToken cancellation) =>
        target.Endpoint is { } endpoint ? FinderOf(endpoint).IsThereAsync(cancellation) : Task.FromResult(false);

    public IDisposable? Watch(FoundServer server, Action<string> onMoved) => target.Watch(onMoved);

    private StandaloneFinder FinderOf(RedisEndpoint endpoint)
    {
        var latest = _latest;
        if (latest?.Endpoint != endpoint) _latest = latest = new NodeFinder(endpoint, new StandaloneFinder(settings.ForNode(endpoint)));
        return latest.Finder;
    }

    private sealed record NodeFinder(RedisEndpoint Endpoint, StandaloneFinder Finder);
}
