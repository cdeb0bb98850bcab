using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// The commands that everybody uses, by the client's methods for them: these make fewer objects, and write and read faster, than its
/// <c>ExecuteAsync</c>, for the same bytes on the wire. What they make of the reply is turned back into what the server said.
/// </summary>
internal static class TypedCommands
{
    private const CommandFlags Flags = CommandFlags.NoRedirect;
    private const string Set = "SET";

    private static readonly RespValue Ok = RespValue.SimpleString("OK");

    /// <summary>Hands a command to the client's method for it; null: there is none that sends exactly this.</summary>
    public static Task? Send(IDatabase database, string name, RedisValue[] arguments) => (arguments.Length, name.Length) switch
    {
        (1, 3) when Is(name, "GET") && TryKey(arguments[0], out var key) => database.StringGetAsync(key, Flags),
        (1, 4) when Is(name, "INCR") && TryKey(arguments[0], out var key) => database.StringIncrementAsync(key, 1, Flags),
        (2, 3) when Is(name, Set) && TryKey(arguments[0], out var key) => database.StringSetAsync(key, arguments[1], flags: Flags),
        (2, 4) when Is(name, "HGET") && TryKey(arguments[0], out var key) => database.HashGetAsync(key, arguments[1], Flags),
        (3, 4) when Is(name, "HSET") && TryKey(arguments[0], out var key) => database.HashSetAsync(key, arguments[1], arguments[2], flags: Flags),
        _ => null,
    };

    /// <summary>What the server answered to a command of which the client says yes or no: <c>SET</c> as a status, <c>HSET</c> as a number.</summary>
    public static RespValue ReplyOf(string name, bool answer)
    {
        if (!Is(name, Set)) return RespValue.Integer(answer ? 1 : 0);
        return answer ? Ok : RespValue.Null;
    }

    private static bool Is(string name, string command) => name.Equals(command, StringComparison.OrdinalIgnoreCase);

    /// <summary>A key of text or bytes; what is written for another one is not for this class to say.</summary>
    private static bool TryKey(RedisValue argument, out RedisKey key)
    {
        switch (argument.Box())
        {
            case string text:
                key = text;
                return true;
            case byte[] bytes:
                key = bytes;
                return true;
            default:
                key = default;
                return false;
        }
    }
}
