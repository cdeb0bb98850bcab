using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Finds, for each attempt anew, the server that a link is to lead to.</summary>
internal interface IServerFinder
{
    /// <summary>
    /// Looks until a server answers that is ready and has the role that is wanted, and keeps the connection. Throws
    /// <see cref="ServerSilentException"/> where there is none yet, <see cref="MisconfiguredException"/> where waiting does not
    /// help, and another <see cref="RedisLinkException"/> where it is not the server's fault.
    /// </summary>
    Task<FoundServer> FindAsync(CancellationToken cancellation);

    /// <summary>
    /// Whether an attempt is worth making: there is such a server, or one that has something to say to whoever reads the log.
    /// Found out cheaply; throws nothing but <see cref="OperationCanceledException"/>.
    /// </summary>
    Task<bool> IsThereAsync(CancellationToken cancellation);

    /// <summary>Watches whether another server takes the place of the one found, until disposed of. Null: nobody would say so.</summary>
    /// <param name="server">The server of an established link.</param>
    /// <param name="onMoved">Told, at most once and from any thread, that its place was taken.</param>
    IDisposable? Watch(FoundServer server, Action<string> onMoved);
}

/// <summary>Chooses how servers are found.</summary>
internal static class ServerFinder
{
    public static IServerFinder For(LinkSettings settings) => settings.Topology switch
    {
        RedisTopology.Sentinel => new SentinelFinder(settings),
        _ => new StandaloneFinder(settings),
    };
}

/// <summary>A server that was found, and the connection over which it was: logged in, in its database, asked who it is.</summary>
internal sealed class FoundServer(ServerAddress server, ServerAccess access, RespConversation conversation) : IDisposable
{
    private bool _released;

    public ServerAddress Server => server;

    /// <summary>How it was got in.</summary>
    public ServerAccess Access => access;

    public ServerRole Role { get; init; }

    /// <summary>Which connection of the server this is.</summary>
    public ClientIdentity Identity { get; init; } = ClientIdentity.Unknown;

    /// <summary>Which server it is; null where it does not say.</summary>
    public ServerProduct? Product { get; init; }

    /// <summary>What it says of keys that it evicts.</summary>
    public ServerEviction Eviction { get; init; } = ServerEviction.Unknown;

    /// <summary>Its clock; null where it does not tell the time.</summary>
    public ServerClock? Clock { get; init; }

    /// <summary>Whether it is a node of a Redis Cluster.</summary>
    public bool IsClusterNode { get; init; }

    /// <summary>Which failover made it the primary, where sentinels say so; a higher one is later.</summary>
    public long ConfigEpoch { get; set; }

    /// <summary>Gives the connection away.</summary>
    public Stream Release()
    {
        var stream = conversation.Release();
        _released = true;
        return stream;
    }

    /// <summary>Ends the connection, unless it was given away.</summary>
    public void Dispose()
    {
        if (!_released) conversation.Dispose();
    }
}
