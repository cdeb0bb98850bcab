using Akka.Actor;
using Akka.Event;
using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// One connection of a client of Redis whose other end is not a server but a <see cref="RedisActor"/>: requests go in, become commands that
/// it is told, and the replies come out in their order. It has no socket: bytes are what <see cref="Receive"/> is given and
/// <see cref="ReadAsync"/> gives.
/// </summary>
/// <remarks>
/// What belongs to a connection is kept with it: the login and the database (<see cref="DoorConnection"/>), the transaction and the watched
/// keys, the subscriptions, the replies. One thread at a time writes, one reads; replies come from any thread.
/// </remarks>
internal sealed class FrontDoor
{
    private static readonly RespValue Ok = RespValue.SimpleString("OK");

    private readonly DoorSettings _settings;
    private readonly RequestReader _reader;
    private readonly Lock _receiving = new();
    private readonly DoorConnection _connection;
    private readonly DoorScripts _scripts;
    private readonly DoorTransaction _transaction;
    private DoorHandshake? _handshake;
    private bool _isEstablished;
    private (RedisCommand Command, IActorRef Sender)? _first;
    private CommandBatch? _gathered;

    public FrontDoor(DoorSettings settings)
    {
        _settings = settings;
        _handshake = settings.Handshake;
        _reader = new RequestReader(OnRequest);
        Replies = new DoorReplies(settings, this);
        _connection = new DoorConnection(settings, this, _reader);
        _connection.Reset();
        _scripts = new DoorScripts(settings.IsCluster);
        _transaction = new DoorTransaction(this);
        Subscriptions = new DoorSubscriptions(settings, this);
    }

    public DoorReplies Replies { get; }

    public DoorSubscriptions Subscriptions { get; }

    /// <summary>Whether the client has asked for RESP3.</summary>
    public bool IsResp3 => _connection.IsResp3;

    /// <inheritdoc cref="DoorReplies.IsClosed"/>
    public bool IsClosed => Replies.IsClosed;

    /// <inheritdoc cref="DoorReplies.Unread"/>
    public long Unread => Replies.Unread;

    /// <summary>Whether that is more than the client may leave.</summary>
    public bool IsUnreadTooMuch => Unread > _settings.MaxUnread;

    /// <inheritdoc cref="DoorReplies.IsIdle"/>
    public bool IsIdle => Replies.IsIdle;

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
            if (Replies.IsEnding) return bytes.Length;
            try
            {
                return ReadAndSend(bytes);
            }
            catch (RespProtocolException) when (Replies.IsEnding)
            {
                // After QUIT it does not matter what comes.
            }
            catch (RespProtocolException error)
            {
                _transaction.InTurn(() => Answer(RespValue.Error($"ERR Protocol error: {error.Message}")));
                Replies.End();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                OnUnforeseen(error);
            }

            return bytes.Length;
        }
    }

    private int ReadAndSend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _reader.Read(bytes);
        }
        finally
        {
            SendGathered();
        }
    }

    /// <inheritdoc cref="DoorReplies.ReadAsync"/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default) => Replies.ReadAsync(buffer, cancellation);

    /// <summary>The client has left: what waits for it is given up, what it has sent goes on.</summary>
    public void Close()
    {
        if (Replies.Close()) Subscriptions.Close();
    }

    /// <summary>
    /// The client writes nothing more, and may be gone: what was asked is still answered, but for what waits in the server, which is given
    /// up, since what it took might reach nobody.
    /// </summary>
    public void Leave() => Replies.Leave();

    /// <inheritdoc cref="DoorReplies.WhenThereIsRoom"/>
    public Task? WhenThereIsRoom() => Replies.WhenThereIsRoom();

    /// <summary>Answers at once what needs no server.</summary>
    public void Answer(in RespValue value, RespShape? shape = null) => AddReply(shape).Complete(value);

    /// <summary>Adds the place of a reply.</summary>
    /// <param name="shape">What it is in RESP3; null: what it is in RESP2.</param>
    /// <param name="nullIsArray">Whether a null stands for an array, in RESP2.</param>
    public DoorReply AddReply(RespShape? shape = null, bool nullIsArray = false)
    {
        var form = FormOf(shape, nullIsArray);
        return Replies.Add(ReferenceEquals(form, ReplyForm.Resp2) ? new DoorReply(Replies) : new FormedReply(Replies, form));
    }

    /// <summary>How a reply is written to this client.</summary>
    /// <param name="shape">What it is in RESP3; null: what it is in RESP2.</param>
    /// <param name="nullIsArray">Whether a null stands for an array, in RESP2.</param>
    public ReplyForm FormOf(RespShape? shape = null, bool nullIsArray = false)
    {
        if (!IsResp3) return nullIsArray ? ReplyForm.Resp2Array : ReplyForm.Resp2;
        return shape is null ? ReplyForm.Resp3 : new ReplyForm(IsResp3: true, Shape: shape);
    }

    /// <summary>Makes a command of what a client asked for, with what its connection stands for.</summary>
    public RedisCommand CommandOf(string name, RedisValue[] arguments) =>
        _settings.Delivery == DeliveryMode.ExactlyOnce
            ? WithOptions(RedisCommand.Owning(name, arguments))
            : RedisCommand.Owning(name, arguments, _connection.Database, _settings.Delivery);

    /// <summary>The same of what is a command already.</summary>
    public RedisCommand WithOptions(RedisCommand command) =>
        _connection.Database is null && _settings.Delivery is null
            ? command
            : command with { Database = _connection.Database, Delivery = DoorDelivery.Of(_settings.Delivery, command, _settings.IsCluster) };

    /// <inheritdoc cref="DoorConnection.IsSelected"/>
    public bool IsSelected(RedisValue[] arguments) => _connection.IsSelected(arguments);

    /// <summary>Gives a command to the server, together with those that follow in what the client has written.</summary>
    public void Tell(RedisCommand command, IActorRef sender)
    {
        if (_first is not { } first)
        {
            _first = (command, sender);
            return;
        }

        if (_gathered is null)
        {
            _gathered = new CommandBatch();
            _gathered.Add(first.Command, first.Sender);
        }

        _gathered.Add(command, sender);
        if (_gathered.IsFull) SendGathered();
    }

    /// <summary>Goes on with what the client has written since.</summary>
    public void Resume(Action act)
    {
        lock (_receiving)
        {
            try
            {
                act();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                OnUnforeseen(error);
            }
            finally
            {
                SendGathered();
            }
        }
    }

    /// <summary>What nobody foresaw costs this connection, and not the thread, which is somebody else's.</summary>
    private void OnUnforeseen(Exception error)
    {
        _settings.System.Log.Error(error, "A request failed in the front door; its connection is closed.");
        Close();
    }

    private void SendGathered()
    {
        if (_first is not { } only) return;
        var batch = _gathered;
        (_first, _gathered) = (null, null);
        if (batch is null) _settings.Redis.Tell(only.Command, only.Sender);
        else _settings.Redis.Tell(batch);
    }

    private void OnRequest(ReadOnlySpan<byte> name, RedisValue[] arguments)
    {
        if (Replies.IsEnding) return;
        var command = DoorCommand.Find(name);
        if (!_transaction.Holds(command, arguments)) OnRequest(command, arguments);
        if (Replies.IsFull) _reader.Stop();
    }

    /// <summary>Does what a client asked for.</summary>
    public void OnRequest(DoorCommand command, RedisValue[] arguments)
    {
        if (command.Action == DoorAction.Pass && _connection.HasLoggedIn && _handshake is null)
        {
            Tell(CommandOf(command.Name, arguments), AddReplyTo(command, arguments));
            return;
        }

        if (!_connection.HasLoggedIn && command.Action is not (DoorAction.Auth or DoorAction.Hello or DoorAction.Quit or DoorAction.Reset))
        {
            Answer(RespValue.Error("NOAUTH Authentication required."));
            return;
        }

        if (_handshake is not null && TakeHandshake(command, arguments)) return;
        switch (command.Action)
        {
            case DoorAction.Auth:
                _connection.OnAuth(command, arguments);
                break;
            case DoorAction.Hello:
                _connection.OnHello(arguments);
                break;
            case DoorAction.Select:
                _connection.OnSelect(command, arguments);
                break;
            case DoorAction.Client when _connection.OnClient(arguments):
                break;
            case DoorAction.Ping when Subscriptions.IsSubscribed && !IsResp3 && arguments.Length < 2:
                Answer(RespValue.Array(Text("pong"), RespValue.BulkString(arguments.Length == 0 ? RedisValue.EmptyString : arguments[0])));
                break;
            case DoorAction.Quit:
                Answer(Ok);
                _transaction.Forget();
                Replies.End();
                break;
            case DoorAction.Unknown:
                AnswerUnknown(command);
                break;
            case DoorAction.Reset:
                _transaction.Reset();
                Subscriptions.Reset();
                _connection.Reset();
                Answer(RespValue.SimpleString("RESET"));
                break;
            case DoorAction.Multi or DoorAction.Exec or DoorAction.Discard or DoorAction.Watch or DoorAction.Unwatch:
                _transaction.OnRequest(command, arguments);
                break;
            case DoorAction.Subscribe or DoorAction.PSubscribe or DoorAction.SSubscribe:
                if (arguments.Length == 0) AnswerWrongNumber(command);
                else Subscriptions.Subscribe(command, arguments);
                break;
            case DoorAction.Unsubscribe or DoorAction.PUnsubscribe or DoorAction.SUnsubscribe:
                Subscriptions.Unsubscribe(command, arguments);
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
        AddReply(IsResp3 ? RespShapes.Of(command.Name, arguments) : null, command.NullIsArray);

    public void AnswerWrongNumber(DoorCommand command) =>
        Answer(RespValue.Error($"ERR wrong number of arguments for '{command.Name.ToLowerInvariant()}' command"));

    public void AnswerUnknown(DoorCommand command) => Answer(RespValue.Error($"ERR unknown command '{command.Name}'"));

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

    private static RespValue Text(string text) => RespValue.BulkString(text);
}
