using StackExchange.Redis;

namespace RedisActors.Multiplexer;

/// <summary>
/// Answers what StackExchange.Redis asks about a server before it takes a connection for established, in the server's place, which may be
/// away. It is told of one server that stands alone, so that it sends everything through this door; what is behind it is the
/// <see cref="RedisActor"/>'s affair.
/// </summary>
/// <param name="version">The server's version; null: nobody knows it.</param>
/// <param name="databases">How many databases it has; null: nobody knows.</param>
internal sealed class DoorHandshake(string? version, long? databases)
{
    /// <summary>What the client may ask of a server of an unknown version; a server that knows less says so itself.</summary>
    private const string AssumedVersion = "7.2.0";

    private const string Role = "# Replication\r\nrole:master\r\n";

    private static readonly RespValue None = RespValue.Error("ERR unknown command");

    public static string VersionOf(DoorHandshake? handshake) => handshake?.Version ?? AssumedVersion;

    private string Version => version ?? AssumedVersion;

    /// <summary>Answers a question of the handshake. False: it is about the connection.</summary>
    public bool TryAnswer(FrontDoor door, DoorCommand command, RedisValue[] arguments)
    {
        switch (command.Name)
        {
            case "HELLO" or "AUTH" or "CLIENT" or "SELECT":
                return false;
            case "INFO":
                door.Answer(RespValue.BulkString(arguments is [var section] && section == "replication" ? Role : $"# Server\r\nredis_version:{Version}\r\nredis_mode:standalone\r\n{Role}"));
                return true;
            case "CONFIG" when databases is { } count && arguments is [_, var parameter] && parameter == "databases":
                door.Answer(RespValue.Array(RespValue.BulkString(parameter), RespValue.BulkString(count)));
                return true;
            case "PING":
                door.Answer(RespValue.SimpleString("PONG"));
                return true;
            default:
                door.Answer(None);
                return true;
        }
    }

    /// <summary>Once established, it asks for the role again.</summary>
    public bool TryAnswerLast(FrontDoor door, DoorCommand command, RedisValue[] arguments)
    {
        if (command.Name != "INFO" || arguments is not [var section] || section != "replication") return false;
        door.Answer(RespValue.BulkString(Role));
        return true;
    }
}
