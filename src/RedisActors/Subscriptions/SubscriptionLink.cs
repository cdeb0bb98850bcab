using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using RedisActors.Connection;
using StackExchange.Redis;

namespace RedisActors.Subscriptions;

/// <summary>
/// A link for subscriptions: one connection in RESP3, on which questions are answered while messages come. Answers and messages are told
/// in the one order in which the server sent them.
/// </summary>
/// <remarks>
/// Who takes the messages gives each batch back. As long as it has two that it has not given back, nothing more is read: what it does not
/// take stays on the server, whose bounds (<c>client-output-buffer-limit pubsub</c>) then hold.
/// </remarks>
internal sealed class SubscriptionLink : IRedisLink
{
    private const int BatchesAtOnce = 2;

    private readonly Stream _stream;
    private readonly ServerAddress _server;
    private readonly PushReader _reader = new();
    private readonly SemaphoreSlim _credit = new(BatchesAtOnce);
    private readonly CancellationTokenSource _lost = new();
    private readonly ConcurrentBag<PushedMessages> _idle = [];
    private readonly Lock _gate = new();
    private readonly Queue<(LinkRequest Request, long AskedAt)> _pending = new();
    private ArrayBufferWriter<byte> _unsent = new();
    private ArrayBufferWriter<byte> _sending = new();
    private Action<PushedMessages>? _onMessages;
    private Action<Topic>? _onLeft;
    private Action<string>? _onLost;
    private IDisposable? _watch;
    private string? _cause;
    private bool _writing;
    private bool _ended;
    private volatile bool _heard;
    private volatile bool _waits;
    private long _lastSign = Stopwatch.GetTimestamp();
    private bool _disposed;

    /// <param name="stream">The connection, logged in and verified; it is this link's from here on.</param>
    /// <param name="found">The server at the other end.</param>
    /// <param name="onLost">See <see cref="IRedisLinkFactory.ConnectAsync"/>.</param>
    public SubscriptionLink(Stream stream, FoundServer found, Action<string> onLost)
    {
        _stream = stream;
        _server = found.Server;
        Identity = found.Identity;
        Product = found.Product;
        Clock = found.Clock;
        _onLost = onLost;
        _ = ReadAsync();
    }

    public ClientIdentity Identity { get; }

    public ServerProduct? Product { get; }

    public ServerClock? Clock { get; }

    public bool IsForCommands => false;

    public string Endpoint => _server.IPEndPoint.ToString();

    /// <summary>
    /// When the last question was asked that has been answered (<see cref="Stopwatch"/>): all messages that the server published before
    /// have been told.
    /// </summary>
    public long LastSignOfLife => Interlocked.Read(ref _lastSign);

    /// <summary>
    /// Tells the messages from here on, and which subscription the server has ended unasked. By one thread at a time; called before anything is
    /// subscribed to.
    /// </summary>
    public void Listen(long epoch, Action<PushedMessages> onMessages, Action<Topic> onLeft)
    {
        _reader.Epoch = epoch;
        _onLeft = onLeft;
        Volatile.Write(ref _onMessages, onMessages);
    }

    /// <summary>Gives a batch back that has been told.</summary>
    public void Return(PushedMessages batch)
    {
        batch.Clear();
        _idle.Add(batch);
        _credit.Release();
    }

    public void Send(LinkRequest request)
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _pending.Enqueue((request, Stopwatch.GetTimestamp()));
                Write(_unsent, request);
                if (!_writing)
                {
                    _writing = true;
                    _ = WriteAsync();
                }

                return;
            }
        }

        Tell(() => request.Fail(new LinkFault(CertainlyNotSent: true, _cause!)));
    }

    public void Abandon(string cause) => Lost(cause);

    /// <summary>While nothing is read because nobody takes it, the other side's silence says nothing.</summary>
    public bool TakeHeard()
    {
        if (_waits) return true;
        if (!_heard) return false;
        _heard = false;
        return true;
    }

    public Task<bool> HostAcceptsAsync(CancellationToken cancellation) => RespConversation.IsAcceptedAsync(_server, cancellation);

    /// <summary>Something that watches the server's place; it ends with the link.</summary>
    public void KeepUntilDisposed(IDisposable? watch) => _watch = watch;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        _onLost = null;
        _watch?.Dispose();
        Lost("the link was disposed of");
    }

    private void Lost(string cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is not null) return;
        _lost.Cancel();
        _stream.Dispose();
    }

    private async Task WriteAsync()
    {
        // Whoever sends is not to write, nor to wait.
        await Task.Yield();
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_unsent.WrittenCount == 0)
                    {
                        _writing = false;
                        return;
                    }

                    (_unsent, _sending) = (_sending, _unsent);
                }

                await _stream.WriteAsync(_sending.WrittenMemory).ConfigureAwait(false);
                _sending.ResetWrittenCount();
            }
        }
        catch (Exception error)
        {
            Lost($"the connection broke: {error.GetBaseException().Message}");
        }
    }

    private async Task ReadAsync()
    {
        var batch = NewBatch();
        try
        {
            while (true)
            {
                var read = await _stream.ReadAsync(_reader.Room()).ConfigureAwait(false);
                if (read == 0)
                {
                    Lost("the server closed the connection");
                    break;
                }

                _heard = true;
                _reader.Advance(read);
                PushKind kind;
                do
                {
                    kind = _reader.Read(batch, out var value);
                    if (!batch.IsEmpty)
                    {
                        if (!_credit.Wait(0)) await WaitForCreditAsync().ConfigureAwait(false);
                        batch = HandOver(batch);
                    }

                    if (kind == PushKind.Reply) OnReply(value);
                    else if (kind == PushKind.Push) OnPush(value);
                }
                while (kind != PushKind.Incomplete);
            }
        }
        catch (Exception error)
        {
            Lost(error is NotRespException ? error.Message : $"the connection broke: {error.GetBaseException().Message}");
        }

        if (!batch.IsEmpty) HandOver(batch);
        End();
    }

    private async Task WaitForCreditAsync()
    {
        _waits = true;
        await _credit.WaitAsync(_lost.Token).ConfigureAwait(false);
        _waits = false;
    }

    private PushedMessages HandOver(PushedMessages batch)
    {
        var listener = Volatile.Read(ref _onMessages);
        if (listener is null) Return(batch);
        else Tell(() => listener(batch));
        return NewBatch();
    }

    private PushedMessages NewBatch() => _idle.TryTake(out var batch) ? batch : new PushedMessages { Link = this };

    /// <summary>A confirmation is the answer to the question that waits for it, or the server's own idea.</summary>
    private void OnPush(RespValue push)
    {
        if (push.Kind != RespKind.Array || push.AsArray() is not [var word, var name, ..] || word.Kind != RespKind.BulkString) return;
        if (name.Kind is RespKind.Array) return;
        var (verb, channel) = (word.AsString()!, name.AsString());
        LinkRequest request;
        lock (_gate)
        {
            if (_pending.TryPeek(out var front)
                && string.Equals(front.Request.Name, verb, StringComparison.OrdinalIgnoreCase)
                && front.Request.Arguments is [var asked]
                && (string?)asked == channel)
            {
                _pending.Dequeue();
                Interlocked.Exchange(ref _lastSign, front.AskedAt);
                request = front.Request;
            }
            else
            {
                request = null!;
            }
        }

        if (request is not null) Tell(() => request.Succeed(RespValue.Null));
        else if (verb == "sunsubscribe" && channel is not null) Tell(() => _onLeft?.Invoke(new Topic(RedisSubscriptionKind.ShardChannel, channel)));
    }

    private void OnReply(RespValue reply)
    {
        LinkRequest request;
        lock (_gate)
        {
            if (!_pending.TryDequeue(out var front)) throw new NotRespException("the server answers what it was not asked");
            Interlocked.Exchange(ref _lastSign, front.AskedAt);
            request = front.Request;
        }

        if (reply.Kind == RespKind.Error) Tell(() => request.Reject(reply.AsString()!));
        else Tell(() => request.Succeed(reply));
    }

    /// <summary>Every request is told before whoever wants to know of the loss.</summary>
    private void End()
    {
        (LinkRequest Request, long AskedAt)[] unanswered;
        lock (_gate)
        {
            _ended = true;
            unanswered = [.. _pending];
            _pending.Clear();
        }

        foreach (var (request, _) in unanswered) Tell(() => request.Fail(new LinkFault(CertainlyNotSent: false, _cause!)));
        Tell(() => Interlocked.Exchange(ref _onLost, null)?.Invoke(_cause!));
    }

    /// <summary>What somebody makes of what he is told is his own affair.</summary>
    private static void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception)
        {
            // He has been told.
        }
    }

    private static void Write(ArrayBufferWriter<byte> target, LinkRequest request)
    {
        var arguments = request.Arguments;
        WriteNumber(target, (byte)'*', arguments.Length + 1);
        WriteBulk(target, (RedisValue)request.Name);
        foreach (var argument in arguments) WriteBulk(target, argument);
    }

    private static void WriteBulk(ArrayBufferWriter<byte> target, RedisValue value)
    {
        ReadOnlyMemory<byte> bytes = value;
        WriteNumber(target, (byte)'$', bytes.Length);
        target.Write(bytes.Span);
        target.Write("\r\n"u8);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> target, byte kind, int number)
    {
        var span = target.GetSpan(16);
        span[0] = kind;
        Utf8Formatter.TryFormat(number, span[1..], out var length);
        span[length + 1] = (byte)'\r';
        span[length + 2] = (byte)'\n';
        target.Advance(length + 3);
    }
}
