using System.Globalization;
using RedisActors.Testing;

namespace RedisActors.Benchmarks.Outage;

/// <summary>
/// The client's server hands its role over to a peer, answers <c>READONLY</c> as the peer's replica, and is promoted again.
/// </summary>
/// <remarks>
/// The failover itself must lose nothing. So the peer first replicates from the server, and <c>FAILOVER</c> then swaps the roles: it lets
/// no write through until the peer has everything. Nobody writes to the peer, so the server always has all the data.
/// </remarks>
internal static class ReadOnlyFault
{
    private static readonly TimeSpan Replica = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<FaultEnd> InjectAsync(OutageStage stage)
    {
        var (server, peer) = (stage.Server, stage.Peer!);
        await peer.ReplicateAsync(server, Patience);
        await FailOverAsync(server, peer);
        await WaitUntilReplicaAsync(server);
        await Task.Delay(Replica);
        await server.PromoteAsync();
        return FaultEnd.Now();
    }

    /// <summary>The server notices the replica a moment later than the replica itself.</summary>
    private static async Task FailOverAsync(RedisServer server, RedisServer peer)
    {
        var patience = new CancellationTokenSource(Patience).Token;
        while (true)
        {
            var port = peer.Port.ToString(CultureInfo.InvariantCulture);
            var reply = await server.ExecuteAsync("FAILOVER", "TO", peer.Host, port);
            if (!reply.Text.Contains("not online", StringComparison.Ordinal))
            {
                reply.OrThrow();
                return;
            }

            await Task.Delay(10, patience);
        }
    }

    private static async Task WaitUntilReplicaAsync(RedisServer server)
    {
        var patience = new CancellationTokenSource(Patience).Token;
        while (true)
        {
            var info = await server.InfoAsync("replication");
            if (info["role"] == "slave" && info["master_link_status"] == "up") return;

            await Task.Delay(10, patience);
        }
    }
}
