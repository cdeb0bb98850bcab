using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using RedisActors.Configuration;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Connects, with StackExchange.Redis, to the server that is found to be the right one at this moment.</summary>
/// <remarks>
/// The server is asked before StackExchange.Redis is: the client takes its whole connect timeout over some refusals, and says
/// little about any.
/// </remarks>
internal sealed class StackExchangeLinkFactory(LinkSettings settings, IServerFinder finder) : IRedisLinkFactory
{
    private const string LibraryName = "RedisActors";

    /// <summary>
    /// Pub/sub is left out, so that a multiplexer opens one connection and not two; a shared connection cannot serve it anyway.
    /// </summary>
    private static readonly CommandMap WithoutPubSub =
        CommandMap.Create(["SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE"], available: false);

    /// <summary>
    /// A client that hears of a cluster connects to its other nodes, and follows where keys have moved, past all supervision. So it
    /// does not hear of it: it can ask neither CLUSTER nor HELLO, and what it asks as INFO (with a section or none) comes to nothing.
    /// </summary>
    private static readonly CommandMap UnawareOfCluster = CommandMap.Create(new Dictionary<string, string?>
    {
        ["SUBSCRIBE"] = null,
        ["PSUBSCRIBE"] = null,
        ["UNSUBSCRIBE"] = null,
        ["PUNSUBSCRIBE"] = null,
        ["CLUSTER"] = null,
        ["HELLO"] = null,
        ["INFO"] = "PING",
    });

    /// <summary>How long a glance at a server that may be back takes at most.</summary>
    private static readonly TimeSpan GlancePatience = TimeSpan.FromSeconds(1);

    public StackExchangeLinkFactory(LinkSettings settings)
        : this(settings, ServerFinder.For(settings))
    {
    }

    public object ServerKey => settings.Topology == RedisTopology.Cluster
        ? finder
        : (settings.Topology, settings.Target, settings.Role, settings.Tls.Enabled, settings.Credentials.User);

    public async Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(settings.ConnectTimeout);
        var begun = Stopwatch.GetTimestamp();
        var found = await FindAsync(limit.Token, cancellation).ConfigureAwait(false);
        var left = settings.ConnectTimeout - Stopwatch.GetElapsedTime(begun);
        var link = await OpenAsync(found, left, onLost, limit.Token, cancellation).ConfigureAwait(false);
        try
        {
            await VerifyAsync(link, limit.Token, cancellation).ConfigureAwait(false);
            link.KeepUntilDisposed(finder.Watch(found, link.Abandon));
            return link;
        }
        catch
        {
            link.Dispose();
            throw;
        }
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
                $"no answer from {settings.Target} within {settings.ConnectTimeout.TotalMilliseconds} ms");
        }
    }

    private async Task<StackExchangeLink> OpenAsync(
        FoundServer found, TimeSpan left, Action<string> onLost, CancellationToken limit, CancellationToken cancellation)
    {
        var endpoint = new LinkEndPoint(found.Server.Address, found.Server.Endpoint.Port);
        var connecting = ConnectionMultiplexer.ConnectAsync(Options(found, endpoint, left));
        try
        {
            var multiplexer = await connecting.WaitAsync(limit).ConfigureAwait(false);
            return new StackExchangeLink(multiplexer, found.Server, settings.Database, onLost);
        }
        catch (OperationCanceledException)
        {
            FirstSuccess.Discard(connecting);
            cancellation.ThrowIfCancellationRequested();
            throw new RedisLinkException($"{found.Server} answers, but the client did not connect within {settings.ConnectTimeout}");
        }
        catch (Exception error) when (error is RedisConnectionException or RedisTimeoutException or TimeoutException or SocketException)
        {
            throw new RedisLinkException(Explain(error), error);
        }
        finally
        {
            endpoint.Retire();
        }
    }

    /// <summary>Another server may have come between the question and the link, so its role is asked again.</summary>
    private async Task VerifyAsync(StackExchangeLink link, CancellationToken limit, CancellationToken cancellation)
    {
        try
        {
            if (!await RoleCheck.AskAsync(link, settings.Role, limit).ConfigureAwait(false))
            {
                throw new RedisLinkException($"{link.Endpoint} has become a replica");
            }

            LinkQuery.AskAndForget(link, "CLIENT", ["SETINFO", "LIB-NAME", LibraryName]);
            link.Identity = await ClientIdentity.AskAsync(link, limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RedisLinkException($"the server took the connection and answered nothing more within {settings.ConnectTimeout}");
        }
    }

    private ConfigurationOptions Options(FoundServer found, EndPoint endpoint, TimeSpan timeout)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            ConnectTimeout = Math.Max(1, (int)timeout.TotalMilliseconds),
            ConnectRetry = 1,
            ReconnectRetryPolicy = NoReconnect.Instance,
            AllowAdmin = true,
            CommandMap = settings.Topology == RedisTopology.Cluster ? UnawareOfCluster : WithoutPubSub,
            ClientName = settings.ClientName,
            DefaultDatabase = settings.Database,
            TieBreaker = string.Empty,
            ConfigurationChannel = string.Empty,
            BacklogPolicy = BacklogPolicy.FailFast,
            Protocol = RedisProtocol.Resp2,
            User = found.Access.Credentials.User,
            Password = found.Access.Credentials.Password,

            // Deadlines are kept by the command actor, which knows how to end a command truthfully; the client keeps none.
            AsyncTimeout = int.MaxValue,

            // The library says what it is called itself.
            SetClientLibrary = false,

            // The slot that a node of a cluster does not have is read from the client's words.
            IncludeDetailInExceptions = true,
        };
        options.EndPoints.Add(endpoint);
        found.Access.Tls?.Configure(options, found.Server.Endpoint);
        return options;
    }

    private static string Explain(Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket) return $"connect failed: {socket.Message}";
        }

        return StackExchangeErrors.FirstLine(error);
    }

    private sealed class NoReconnect : IReconnectRetryPolicy
    {
        public static readonly NoReconnect Instance = new();

        public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) => false;
    }
}
