using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>The environment of a fault: a fresh server, and whatever else the fault needs.</summary>
internal sealed class OutageStage : IAsyncDisposable
{
    private OutageStage(RedisServer server, RedisServer? peer, FaultProxy? proxy)
    {
        Server = server;
        Peer = peer;
        Proxy = proxy;
    }

    public RedisServer Server { get; }

    /// <summary>A second server, for a fault that needs one.</summary>
    public RedisServer? Peer { get; }

    /// <summary>The proxy between client and server, for network faults.</summary>
    public FaultProxy? Proxy { get; }

    /// <summary>The address that the client uses.</summary>
    public string Endpoint => Proxy?.Endpoint ?? Server.Endpoint;

    /// <summary>The port that the client uses, on <see cref="RedisServer.Host"/>.</summary>
    public int Port => Proxy?.Port ?? Server.Port;

    public static async Task<OutageStage> SetAsync(bool needsProxy, bool needsPeer = false, bool appendOnly = true)
    {
        var options = new RedisServerOptions { AppendOnly = appendOnly, StartTimeout = TimeSpan.FromSeconds(60) };
        var server = await RedisServer.StartAsync(options);
        RedisServer? peer = null;
        try
        {
            if (needsPeer) peer = await RedisServer.StartAsync(options);
            return new OutageStage(server, peer, needsProxy ? FaultProxy.Start(server) : null);
        }
        catch
        {
            await server.DisposeAsync();
            if (peer is not null) await peer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Proxy is not null) await Proxy.DisposeAsync();
        if (Peer is not null) await Peer.DisposeAsync();
        await Server.DisposeAsync();
    }
}
