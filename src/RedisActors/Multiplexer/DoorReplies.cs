using System.Buffers;
using System.Threading.Tasks.Sources;
using Akka.Actor;

namespace RedisActors.Multiplexer;

/// <summary>
/// The replies of a connection in the order of its requests, and what was published in its place among them: filled by whoever has a reply,
/// encoded by the one who reads, who takes all that has come when he wakes up.
/// </summary>
internal sealed class DoorReplies : IValueTaskSource
{
    private const int ReplyTarget = 32 * 1024;
    private const int LargestKeptBuffer = 1024 * 1024;

    private readonly DoorSettings _settings;
    private readonly FrontDoor _door;

    // From the one that was read last.
    private DoorReply _last;
    private DoorReply _newest;

    // What has been encoded and not read yet.
    private ArrayBufferWriter<byte> _out = new(ReplyTarget);
    private int _taken;
    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private bool _readerWaits;

    // How much the client has asked for and not got.
    private readonly bool _isBounded;
    private long _added;
    private long _answered;
    private int _held;
    private long _unread;
    private TaskCompletionSource? _room;

    private volatile bool _isEnding;
    private volatile bool _isClosed;
    private volatile bool _hasLeft;

    public DoorReplies(DoorSettings settings, FrontDoor door)
    {
        _settings = settings;
        _door = door;
        _isBounded = settings.MaxOutstanding < int.MaxValue || settings.MaxUnread < long.MaxValue;
        _last = _newest = new DoorReply(this);
    }

    public IActorRefProvider Provider => _settings.System.Provider;

    /// <summary>Whether no more requests are taken.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Whether the client has left, or nothing more can be understood.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether the client writes nothing more, so that nothing is waited for on its behalf.</summary>
    public bool HasLeft => _hasLeft || _isClosed;

    /// <summary>How many bytes of replies are there and unread, about.</summary>
    public long Unread => Interlocked.Read(ref _unread);

    /// <summary>Whether everything that was asked has been answered and read.</summary>
    public bool IsIdle => Volatile.Read(ref _held) == 0 && Head is null;

    /// <summary>Whether there is no room for more requests.</summary>
    public bool IsFull => _isBounded && !HasRoom(1);

    private DoorReply? Head => Volatile.Read(ref _last.Next);

    /// <summary>Gives the client what there is to read, when there is something; 0: the connection has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        while (true)
        {
            var read = TryRead(buffer.Span);
            if (read > 0 || IsClosed) return read;
            if (IsEnding && IsIdle)
            {
                _door.Close();
                return 0;
            }

            cancellation.ThrowIfCancellationRequested();
            _signal.Reset();
            Volatile.Write(ref _readerWaits, true);
            Interlocked.MemoryBarrier();
            if (HasSomething() && Interlocked.Exchange(ref _readerWaits, false)) continue;
            using var registration = cancellation.UnsafeRegister(static replies => ((DoorReplies)replies!).Wake(), this);
            await new ValueTask(this, _signal.Version).ConfigureAwait(false);
        }
    }

    /// <summary>Nothing more is read but what has been encoded. False: it was so before.</summary>
    public bool Close()
    {
        if (_isClosed) return false;
        _isEnding = true;
        _isClosed = true;
        Interlocked.Exchange(ref _room, null)?.TrySetResult();
        GiveUp();
        Wake();
        return true;
    }

    /// <summary>No more is taken; the connection ends when what was asked has been answered.</summary>
    public void End()
    {
        _isEnding = true;
        Wake();
    }

    /// <summary>The client writes nothing more: what waits in the server for its sake is given up.</summary>
    public void Leave()
    {
        _hasLeft = true;
        GiveUp();
        End();
    }

    /// <summary>Null: there is room for more requests. Else: completes when there is.</summary>
    public Task? WhenThereIsRoom()
    {
        if (!IsFull) return null;
        var room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _room, room);
        Interlocked.MemoryBarrier();
        MakeRoom();
        return room.Task;
    }

    /// <summary>There may be something to read.</summary>
    public void Completed()
    {
        // What was written must be seen by a reader that has not said yet that it waits.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _readerWaits) && HasSomething()) Wake();
    }

    /// <summary>A reply is there, or after all is not (-1).</summary>
    public void Count(in RespValue reply, int sign)
    {
        if (!_isBounded) return;
        Interlocked.Add(ref _unread, sign * SizeOf(reply));
        Interlocked.Add(ref _answered, sign);
        MakeRoom();
    }

    /// <summary>Requests wait that have no place for their replies yet; or (negative) have got it.</summary>
    public void Hold(int requests)
    {
        Volatile.Write(ref _held, _held + requests);
        Completed();
        MakeRoom();
    }

    /// <summary>Adds the place of a reply to their order.</summary>
    public T Add<T>(T reply)
        where T : DoorReply
    {
        _added++;
        Volatile.Write(ref _newest.Next, reply);
        _newest = reply;
        return reply;
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    private void GiveUp()
    {
        for (var reply = Head; reply is not null; reply = Volatile.Read(ref reply.Next)) reply.GiveUp();
    }

    /// <summary>Whether the client could read something.</summary>
    private bool HasSomething() => IsClosed || (IsEnding && IsIdle) || Head is { IsCompleted: true } || _door.Subscriptions.CanTake(Head);

    private void Wake()
    {
        if (Interlocked.Exchange(ref _readerWaits, false)) _signal.SetResult(true);
    }

    /// <summary>Whether the client may ask for more, when it may have a part of what it may have.</summary>
    private bool HasRoom(int part) =>
        Volatile.Read(ref _added) + Volatile.Read(ref _held) - Interlocked.Read(ref _answered) <= _settings.MaxOutstanding / part && Unread <= _settings.MaxUnread / part;

    private void MakeRoom()
    {
        if (Volatile.Read(ref _room) is not null && (IsClosed || HasRoom(2))) Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }

    /// <summary>The bytes that a reply takes, about.</summary>
    private static long SizeOf(in RespValue value)
    {
        const int Header = 16;
        if (value.Kind == RespKind.BulkString) return Header + value.AsRedisValue().GetByteCount();
        if (value.Kind != RespKind.Array) return Header;
        long size = Header;
        foreach (var item in value.AsArray()) size += SizeOf(item);
        return size;
    }

    private int TryRead(Span<byte> buffer)
    {
        if (_taken == _out.WrittenCount)
        {
            if (_out.Capacity > LargestKeptBuffer) _out = new ArrayBufferWriter<byte>(ReplyTarget);
            else _out.ResetWrittenCount();
            _taken = 0;
            Encode();
        }

        var there = _out.WrittenSpan[_taken..];
        var read = Math.Min(there.Length, buffer.Length);
        there[..read].CopyTo(buffer);
        _taken += read;
        return read;
    }

    /// <summary>The replies that have come, as far as there is none before them that has not; and what was published, in its place.</summary>
    private void Encode()
    {
        long taken = 0;
        while (_out.WrittenCount < ReplyTarget)
        {
            if (Head is { IsCompleted: true } reply)
            {
                if (_isBounded) taken += SizeOf(reply.Value);
                ReplyEncoder.Write(_out, reply.Value, reply.Form, reply.ItemsNullIsArray);
                Pass(reply);
            }
            else if (_door.Subscriptions.TryTake(Head, out var frames))
            {
                foreach (var frame in frames.Items) ReplyEncoder.WritePush(_out, frame, _door.IsResp3);
                if (frames.Answers is not { } answered) continue;
                Interlocked.Increment(ref _answered);
                Pass(answered);
            }
            else
            {
                break;
            }
        }

        if (!_isBounded) return;
        if (taken > 0) Interlocked.Add(ref _unread, -taken);
        MakeRoom();
    }

    /// <summary>A reply has been read. Whoever still knows the one before it does not hold all that followed.</summary>
    private void Pass(DoorReply reply)
    {
        var former = _last;
        _last = reply;
        former.Next = null;
    }
}
