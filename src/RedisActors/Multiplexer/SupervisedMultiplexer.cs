using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using RedisActors.Configuration;
using RedisActors.Connection;
using RedisActors.Lanes;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;
using StackExchange.Redis.Maintenance;
using StackExchange.Redis.Profiling;

namespace RedisActors.Multiplexer;

/// <summary>
/// StackExchange.Redis' own multiplexer, whose connections are doors to a <see cref="RedisActor"/>. It is connected as long as it is not
/// closed; what its user is told of the connection is the state of the one below.
/// </summary>
internal sealed class SupervisedMultiplexer : IConnectionMultiplexer
{
    /// <summary>The client gives up later than the <see cref="RedisActor"/>, which knows the outcome.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How long the server may take to tell its version, and how often it is asked while the connection is being made.</summary>
    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(1);
    private const int MostQuestions = 5;

    private readonly ConnectionMultiplexer _client;
    private readonly ConnectionWatch _watch;
    private readonly EndPoint _endpoint;
    private bool _isClosed;

    private SupervisedMultiplexer(ConnectionMultiplexer client, MultiplexerSettings settings)
    {
        _client = client;
        _endpoint = settings.Endpoint;
        _watch = new ConnectionWatch(settings.Doors.Redis, settings.Doors.System, OnLost, OnRestored);
    }

    public event EventHandler<ConnectionFailedEventArgs>? ConnectionFailed;

    public event EventHandler<ConnectionFailedEventArgs>? ConnectionRestored;

    public event EventHandler<RedisErrorEventArgs> ErrorMessage
    {
        add => _client.ErrorMessage += value;
        remove => _client.ErrorMessage -= value;
    }

    public event EventHandler<InternalErrorEventArgs> InternalError
    {
        add => _client.InternalError += value;
        remove => _client.InternalError -= value;
    }

    public event EventHandler<EndPointEventArgs> ConfigurationChanged
    {
        add => _client.ConfigurationChanged += value;
        remove => _client.ConfigurationChanged -= value;
    }

    public event EventHandler<EndPointEventArgs> ConfigurationChangedBroadcast
    {
        add => _client.ConfigurationChangedBroadcast += value;
        remove => _client.ConfigurationChangedBroadcast -= value;
    }

    public event EventHandler<ServerMaintenanceEvent> ServerMaintenanceEvent
    {
        add => _client.ServerMaintenanceEvent += value;
        remove => _client.ServerMaintenanceEvent -= value;
    }

    public event EventHandler<HashSlotMovedEventArgs> HashSlotMoved
    {
        add => _client.HashSlotMoved += value;
        remove => _client.HashSlotMoved -= value;
    }

    public string ClientName => _client.ClientName;

    public string Configuration => _client.Configuration;

    public int TimeoutMilliseconds => _client.TimeoutMilliseconds;

    public long OperationCount => _client.OperationCount;

    [Obsolete("As in IConnectionMultiplexer.")]
    public bool PreserveAsyncOrder
    {
        get => _client.PreserveAsyncOrder;
        set => _client.PreserveAsyncOrder = value;
    }

    public bool IsConnected => !IsClosed && _watch.IsReady;

    public bool IsConnecting => !IsClosed && !_watch.IsReady;

    [Obsolete("As in IConnectionMultiplexer.", error: true)]
    public bool IncludeDetailInExceptions
    {
        get => false;
        set => _ = value;
    }

    public int StormLogThreshold
    {
        get => _client.StormLogThreshold;
        set => _client.StormLogThreshold = value;
    }

    /// <summary>Whether somebody has closed it, or the doors have closed behind it.</summary>
    public bool IsClosed => _isClosed || IsClientClosed;

    /// <summary><c>IDatabase.Multiplexer</c> is the client, and there are libraries that close it when they end.</summary>
    private bool IsClientClosed
    {
        get
        {
            if (_client.IsConnected) return false;
            try
            {
                _client.GetDatabase().Ping(CommandFlags.FireAndForget);
                return false;
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Connects, which takes no server: one that is away answers no question, and then nobody waits for it any longer.</summary>
    public static SupervisedMultiplexer Connect(MultiplexerSettings settings)
    {
        var handshake = Ask(settings.Doors);
        var timeout = TimeoutOf(settings.Doors.CommandTimeout);
        var options = new ConfigurationOptions
        {
            EndPoints = { settings.Endpoint },
            Tunnel = new Doorway(settings.Doors with { Handshake = handshake }),
            ClientName = settings.ClientName,
            DefaultDatabase = settings.Doors.Database,
            DefaultVersion = Version.TryParse(DoorHandshake.VersionOf(handshake), out var version) ? version : null!,
            Protocol = RedisProtocol.Resp2,
            AllowAdmin = true,
            TieBreaker = string.Empty,
            ConfigurationChannel = string.Empty,
            SetClientLibrary = false,
            ConfigCheckSeconds = 0,
            KeepAlive = int.MaxValue / 1000,
            SyncTimeout = timeout,
            AsyncTimeout = timeout,
        };
        return new SupervisedMultiplexer(ConnectionMultiplexer.Connect(options), settings);
    }

    public void RegisterProfiler(Func<ProfilingSession?> profilingSessionProvider) => _client.RegisterProfiler(profilingSessionProvider);

    public ServerCounters GetCounters() => _client.GetCounters();

    public EndPoint[] GetEndPoints(bool configuredOnly = false) => _client.GetEndPoints(configuredOnly);

#pragma warning disable SER308 // whoever calls these has been told
    public void Wait(Task task) => _client.Wait(task);

    public T Wait<T>(Task<T> task) => _client.Wait(task);

    public void WaitAll(params Task[] tasks) => _client.WaitAll(tasks);
#pragma warning restore SER308

    public int HashSlot(RedisKey key) => CommandMetadata.HashSlot.OfKey((byte[]?)key);

    public int GetHashSlot(RedisKey key) => HashSlot(key);

    public ISubscriber GetSubscriber(object? asyncState = null) => _client.GetSubscriber(asyncState);

    public IDatabase GetDatabase(int db = -1, object? asyncState = null) => _client.GetDatabase(db, asyncState);

    public IServer GetServer(string host, int port, object? asyncState = null) => _client.GetServer(host, port, asyncState);

    public IServer GetServer(string hostAndPort, object? asyncState = null) => _client.GetServer(hostAndPort, asyncState);

    public IServer GetServer(IPAddress host, int port) => _client.GetServer(host, port);

    public IServer GetServer(EndPoint endpoint, object? asyncState = null) => _client.GetServer(endpoint, asyncState);

    public IServer GetServer(RedisKey key, object? asyncState = null, CommandFlags flags = CommandFlags.None) => _client.GetServer(key, asyncState, flags);

    public IServer[] GetServers() => _client.GetServers();

    /// <summary>What there is to configure, the <see cref="RedisActor"/> has done.</summary>
    public Task<bool> ConfigureAsync(TextWriter? log = null) => Task.FromResult(Configure(log));

    public bool Configure(TextWriter? log = null)
    {
        if (log is not null) GetStatus(log);
        return IsConnected;
    }

    public string GetStatus() => $"{(_watch.IsReady ? "connected" : "not connected")}, supervised{Environment.NewLine}{_client.GetStatus()}";

    public void GetStatus(TextWriter log) => log.WriteLine(GetStatus());

    public override string ToString() => Configuration;

    public void Close(bool allowCommandsToComplete = true)
    {
        _isClosed = true;
        _watch.Dispose();
        _client.Close(allowCommandsToComplete);
    }

    public Task CloseAsync(bool allowCommandsToComplete = true)
    {
        _isClosed = true;
        _watch.Dispose();
        return _client.CloseAsync(allowCommandsToComplete);
    }

    public void Dispose()
    {
        Close(allowCommandsToComplete: false);
        _client.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        await _client.DisposeAsync().ConfigureAwait(false);
    }

    public string? GetStormLog() => _client.GetStormLog();

    public void ResetStormLog() => _client.ResetStormLog();

    public long PublishReconfigure(CommandFlags flags = CommandFlags.None) => _client.PublishReconfigure(flags);

    public Task<long> PublishReconfigureAsync(CommandFlags flags = CommandFlags.None) => _client.PublishReconfigureAsync(flags);

    public void ExportConfiguration(Stream destination, ExportOptions options = ExportOptions.All) => _client.ExportConfiguration(destination, options);

    public void AddLibraryNameSuffix(string suffix) => _client.AddLibraryNameSuffix(suffix);

    private static int TimeoutOf(TimeSpan commandTimeout) =>
        commandTimeout == Timeout.InfiniteTimeSpan ? int.MaxValue : (int)Math.Min(int.MaxValue, (commandTimeout + Grace).TotalMilliseconds);

    /// <summary>What the client wants to know of the server before it uses it; a server that is away, or may not be asked, tells nothing.</summary>
    private static DoorHandshake Ask(DoorSettings settings)
    {
        var info = AskAsync("INFO", "server");
        var config = AskAsync("CONFIG", "GET", "databases");
        Task.WaitAll(info, config);
        var version = info.Result?.AsString()?.Split('\n').FirstOrDefault(line => line.StartsWith("redis_version:", StringComparison.Ordinal))?.Split(':')[1].Trim();
        long? databases = config.Result is { Kind: RespKind.Array } pair && pair.AsArray() is [_, var count] && count.TryGetInt64(out var number) ? number : null;
        return new DoorHandshake(version, settings.IsCluster ? 1 : databases);

        async Task<RespValue?> AskAsync(string name, params RedisValue[] arguments)
        {
            for (var asked = 1; ; asked++)
            {
                try
                {
                    var command = new RedisCommand(name, arguments) { Timeout = QuestionTime, Delivery = DeliveryMode.AtMostOnce };
                    return (await settings.Redis.ExecuteAsync(command).ConfigureAwait(false)).Value;
                }
                catch (RedisOutcomeException error)
                {
                    if (asked == MostQuestions || error.Outcome == Outcome.Rejected || !await IsThereAsync().ConfigureAwait(false)) return null;
                }
            }
        }

        // A server that is away is not waited for; one that is slow, or is being connected to, is.
        async Task<bool> IsThereAsync()
        {
            try
            {
                var status = await settings.Redis.Ask<RedisStatus>(RedisActors.GetStatus.Instance, QuestionTime).ConfigureAwait(false);
                return status.State is null or RedisConnecting or RedisReady;
            }
            catch (AskTimeoutException)
            {
                return false;
            }
        }
    }

    private void OnLost(string cause) => Raise(ConnectionFailed, ConnectionFailureType.SocketFailure, new IOException(cause));

    private void OnRestored() => Raise(ConnectionRestored, ConnectionFailureType.None, null);

    /// <summary>For commands and for subscriptions: there are users who wait for one of the two (FusionCache's backplane, SignalR's).</summary>
    private void Raise(EventHandler<ConnectionFailedEventArgs>? handlers, ConnectionFailureType type, Exception? cause)
    {
        if (handlers is null) return;
        foreach (var connection in (ReadOnlySpan<ConnectionType>)[ConnectionType.Interactive, ConnectionType.Subscription])
        {
            handlers(this, new ConnectionFailedEventArgs(this, _endpoint, connection, type, cause!, ClientName));
        }
    }

    /// <summary>Every connection that the client makes is a door.</summary>
    private sealed class Doorway(DoorSettings settings) : Tunnel
    {
        public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => new((EndPoint?)null);

        public override ValueTask<Stream?> BeforeAuthenticateAsync(
            EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) =>
            new(new DoorStream(new FrontDoor(settings)));
    }
}

/// <summary>What a multiplexer leads to.</summary>
/// <param name="Doors">The doors to its connection.</param>
/// <param name="Endpoint">The name of the server, as its user knows it.</param>
/// <param name="ClientName">The connection's name at the server.</param>
internal sealed record MultiplexerSettings(DoorSettings Doors, EndPoint Endpoint, string ClientName)
{
    public static MultiplexerSettings Of(RedisSettings settings, IActorRef redis, ExtendedActorSystem system, DeliveryMode? delivery) =>
        new(DoorSettings.Of(settings, redis, system, delivery), NameOf(settings.Link), settings.Link.ClientName);

    /// <summary>Nobody connects to it, so nobody resolves it.</summary>
    private static EndPoint NameOf(LinkSettings link)
    {
        if (link.Topology == RedisTopology.Sentinel) return new DnsEndPoint(link.Sentinel.Service, RedisEndpoint.DefaultPort);
        var first = link.Endpoints[0];
        return IPAddress.TryParse(first.Host, out var address) ? new IPEndPoint(address, first.Port) : new DnsEndPoint(first.Host, first.Port);
    }
}
