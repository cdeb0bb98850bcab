using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>What one client meets one fault on: a fresh server, and what else the fault needs.</summary>
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

    /// <summary>What is between the client and the server, for a fault of the network.</summary>
    public FaultProxy? Proxy { get; }

    /// <summary>The address for the client.</summary>
    public string Endpoint => Proxy?.Endpoint ?? Server.Endpoint;

    public static async Task<OutageStage> SetAsync(OutageFault fault)
    {
        var options = new RedisServerOptions { StartTimeout = TimeSpan.FromSeconds(60) };
        var server = await RedisServer.StartAsync(options);
        RedisServer? peer = null;
        try
        {
            if (fault.NeedsPeer) peer = await RedisServer.StartAsync(options);
            return new OutageStage(server, peer, fault.NeedsProxy ? FaultProxy.Start(server) : null);
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
