using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// What a client has made of its connection, as a server would keep it: whether it has logged in, the protocol, the database, the name.
/// </summary>
/// <param name="settings">The settings of the door.</param>
/// <param name="door">The door, which answers.</param>
/// <param name="reader">Takes little from a client that has not logged in.</param>
internal sealed class DoorConnection(DoorSettings settings, FrontDoor door, RequestReader reader)
{
    private static readonly RespValue Ok = RespValue.SimpleString("OK");

    private static long _lastId;

    private readonly long _id = Interlocked.Increment(ref _lastId);
    private string? _name;

    /// <summary>Whether the client may ask for anything.</summary>
    public bool HasLoggedIn { get; private set; }

    /// <summary>Whether the client has asked for RESP3.</summary>
    public bool IsResp3 { get; private set; }

    /// <summary>The database that the client has selected; null: the connection's own.</summary>
    public int? Database { get; private set; }

    /// <summary>As a client finds it that has just connected.</summary>
    public void Reset()
    {
        Database = null;
        _name = null;
        IsResp3 = false;
        HasLoggedIn = settings.Password is null;
        reader.IsTrusted = HasLoggedIn;
    }

    /// <summary>Whether a <c>SELECT</c> would change nothing.</summary>
    public bool IsSelected(RedisValue[] arguments) =>
        arguments is [var word] && word.TryParse(out int number) && number == (Database ?? settings.Database);

    /// <summary><c>AUTH [user] password</c>.</summary>
    public void OnAuth(DoorCommand command, RedisValue[] arguments)
    {
        if (arguments.Length is not (1 or 2)) door.AnswerWrongNumber(command);
        else if (TryLogIn(arguments.Length == 2 ? arguments[0] : "default", arguments[^1], out var refusal)) door.Answer(Ok);
        else door.Answer(refusal);
    }

    private bool TryLogIn(RedisValue user, RedisValue word, out RespValue refusal)
    {
        refusal = RespValue.Error(settings.Password is null
            ? "ERR AUTH called without any password configured. Are you sure your configuration is correct?"
            : "WRONGPASS invalid username-password pair or user is disabled.");
        if (settings.Password is not { } password || user != "default" || !IsSame(word, password)) return false;
        HasLoggedIn = true;
        reader.IsTrusted = true;
        return true;
    }

    /// <summary>In the same time whatever the difference is.</summary>
    private static bool IsSame(RedisValue word, string password) =>
        CryptographicOperations.FixedTimeEquals(SHA256.HashData((byte[])word!), SHA256.HashData(Encoding.UTF8.GetBytes(password)));

    /// <summary><c>HELLO [version [AUTH user password] [SETNAME name]]</c>.</summary>
    public void OnHello(RedisValue[] arguments)
    {
        var resp3 = IsResp3;
        if (arguments.Length > 0)
        {
            if (!arguments[0].TryParse(out long version) || version is not (2 or 3))
            {
                door.Answer(RespValue.Error("NOPROTO unsupported protocol version"));
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
                    door.Answer(refusal);
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
                door.Answer(RespValue.Error("ERR Syntax error in HELLO option"));
                return;
            }
        }

        if (!HasLoggedIn)
        {
            door.Answer(RespValue.Error("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"));
            return;
        }

        _name = name;
        IsResp3 = resp3;
        door.Answer(RespValue.Array(
            Text("server"), Text("redis"), Text("version"), Text(DoorHandshake.VersionOf(settings.Handshake)), Text("proto"),
            RespValue.Integer(resp3 ? 3 : 2), Text("id"), RespValue.Integer(_id), Text("mode"), Text("standalone"), Text("role"), Text("master"),
            Text("modules"), RespValue.Array()), RespShape.Map);
    }

    /// <summary><c>SELECT number</c>.</summary>
    public void OnSelect(DoorCommand command, RedisValue[] arguments)
    {
        if (arguments.Length != 1) door.AnswerWrongNumber(command);
        else if (!arguments[0].TryParse(out int number)) door.Answer(RespValue.Error("ERR value is not an integer or out of range"));
        else if (number < 0) door.Answer(RespValue.Error("ERR DB index is out of range"));
        else if (settings.IsCluster && number != 0) door.Answer(RespValue.Error("ERR SELECT is not allowed in cluster mode"));
        else
        {
            Database = number == settings.Database ? null : number;
            door.Answer(Ok);
        }
    }

    /// <summary>What concerns this connection, which the server does not know. False: it concerns the server.</summary>
    public bool OnClient(RedisValue[] arguments)
    {
        switch (arguments.Length)
        {
            case 2 when Is(arguments[0], "SETNAME"):
                _name = arguments[1];
                door.Answer(Ok);
                return true;
            case 3 when Is(arguments[0], "SETINFO"):
                door.Answer(Ok);
                return true;
            case 1 when Is(arguments[0], "GETNAME"):
                door.Answer(string.IsNullOrEmpty(_name) ? RespValue.Null : Text(_name));
                return true;
            case 1 when Is(arguments[0], "ID"):
                door.Answer(RespValue.Integer(_id));
                return true;
            default:
                return false;
        }
    }

    private static bool Is(RedisValue argument, string word) => string.Equals(argument, word, StringComparison.OrdinalIgnoreCase);

    private static RespValue Text(string text) => RespValue.BulkString(text);
}
