using Akka.Actor;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Locks;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Releases a lease on the server that its actor system still held when it ended. Until then its holders may run, and the RedisActor has
/// ended with them; so this opens a connection of its own.
/// </summary>
internal sealed class LeaseFarewell(ExtendedActorSystem system, RedisLeaseSettings settings)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private LinkSettings? _link;
    private volatile string? _id;

    /// <summary>Call it when the RedisActor has been started.</summary>
    public void Prepare()
    {
        if (_link is not null) return;
        _link = RedisExtension.Get(system).Connections.Of(settings.Connection).Link;

        // In a Redis Cluster the lease is on one of several servers, and is left to its end.
        if (_link.Topology != RedisTopology.Cluster) system.RegisterOnTermination(Release);
    }

    /// <summary>The server has granted the lease to this acquisition, and may hold it for it from now on.</summary>
    public void Granted(string id) => _id = id;

    /// <summary>The server does not hold it for this acquisition.</summary>
    public void Released(string id)
    {
        if (_id == id) _id = null;
    }

    private void Release()
    {
        if (_id is not { } id) return;
        try
        {
            ReleaseAsync(id).Wait(LongestWait);
        }
        catch (AggregateException)
        {
            // The server frees it when its time is over.
        }
    }

    private async Task ReleaseAsync(string id)
    {
        using var limit = new CancellationTokenSource(LongestWait);
        using var link = await new StackExchangeLinkFactory(_link!).ConnectAsync(_ => { }, limit.Token).ConfigureAwait(false);
        var release = LeaseScripts.Guarded.Release(settings.Key, id, settings.Times);
        await LinkQuery.AskAsync(link, release.Name, release.ArgumentArray, limit.Token).ConfigureAwait(false);
    }
}
