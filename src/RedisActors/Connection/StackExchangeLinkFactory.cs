using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RedisActors.Configuration;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace RedisActors.Connection;

/// <summary>
/// Connects to the server that is found to be the right one at this moment, and gives that connection, verified, to
/// StackExchange.Redis.
/// </summary>
internal sealed class StackExchangeLinkFactory(LinkSettings settings, IServerFinder finder) : ServerLinkFactory(settings, finder)
{
    /// <summary>
    /// Pub/sub would make the client want a second connection. With SELECT it would change the database by itself, and not look at
    /// the answer: the connection is in the database of the link, and stays there.
    /// </summary>
    private static readonly CommandMap Commands =
        CommandMap.Create(["SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SELECT"], available: false);

    /// <summary>What the client takes for the server's address. It is resolved by nobody and equals no node that a server names.</summary>
    private static readonly EndPoint TheServer = new DnsEndPoint("redis-actors.invalid", 1);

    private bool _toldOfCluster;

    public StackExchangeLinkFactory(LinkSettings settings)
        : this(settings, ServerFinder.For(settings))
    {
    }

    protected override async Task<IRedisLink> OpenAsync(
        FoundServer found, Action<string> onLost, CancellationToken limit, CancellationToken cancellation)
    {
        var stream = new LinkStream(found.Release());
        var connecting = ConnectionMultiplexer.ConnectAsync(Options(stream));
        try
        {
            var client = await connecting.WaitAsync(limit).ConfigureAwait(false);
            await stream.Handshake.WaitAsync(limit).ConfigureAwait(false);
            var link = new StackExchangeLink(client, stream, found, onLost) { Warning = WarningOf(found) };
            stream.GoLive();
            link.KeepUntilDisposed(Watch(found, link));
            return link;
        }
        catch (Exception error)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            FirstSuccess.Discard(connecting, StackExchangeLink.End);
            cancellation.ThrowIfCancellationRequested();
            throw error as RedisLinkException
                ?? new RedisLinkException($"{found.Server} answers, and StackExchange.Redis does not take the connection: {error.Message}", error);
        }
    }

    private string? WarningOf(FoundServer found)
    {
        if (Settings.Topology != RedisTopology.Standalone || !found.IsClusterNode || Interlocked.Exchange(ref _toldOfCluster, true)) return null;
        return $"{found.Server} is a node of a Redis Cluster and topology is standalone: commands go to this node alone, and those for "
            + "slots of other nodes are rejected (MOVED); topology = cluster reaches all nodes";
    }

    private static ConfigurationOptions Options(LinkStream stream) => new()
    {
        EndPoints = { TheServer },
        Tunnel = new OneStream(stream),
        AbortOnConnectFail = true,
        ConnectRetry = 1,
        AllowAdmin = true,
        CommandMap = Commands,
        TieBreaker = string.Empty,
        ConfigurationChannel = string.Empty,
        BacklogPolicy = BacklogPolicy.FailFast,
        Protocol = RedisProtocol.Resp2,
        SetClientLibrary = false,

        // Deadlines and heartbeats are kept by the library's own actors; the client keeps none.
        AsyncTimeout = int.MaxValue,
        HeartbeatInterval = TimeSpan.FromMilliseconds(int.MaxValue),
        ConfigCheckSeconds = 0,

        // The slot that a node of a Redis Cluster does not have is read from the client's words.
        IncludeDetailInExceptions = true,
    };

    /// <summary>Gives the client the one connection there is, and no second one: it cannot reconnect, nor connect to other servers.</summary>
    private sealed class OneStream(LinkStream stream) : Tunnel
    {
        private LinkStream? _stream = stream;

        public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => new((EndPoint?)null);

        public override ValueTask<Stream?> BeforeAuthenticateAsync(
            EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) =>
            new(Interlocked.Exchange(ref _stream, null) ?? throw new IOException("A link is connected once."));
    }
}
