using System.Buffers;
using System.Globalization;
using System.Text;
using System.Threading.Tasks.Sources;
using Akka.Actor;
using Akka.Event;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// One connection of a client of Redis whose other end is not a server but a <see cref="RedisActor"/>: requests go in, become commands that
/// it is told, and the replies come out in their order. It has no socket: bytes are what <see cref="Receive"/> is given and
/// <see cref="ReadAsync"/> gives.
/// </summary>
/// <remarks>
/// What belongs to a connection is kept here: the database, the login, the transaction between <c>MULTI</c> and <c>EXEC</c>, the
/// watched keys, the subscriptions. One thread at a time writes, one reads; replies come from any thread.
/// </remarks>
internal sealed class FrontDoor : IValueTaskSource
{
    private const int ReplyTarget = 32 * 1024;
    private const int LargestKeptBuffer = 1024 * 1024;

    private static readonly RespValue Ok = RespValue.SimpleString("OK");

    private static long _lastId;

    private readonly DoorSettings _settings;
    private readonly RequestReader _reader;
    private readonly long _id = Interlocked.Increment(ref _lastId);
    private readonly Lock _receiving = new();
    private readonly DoorScripts _scripts;
    private readonly DoorSubscriptions _subscriptions;
    private readonly DoorTransaction _transaction;

    // The replies, from the one that was read last.
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
    private long _unread;
    private TaskCompletionSource? _room;

    private DoorHandshake? _handshake;
    private bool _isEstablished;
    private int? _database;
    private string? _name;
    private bool _isResp3;
    private bool _hasLoggedIn;
    private volatile bool _isEnding;
    private volatile bool _isClosed;
    private volatile bool _hasLeft;

    public FrontDoor(DoorSettings settings)
    {
        _settings = settings;
        _handshake = settings.Handshake;
        _hasLoggedIn = settings.Password is null;
        _isBounded = settings.MaxOutstanding < int.MaxValue || settings.MaxUnread < long.MaxValue;
        _reader = new RequestReader(OnRequest) { IsTrusted = _hasLoggedIn };
        _scripts = new DoorScripts(settings.IsCluster);
        _transaction = new DoorTransaction(this);
        _subscriptions = new DoorSubscriptions(settings, this);
        _last = _newest = new DoorReply(this);
        _last.Complete(RespValue.Null);
        (_answered, _unread) = (0, 0);
    }

    public IActorRefProvider Provider => _settings.System.Provider;

    /// <summary>Whether the client has asked for RESP3.</summary>
    public bool IsResp3 => _isResp3;

    /// <summary>Whether the client has left, or nothing more can be understood.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Whether the client writes nothing more, so that nothing is waited for on its behalf.</summary>
    public bool HasLeft => _hasLeft || _isClosed;

    /// <summary>How many bytes of replies are there and unread, about.</summary>
    public long Unread => Interlocked.Read(ref _unread);

    /// <summary>Whether that is more than the client may leave.</summary>
    public bool IsUnreadTooMuch => Unread > _settings.MaxUnread;

    /// <summary>Whether everything that was asked has been answered and read.</summary>
    public bool IsIdle => Head is null;

    private DoorReply? Head => Volatile.Read(ref _last.Next);

    /// <summary>Takes what the client writes. What is no request is told the client, and then the connection ends.</summary>
    /// <returns>How many bytes it took: all, unless there is no room for the requests that follow.</returns>
    /// <remarks>
    /// Whoever writes may write for others: the activity that is current here belongs to one caller, and the bytes to several.
    /// </remarks>
    public int Receive(ReadOnlySpan<byte> bytes) => RedisTracing.WithoutParent(this, bytes, static (door, bytes) => door.Take(bytes));

    private int Take(ReadOnlySpan<byte> bytes)
    {
        lock (_receiving)
        {
            if (_isEnding) return bytes.Length;
            try
            {
                return _reader.Read(bytes);
            }
            catch (RespProtocolException) when (_isEnding)
            {
                // After QUIT it does not matter what comes.
            }
            catch (RespProtocolException error)
            {
                Answer(RespValue.Error($"ERR Protocol error: {error.Message}"));
                End();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // What nobody foresaw costs this connection, and not the thread, which is somebody else's.
                _settings.System.Log.Error(error, "A request failed in the front door; its connection is closed.");
                Close();
            }

            return bytes.Length;
        }
    }

    /// <summary>Gives the client what there is to read, when there is something; 0: the connection has ended.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        while (true)
        {
            var read = TryRead(buffer.Span);
            if (read > 0 || _isClosed) return read;
            if (_isEnding && Head is null)
            {
                Close();
                return 0;
            }

            cancellation.ThrowIfCancellationRequested();
            _signal.Reset();
            Volatile.Write(ref _readerWaits, true);
            Interlocked.MemoryBarrier();
            if (HasSomething() && Interlocked.Exchange(ref _readerWaits, false)) continue;
            using var registration = cancellation.UnsafeRegister(static door => ((FrontDoor)door!).Wake(), this);
            await new ValueTask(this, _signal.Version).ConfigureAwait(false);
        }
    }

    /// <summary>The client has left: what waits for it is given up, what it has sent goes on.</summary>
    public void Close()
    {
        if (_isClosed) return;
        _isEnding = true;
        _isClosed = true;
        _subscriptions.Close();
        Interlocked.Exchange(ref _room, null)?.TrySetResult();
        for (var reply = Head; reply is not null; reply = Volatile.Read(ref reply.Next)) reply.GiveUp();
        Wake();
    }

    /// <summary>No more is taken; the connection ends when what was asked has been answered.</summary>
    public void End()
    {
        _isEnding = true;
        Wake();
    }

    /// <summary>
    /// The client writes nothing more, and may be gone: what was asked is still answered, but for what waits in the server, which is given
    /// up, since what it took might reach nobody.
    /// </summary>
    public void Leave()
    {
        _hasLeft = true;
        for (var reply = Head; reply is not null; reply = Volatile.Read(ref reply.Next)) reply.GiveUp();
        End();
    }

    /// <summary>Null: there is room for more requests. Else: completes when there is.</summary>
    public Task? WhenThereIsRoom()
    {
        if (!_isBounded || HasRoom(1)) return null;
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
        if (Volatile.Read(ref _room) is not null) MakeRoom();
    }

    /// <summary>The bytes that a reply takes, about; nothing where nobody counts them.</summary>
    private long SizeOf(in RespValue value) => _isBounded ? Count(value) : 0;

    /// <summary>Adds the place of a reply to their order.</summary>
    public T Add<T>(T reply)
        where T : DoorReply
    {
        _added++;
        Volatile.Write(ref _newest.Next, reply);
        _newest = reply;
        return reply;
    }

    /// <summary>Answers at once what needs no server.</summary>
    public void Answer(in RespValue value, RespShape? shape = null) => AddReply(shape).Complete(value);

    /// <summary>Adds the place of a reply.</summary>
    /// <param name="shape">What it is in RESP3; null: what it is in RESP2.</param>
    /// <param name="nullIsArray">Whether a null stands for an array, in RESP2.</param>
    public DoorReply AddReply(RespShape? shape = null, bool nullIsArray = false)
    {
        var form = FormOf(shape, nullIsArray);
        return Add(ReferenceEquals(form, ReplyForm.Resp2) ? new DoorReply(this) : new FormedReply(this, form));
    }

    /// <summary>How a reply is written to this client.</summary>
    /// <param name="shape">What it is in RESP3; null: what it is in RESP2.</param>
    /// <param name="nullIsArray">Whether a null stands for an array, in RESP2.</param>
    public ReplyForm FormOf(RespShape? shape = null, bool nullIsArray = false)
    {
        if (!_isResp3) return nullIsArray ? ReplyForm.Resp2Array : ReplyForm.Resp2;
        return shape is null ? ReplyForm.Resp3 : new ReplyForm(IsResp3: true, Shape: shape);
    }

    /// <summary>Makes a command of what a client asked for, with what its connection stands for.</summary>
    public RedisCommand CommandOf(string name, RedisValue[] arguments) =>
        _settings.Delivery == DeliveryMode.ExactlyOnce
            ? WithOptions(RedisCommand.Owning(name, arguments))
            : RedisCommand.Owning(name, arguments, _database, _settings.Delivery);

    /// <summary>The same of what is a command already.</summary>
    public RedisCommand WithOptions(RedisCommand command) =>
        _database is null && _settings.Delivery is null
            ? command
            : command with { Database = _database, Delivery = DoorDelivery.Of(_settings.Delivery, command, _settings.IsCluster) };

    /// <summary>Whether a <c>SELECT</c> would change nothing.</summary>
    public bool IsSelected(RedisValue[] arguments) =>
        arguments is [var word] && word.TryParse(out int number) && number == (_database ?? _settings.Database);

    /// <summary>Gives a command to the server.</summary>
    public void Tell(RedisCommand command, IActorRef sender) => _settings.Redis.Tell(command, sender);

    /// <summary>Goes on with what the client has written since.</summary>
    public void Resume(Action act)
    {
        lock (_receiving) act();
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    private void OnRequest(ReadOnlySpan<byte> name, RedisValue[] arguments)
    {
        if (_isEnding) return;
        if (DoorCommand.Find(name) is not { } command)
        {
            Answer(RespValue.Error($"ERR unknown command '{HiddenName(name)}'"));
            return;
        }

        if (!_transaction.Holds(command, arguments)) OnRequest(command, arguments);
        if (_isBounded && !HasRoom(1)) _reader.Stop();
    }

    /// <summary>Does what a client asked for.</summary>
    public void OnRequest(DoorCommand command, RedisValue[] arguments)
    {
        if (command.Action == DoorAction.Pass && _hasLoggedIn && _handshake is null)
        {
            Tell(CommandOf(command.Name, arguments), AddReplyTo(command, arguments));
            return;
        }

        if (!_hasLoggedIn && command.Action is not (DoorAction.Auth or DoorAction.Hello or DoorAction.Quit or DoorAction.Reset))
        {
            Answer(RespValue.Error("NOAUTH Authentication required."));
            return;
        }

        if (_handshake is not null && TakeHandshake(command, arguments)) return;
        switch (command.Action)
        {
            case DoorAction.Auth:
                OnAuth(arguments);
                break;
            case DoorAction.Hello:
                OnHello(arguments);
                break;
            case DoorAction.Select:
                OnSelect(arguments);
                break;
            case DoorAction.Client when OnClient(arguments):
                break;
            case DoorAction.Ping when _subscriptions.IsSubscribed && !_isResp3 && arguments.Length < 2:
                Answer(RespValue.Array(Text("pong"), RespValue.BulkString(arguments.Length == 0 ? RedisValue.EmptyString : arguments[0])));
                break;
            case DoorAction.Quit:
                Answer(Ok);
                End();
                break;
            case DoorAction.Reset:
                OnReset();
                break;
            case DoorAction.Multi or DoorAction.Exec or DoorAction.Discard or DoorAction.Watch or DoorAction.Unwatch:
                _transaction.OnRequest(command, arguments);
                break;
            case DoorAction.Subscribe or DoorAction.PSubscribe or DoorAction.SSubscribe:
                if (arguments.Length == 0) AnswerWrongNumber(command);
                else _subscriptions.Subscribe(command, arguments);
                break;
            case DoorAction.Unsubscribe or DoorAction.PUnsubscribe or DoorAction.SUnsubscribe:
                _subscriptions.Unsubscribe(command, arguments);
                break;
            default:
                if (_scripts.CommandOf(command, arguments) is { } script) Tell(WithOptions(script), AddReply());
                else if (_scripts.AnswerTo(command, arguments) is { } answer) Answer(answer);
                else Tell(CommandOf(command.Name, arguments), AddReplyTo(command, arguments));
                break;
        }
    }

    /// <summary>What a command becomes within a transaction: a script goes with its text.</summary>
    public RedisCommand MemberOf(DoorCommand command, RedisValue[] arguments) => _scripts.MemberOf(command, arguments);

    private DoorReply AddReplyTo(DoorCommand command, RedisValue[] arguments) =>
        AddReply(_isResp3 ? RespShapes.Of(command.Name, arguments) : null, command.NullIsArray);

    public void AnswerWrongNumber(DoorCommand command) =>
        Answer(RespValue.Error($"ERR wrong number of arguments for '{command.Name.ToLowerInvariant()}' command"));

    private bool TakeHandshake(DoorCommand command, RedisValue[] arguments)
    {
        var handshake = _handshake!;
        if (_isEstablished)
        {
            if (!handshake.TryAnswerLast(this, command, arguments)) return false;
            _handshake = null;
            return true;
        }

        if (command.Action != DoorAction.Echo || arguments.Length == 0) return handshake.TryAnswer(this, command, arguments);
        _isEstablished = true;
        Answer(RespValue.BulkString(arguments[0]));
        return true;
    }

    private void OnAuth(RedisValue[] arguments)
    {
        if (arguments.Length is not (1 or 2)) Answer(RespValue.Error("ERR wrong number of arguments for 'auth' command"));
        else if (TryLogIn(arguments.Length == 2 ? arguments[0] : "default", arguments[^1], out var refusal)) Answer(Ok);
        else Answer(refusal);
    }

    private bool TryLogIn(RedisValue user, RedisValue word, out RespValue refusal)
    {
        refusal = RespValue.Error(_settings.Password is null
            ? "ERR AUTH called without any password configured. Are you sure your configuration is correct?"
            : "WRONGPASS invalid username-password pair or user is disabled.");
        if (_settings.Password is not { } password || user != "default" || !IsSame(word, password)) return false;
        _hasLoggedIn = true;
        _reader.IsTrusted = true;
        return true;
    }

    /// <summary>In the same time whatever the difference is.</summary>
    private static bool IsSame(RedisValue word, string password) =>
        System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(
            System.Security.Cryptography.SHA256.HashData((byte[])word!), System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    /// <summary><c>HELLO [version [AUTH user password] [SETNAME name]]</c>.</summary>
    private void OnHello(RedisValue[] arguments)
    {
        var resp3 = _isResp3;
        if (arguments.Length > 0)
        {
            if (!arguments[0].TryParse(out long version) || version is not (2 or 3))
            {
                Answer(RespValue.Error("NOPROTO unsupported protocol version"));
                return;
            }

            resp3 = version == 3;
        }

        var name = _name;
        for (var i = 1; i < arguments.Length;)
        {
            if (i + 2 < arguments.Length && Is(arguments[i], "AUTH"))
            {
                if (!TryLogIn(arguments[i + 1], arguments[i + 2], out var refusal))
                {
                    Answer(refusal);
                    return;
                }

                i += 3;
            }
            else if (i + 1 < arguments.Length && Is(arguments[i], "SETNAME"))
            {
                name = arguments[i + 1];
                i += 2;
            }
            else
            {
                Answer(RespValue.Error("ERR Syntax error in HELLO option"));
                return;
            }
        }

        if (!_hasLoggedIn)
        {
            Answer(RespValue.Error("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"));
            return;
        }

        _name = name;
        _isResp3 = resp3;
        Answer(RespValue.Array(
            Text("server"), Text("redis"), Text("version"), Text(DoorHandshake.VersionOf(_settings.Handshake)), Text("proto"),
            RespValue.Integer(resp3 ? 3 : 2), Text("id"), RespValue.Integer(_id), Text("mode"), Text("standalone"), Text("role"), Text("master"),
            Text("modules"), RespValue.Array()), RespShape.Map);
    }

    private void OnSelect(RedisValue[] arguments)
    {
        if (arguments.Length != 1) Answer(RespValue.Error("ERR wrong number of arguments for 'select' command"));
        else if (!arguments[0].TryParse(out int number)) Answer(RespValue.Error("ERR value is not an integer or out of range"));
        else if (number < 0) Answer(RespValue.Error("ERR DB index is out of range"));
        else if (_settings.IsCluster && number != 0) Answer(RespValue.Error("ERR SELECT is not allowed in cluster mode"));
        else
        {
            _database = number == _settings.Database ? null : number;
            Answer(Ok);
        }
    }

    /// <summary>What concerns this connection, which the server does not know. False: it concerns the server.</summary>
    private bool OnClient(RedisValue[] arguments)
    {
        switch (arguments.Length)
        {
            case 2 when Is(arguments[0], "SETNAME"):
                _name = arguments[1];
                Answer(Ok);
                return true;
            case 3 when Is(arguments[0], "SETINFO"):
                Answer(Ok);
                return true;
            case 1 when Is(arguments[0], "GETNAME"):
                Answer(string.IsNullOrEmpty(_name) ? RespValue.Null : Text(_name));
                return true;
            case 1 when Is(arguments[0], "ID"):
                Answer(RespValue.Integer(_id));
                return true;
            default:
                return false;
        }
    }

    private void OnReset()
    {
        _transaction.Reset();
        _subscriptions.Reset();
        _database = null;
        _name = null;
        _isResp3 = false;
        _hasLoggedIn = _settings.Password is null;
        _reader.IsTrusted = _hasLoggedIn;
        Answer(RespValue.SimpleString("RESET"));
    }

    /// <summary>Whether the client could read something.</summary>
    private bool HasSomething() => _isClosed || (_isEnding && Head is null) || Head is { IsCompleted: true } || _subscriptions.CanTake(Head);

    private void Wake()
    {
        if (Interlocked.Exchange(ref _readerWaits, false)) _signal.SetResult(true);
    }

    /// <summary>Whether the client may ask for more, when it may have a part of what it may have.</summary>
    private bool HasRoom(int part) =>
        Volatile.Read(ref _added) - Interlocked.Read(ref _answered) <= _settings.MaxOutstanding / part && Unread <= _settings.MaxUnread / part;

    private void MakeRoom()
    {
        if (_isClosed || HasRoom(2)) Interlocked.Exchange(ref _room, null)?.TrySetResult();
    }

    private static long Count(in RespValue value)
    {
        const int Header = 16;
        if (value.Kind == RespKind.BulkString) return Header + value.AsRedisValue().GetByteCount();
        if (value.Kind != RespKind.Array) return Header;
        long size = Header;
        foreach (var item in value.AsArray()) size += Count(item);
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
        EncodeTo(ReplyTarget, ref taken);
        if (!_isBounded) return;
        if (taken > 0) Interlocked.Add(ref _unread, -taken);
        if (Volatile.Read(ref _room) is not null) MakeRoom();
    }

    private void EncodeTo(int target, ref long taken)
    {
        while (_out.WrittenCount < target)
        {
            if (Head is { IsCompleted: true } reply)
            {
                taken += SizeOf(reply.Value);
                ReplyEncoder.Write(_out, reply.Value, reply.Form.IsResp3, reply.Form.NullIsArray, reply.ItemsNullIsArray, reply.Form.Shape);
                Pass(reply);
            }
            else if (_subscriptions.TryTake(Head, out var frames))
            {
                foreach (var frame in frames.Items) ReplyEncoder.WritePush(_out, frame, _isResp3);
                if (frames.Answers is not { } answered) continue;
                Interlocked.Increment(ref _answered);
                Pass(answered);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>A reply has been read. Whoever still knows the one before it does not hold all that followed.</summary>
    private void Pass(DoorReply reply)
    {
        var former = _last;
        _last = reply;
        former.Next = null;
    }

    private static bool Is(RedisValue argument, string word) => string.Equals(argument, word, StringComparison.OrdinalIgnoreCase);

    private static RespValue Text(string text) => RespValue.BulkString(text);

    private static string HiddenName(ReadOnlySpan<byte> name) =>
        string.Create(CultureInfo.InvariantCulture, $"{Encoding.Latin1.GetString(name[..Math.Min(name.Length, 32)]).Replace('\r', ' ').Replace('\n', ' ')}");
}
