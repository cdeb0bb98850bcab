using System.Runtime.CompilerServices;

namespace RedisActors.Connection;

/// <summary>
/// The stream that StackExchange.Redis is given in place of a socket of its own: a connection that stands, is encrypted where it
/// is to be, logged in and verified. It passes everything, and knows what has passed.
/// </summary>
/// <remarks>
/// The client makes one connection and no other: nobody but the link's factory can open one. It reads and writes by one loop each.
/// </remarks>
internal sealed class LinkStream : TwoWayStream
{
    /// <summary>What is written is handed on in pieces of this size at most, so that progress on a slow line is seen.</summary>
    private const int LargestPiece = 64 * 1024;

    private readonly Stream _server;
    private readonly Lock _gate = new();
    private readonly RequestCounter _requests = new();
    private readonly ClientHandshake _handshake = new();
    private volatile bool _heard;
    private bool _live;
    private bool _answersRead;
    private bool _closed;
    private string? _end;

    /// <param name="server">The connection; it is this stream's from here on.</param>
    public LinkStream(Stream server) => _server = server;

    /// <summary>Told once, from any thread, why nothing more comes or goes.</summary>
    public Action<string>? Ended { get; set; }

    /// <summary>Completes when the client has asked the last question of its handshake; see <see cref="ClientHandshake"/>.</summary>
    public Task Handshake => _handshake.LastQuestion;

    /// <summary>From here on the client speaks with the server. Throws <see cref="RedisLinkException"/> where it is not ready.</summary>
    public void GoLive()
    {
        lock (_gate)
        {
            _live = true;
            if (!_handshake.End()) throw new RedisLinkException("StackExchange.Redis asks for something after its handshake");
        }
    }

    /// <summary>See <see cref="IRedisLink.TakeHeard"/>.</summary>
    public bool TakeHeard()
    {
        if (!_heard) return false;
        _heard = false;
        return true;
    }

    /// <summary>
    /// Closes the connection and answers how many requests have been handed to the socket as a whole, in all. Of a later one the
    /// server does not have the end, and never will.
    /// </summary>
    public long CloseAndCount(string cause)
    {
        Interlocked.CompareExchange(ref _end, cause, null);
        Close();
        return _requests.Count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _answersRead ? ReadServerAsync(buffer, cancellationToken) : ReadAnswerAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var writing = WriteNext(ref buffer, cancellationToken);
        return buffer.IsEmpty && writing.IsCompletedSuccessfully ? writing : WriteRestAsync(writing, buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_gate) _closed = true;
            _server.Dispose();
            End("StackExchange.Redis closed the connection");
        }

        base.Dispose(disposing);
    }

    /// <summary>The last answer of the handshake is followed by the server's first.</summary>
    private async ValueTask<int> ReadAnswerAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        var read = await _handshake.Answers.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        if (read > 0) return read;
        _answersRead = true;
        return await ReadServerAsync(buffer, cancellation).ConfigureAwait(false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadServerAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            var read = await _server.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (read > 0) _heard = true;
            else End("the server closed the connection");
            return read;
        }
        catch (Exception error)
        {
            End(error);
            throw;
        }
    }

    /// <summary>
    /// A write that has to wait waits for the other side to take what was written before: when it goes on, that is a sign of life.
    /// One that does not wait is none, since it ends in this host's own buffers.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteRestAsync(ValueTask writing, ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var waits = !writing.IsCompleted;
                await writing.ConfigureAwait(false);
                if (waits) _heard = true;
                if (rest.IsEmpty) return;
                writing = WriteNext(ref rest, cancellation);
            }
        }
        catch (Exception error)
        {
            End(error);
            throw;
        }
    }

    /// <summary>Hands the next piece on; it counts from here on.</summary>
    private ValueTask WriteNext(ref ReadOnlyMemory<byte> rest, CancellationToken cancellation)
    {
        var piece = rest.Length > LargestPiece ? rest[..LargestPiece] : rest;
        rest = rest[piece.Length..];
        try
        {
            lock (_gate)
            {
                if (_closed) throw new IOException(_end);
                if (!_live)
                {
                    _handshake.Ask(piece.Span);
                    return ValueTask.CompletedTask;
                }

                _requests.Advance(piece.Span);
            }

            return _server.WriteAsync(piece, cancellation);
        }
        catch (Exception error)
        {
            return ValueTask.FromException(error);
        }
    }

    private void End(Exception error) => End($"the connection broke: {error.GetBaseException().Message}");

    private void End(string cause)
    {
        if (Interlocked.CompareExchange(ref _end, cause, null) is null) Ended?.Invoke(cause);
    }
}
