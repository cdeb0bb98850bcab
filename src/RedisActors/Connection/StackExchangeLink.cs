using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>A link over StackExchange.Redis, for as long as the one connection lives that the client was given.</summary>
internal sealed class StackExchangeLink : IRedisLink
{
    /// <summary>How long the client may take to complete what it holds when the connection is closed; it takes no time at all.</summary>
    private static readonly TimeSpan ClosingPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ClosingInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConnectionMultiplexer _client;
    private readonly LinkStream _stream;
    private readonly ServerAddress _server;
    private readonly IDatabase _database;
    private readonly int _databaseNumber;
    private readonly ReplyPump _pump;
    private Action<string>? _onLost;
    private IDisposable? _watch;
    private string? _cause;
    private long _written;
    private bool _disposed;

    /// <param name="client">The client, which holds the stream and no other connection.</param>
    /// <param name="stream">Where its bytes come and go.</param>
    /// <param name="found">The server at the other end, and which connection of it this is.</param>
    /// <param name="onLost">See <see cref="IRedisLinkFactory.ConnectAsync"/>.</param>
    public StackExchangeLink(ConnectionMultiplexer client, LinkStream stream, FoundServer found, Action<string> onLost)
    {
        _client = client;
        _stream = stream;
        _server = found.Server;
        Identity = found.Identity;
        Product = found.Product;
        Eviction = found.Eviction;
        Clock = found.Clock;
        _databaseNumber = found.Access.Database;
        _database = client.GetDatabase();
        _pump = new ReplyPump(HandOver, Tell, OnPumpEnded);
        _onLost = onLost;
        stream.Ended = Lost;
        client.ConnectionFailed += OnConnectionFailed;
    }

    public ClientIdentity Identity { get; }

    public ServerProduct? Product { get; }

    public ServerEviction Eviction { get; }

    public ServerClock? Clock { get; }

    public string? Warning { get; init; }

    public string Endpoint => _server.IPEndPoint.ToString();

    public void Send(LinkRequest request)
    {
        if (!_pump.Add(request)) Tell(request, null);
    }

    public void Abandon(string cause) => Lost(cause);

    public bool TakeHeard() => _stream.TakeHeard();

    public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => RespConversation.IsAcceptedAsync(_server, cancellation);

    /// <summary>Something that watches the server's place; it ends with the link.</summary>
    public void KeepUntilDisposed(IDisposable? watch) => _watch = watch;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _onLost = null;
        _watch?.Dispose();
        Lost("the link was disposed of");
        _client.ConnectionFailed -= OnConnectionFailed;
        End(_client);
    }

    /// <summary>Left to itself, a client sends QUIT, and blocks the thread until that is answered or the connection is noticed to be gone.</summary>
    public static void End(ConnectionMultiplexer client)
    {
        client.Close(allowCommandsToComplete: false);
        client.Dispose();
    }

    private Task? HandOver(LinkRequest request)
    {
        if (Volatile.Read(ref _cause) is not null) return null;
        try
        {
            if (request.Database is { } other && other != _databaseNumber)
            {
                throw new ArgumentException($"this connection is for database {_databaseNumber}, not for {other}");
            }

            request.EnsureReadable();
            if (request.Members is { } members) return TransactionRequest.SendAsync(_database, members);
            return TypedCommands.Send(_database, request.Name, request.Arguments)
                ?? _database.ExecuteAsync(request.Name, request, CommandFlags.NoRedirect);
        }
        catch (Exception error)
        {
            return Task.FromException<RedisResult>(error);
        }
    }

    /// <summary>By one thread at a time. What a request throws when it is told is its own affair.</summary>
    private void Tell(LinkRequest request, Task? reply)
    {
        try
        {
            if (reply is { IsCompletedSuccessfully: true })
            {
                _written += TransactionRequest.CountOf(request);
                StackExchangeReply.Tell(request, reply);
            }
            else
            {
                TellFailure(request, reply);
            }
        }
        catch (Exception)
        {
            // It has been told, and nobody else is to suffer from what it made of that.
        }
    }

    private void TellFailure(LinkRequest request, Task? reply)
    {
        if (reply is null)
        {
            request.Fail(new LinkFault(CertainlyNotSent: true, _cause!));
            return;
        }

        var error = reply.IsCompleted ? reply.Exception?.InnerException : null;
        if (error is not null && StackExchangeReply.IsRefusal(error))
        {
            request.Refuse(StackExchangeReply.FirstLine(error));
            return;
        }

        _written += TransactionRequest.CountOf(request);
        if (error is not null && StackExchangeReply.IsServerError(error, out var words))
        {
            request.Reject(words);
        }
        else if (error is not null && StackExchangeReply.IsUnreadable(error))
        {
            request.Garble("StackExchange.Redis cannot read it");
        }
        else
        {
            Lost(StackExchangeReply.WhyLost(error));
            if (!reply.IsCompleted) FirstSuccess.Observe(reply);
            request.Fail(new LinkFault(_written > _stream.CloseAndCount(_cause!), _cause!));
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs failure) =>
        Lost(StackExchangeReply.WhyLost(failure.Exception));

    /// <summary>
    /// Closes the connection, whoever finds out first that it is gone. The client then completes what it holds, and when the
    /// requests have been told that, so is whoever wants to know of the loss.
    /// </summary>
    private void Lost(string cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is not null) return;
        _stream.CloseAndCount(cause);
        _pump.End();
        if (!_pump.HasEnded) _ = InsistAsync();
    }

    /// <summary>The end of a link is not to depend on the client.</summary>
    private async Task InsistAsync()
    {
        await Task.Delay(ClosingPatience).ConfigureAwait(false);
        while (!_pump.HasEnded && !_pump.GiveUp()) await Task.Delay(ClosingInterval).ConfigureAwait(false);
    }

    private void OnPumpEnded() => Interlocked.Exchange(ref _onLost, null)?.Invoke(_cause!);
}
