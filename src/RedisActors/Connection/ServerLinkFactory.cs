using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>
/// Makes links to the server that is found to be the right one at this moment, over the connection over which it was found. What speaks
/// over it is for whoever derives from it.
/// </summary>
internal abstract class ServerLinkFactory(LinkSettings settings, IServerFinder finder) : IRedisLinkFactory
{
    /// <summary>How long a glance at a server that may be back takes at most.</summary>
    private static readonly TimeSpan GlancePatience = TimeSpan.FromSeconds(1);

    protected LinkSettings Settings => settings;

    public object ServerKey => Settings.Topology == RedisTopology.Cluster
        ? finder
        : (Settings.Topology, Settings.Target, Settings.Role, Settings.Tls.Enabled, Settings.Credentials.User);

    public async Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Settings.ConnectTimeout);
        using var found = await FindAsync(limit.Token, cancellation).ConfigureAwait(false);
        return await OpenAsync(found, onLost, limit.Token, cancellation).ConfigureAwait(false);
    }

    public async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(GlancePatience);
        try
        {
            return await finder.IsThereAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<FoundServer> FindAsync(CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            return await finder.FindAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerSilentException(
                $"no answer from {Settings.Target} within {Settings.ConnectTimeout.TotalMilliseconds} ms");
        }
    }

    /// <summary>Makes a link of a connection. Throws <see cref="RedisLinkException"/> when it cannot; then it is closed.</summary>
    protected abstract Task<IRedisLink> OpenAsync(
        FoundServer found, Action<string> onLost, CancellationToken limit, CancellationToken cancellation);

    /// <summary>What ends the link when another server takes the place of its own; to be disposed of with the link.</summary>
    protected IDisposable? Watch(FoundServer found, IRedisLink link) => finder.Watch(found, link.Abandon);
}
