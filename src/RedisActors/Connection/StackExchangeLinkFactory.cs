using System.Net;
using System.Net.Sockets;
using RedisActors.Configuration;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Connects, with StackExchange.Redis, to the endpoint of the settings; the name is resolved anew each time.</summary>
internal sealed class StackExchangeLinkFactory(RedisSettings settings) : IRedisLinkFactory
{
    /// <summary>
    /// Pub/sub is left out, so that a multiplexer opens one connection and not two; a shared connection cannot serve it anyway.
    /// </summary>
    private static readonly CommandMap WithoutPubSub =
        CommandMap.Create(["SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE"], available: false);

    /// <summary>How long a glance at a server that may be back takes at most.</summary>
    private static readonly TimeSpan GlancePatience = TimeSpan.FromMilliseconds(250);

    public object ServerKey =>
        (settings.Topology, settings.Target, settings.Role, settings.Tls.Enabled, settings.Credentials.User);

    public async Task<IRedisLink> ConnectAsync(Action<string> onLost, CancellationToken cancellation)
    {
        var address = await FindServerAsync(cancellation).ConfigureAwait(false);
        var endpoint = new LinkEndPoint(address, settings.Endpoints[0].Port);
        ConnectionMultiplexer multiplexer;
        try
        {
            multiplexer = await ConnectionMultiplexer.ConnectAsync(Options(endpoint)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisConnectionException or RedisTimeoutException or TimeoutException or SocketException)
        {
            throw new RedisLinkException(Explain(error), error);
        }
        finally
        {
            endpoint.Retire();
        }

        var link = new StackExchangeLink(multiplexer, settings.Database, onLost);
        try
        {
            await VerifyAsync(link, cancellation).ConfigureAwait(false);
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
            var address = await ResolveAsync(limit.Token).ConfigureAwait(false);
            await ServerProbe.AskAsync(address, settings.Endpoints[0].Port, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is RedisLinkException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Asks the server before StackExchange.Redis is: the client takes its whole connect timeout over some refusals, and says
    /// little about any. What comes to an attempt that a server does not answer is decided here.
    /// </summary>
    private async Task<IPAddress> FindServerAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(settings.ConnectTimeout);
        try
        {
            var address = await ResolveAsync(limit.Token).ConfigureAwait(false);
            await AskUntilAnsweredAsync(address, limit.Token).ConfigureAwait(false);
            return address;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerSilentException($"no answer from the server within {settings.ConnectTimeout.TotalMilliseconds} ms");
        }
        catch (RedisLinkException error)
        {
            throw new ServerSilentException(error.Message, error.InnerException);
        }
        finally
        {
            await limit.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Asks anew each quarter of a second while the earlier questions stay open: a packet that a broken network swallowed is sent
    /// again by TCP only after ever longer waits, and a new connection finds the network mended at once.
    /// </summary>
    private async Task AskUntilAnsweredAsync(IPAddress address, CancellationToken cancellation)
    {
        var open = new List<Task>();
        while (true)
        {
            open.Add(ServerProbe.AskAsync(address, settings.Endpoints[0].Port, cancellation));
            var next = Task.Delay(GlancePatience, cancellation);
            var first = await Task.WhenAny([.. open, next]).ConfigureAwait(false);
            if (first == next)
            {
                cancellation.ThrowIfCancellationRequested();
                continue;
            }

            foreach (var question in open) _ = question.ContinueWith(static q => _ = q.Exception, TaskScheduler.Default);
            await first.ConfigureAwait(false);
            return;
        }
    }

    private async Task VerifyAsync(StackExchangeLink link, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(settings.ConnectTimeout);
        try
        {
            await LinkQuery.AskAsync(link, "PING", [], limit.Token).ConfigureAwait(false);
            link.Identity = await ClientIdentity.AskAsync(link, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new RedisLinkException($"the server took the connection and did not answer PING within {settings.ConnectTimeout}");
        }
        catch (ServerErrorException error)
        {
            throw new RedisLinkException($"the server refused PING: {error.Message}", error);
        }
    }

    private ConfigurationOptions Options(EndPoint endpoint)
    {
        var options = new ConfigurationOptions
        {
            AbortOnConnectFail = true,
            ConnectTimeout = (int)settings.ConnectTimeout.TotalMilliseconds,
            ConnectRetry = 1,
            ReconnectRetryPolicy = NoReconnect.Instance,
            AllowAdmin = true,
            CommandMap = WithoutPubSub,
            ClientName = settings.ClientName,
            Password = settings.Credentials.Password,
            DefaultDatabase = settings.Database,
            TieBreaker = string.Empty,
            ConfigurationChannel = string.Empty,
        };
        options.EndPoints.Add(endpoint);
        StackExchangeVersion.Configure(options);
        return options;
    }

    private async Task<IPAddress> ResolveAsync(CancellationToken cancellation)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await Dns.GetHostAddressesAsync(settings.Endpoints[0].Host, cancellation).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new RedisLinkException($"the host name '{settings.Endpoints[0].Host}' does not resolve: {error.Message}", error);
        }

        return addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)
            ?? (StackExchangeVersion.SupportsIPv6 ? addresses.FirstOrDefault() : null)
            ?? throw new RedisLinkException($"the host name '{settings.Endpoints[0].Host}' has no usable address");
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
