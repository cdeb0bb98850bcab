using System.Collections.Concurrent;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>A link over one multiplexer of StackExchange.Redis, for as long as that multiplexer's first connection lives.</summary>
internal sealed class StackExchangeLink : IRedisLink
{
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;
    private readonly ConcurrentDictionary<int, IDatabase> _otherDatabases = new();
    private readonly ReplyWaiters _replies;
    private readonly int _databaseNumber;
    private readonly ServerAddress _server;
    private Action<string>? _onLost;
    private IDisposable? _watch;
    private volatile bool _heard;
    private int _disposed;

    public StackExchangeLink(ConnectionMultiplexer multiplexer, ServerAddress server, int database, Action<string> onLost)
    {
        _multiplexer = multiplexer;
        _server = server;
        _replies = new ReplyWaiters(Heard, Failed);
        _databaseNumber = database;
        _database = multiplexer.GetDatabase(database);
        _onLost = onLost;
        multiplexer.ConnectionFailed += OnConnectionFailed;

        // It may have gone between the end of the handshake and the line above.
        if (!multiplexer.IsConnected) Lost("the connection closed during the handshake");
    }

    public ClientIdentity Identity { get; internal set; } = ClientIdentity.Unknown;

    public string Endpoint => _server.IPEndPoint.ToString();

    public void Send(LinkRequest request)
    {
        try
        {
            ICollection<object> arguments = request.Arguments.Length > 0 ? request : [];
            _replies.Await(request, DatabaseOf(request).ExecuteAsync(request.Name, arguments, CommandFlags.NoRedirect));
        }
        catch (Exception error)
        {
            Failed(request, error);
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _onLost = null;
        _watch?.Dispose();
        _multiplexer.ConnectionFailed -= OnConnectionFailed;
        _multiplexer.Close(allowCommandsToComplete: false);
        _multiplexer.Dispose();
    }

    public void Abandon(string cause) => Lost(cause);

    public bool TakeHeard()
    {
        if (!_heard) return false;
        _heard = false;
        return true;
    }

    public async Task<bool> HostAcceptsAsync(CancellationToken cancellation)
    {
        try
        {
            using var conversation = await RespConversation.OpenAsync(_server, tls: null, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is RedisLinkException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Something that watches the server's place; it ends with the link.</summary>
    public void KeepUntilDisposed(IDisposable? watch) => _watch = watch;

    /// <summary>
    /// The server has answered something. On the way of every answer: no more than a look, mostly, so that those who send need not
    /// wait for this object's memory.
    /// </summary>
    private void Heard()
    {
        if (!_heard) _heard = true;
    }

    /// <summary>A request got no reply. Where that says that the link is gone, the link says so too; it may know first.</summary>
    private void Failed(LinkRequest request, Exception error)
    {
        if (StackExchangeErrors.Tell(request, error) is { } cause) Lost(cause);
    }

    private IDatabase DatabaseOf(LinkRequest request) =>
        request.Database is not { } number || number == _databaseNumber
            ? _database
            : _otherDatabases.GetOrAdd(number, static (n, multiplexer) => multiplexer.GetDatabase(n), _multiplexer);

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs failure) =>
        Lost(failure.Exception is { } error ? StackExchangeErrors.FirstLine(error) : failure.FailureType.ToString());

    private void Lost(string cause) => Interlocked.Exchange(ref _onLost, null)?.Invoke(cause);
}
