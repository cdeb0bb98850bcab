using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>
/// What differs between the major versions of StackExchange.Redis that the library compiles against: 3.x, with which it ships,
/// and 1.2.6. The one file that knows.
/// </summary>
internal static partial class StackExchangeVersion
{
#if STACKEXCHANGE_REDIS_1
    /// <summary>Version 1 opens IPv4 sockets whatever the address is.</summary>
    public const bool SupportsIPv6 = false;

    private static readonly SocketManager SharedSockets = new("RedisActors");
    private static readonly Type ArrayResult = typeof(RedisResult).Assembly.GetType("StackExchange.Redis.RedisResult+ArrayRedisResult", true)!;

    public static void Configure(ConfigurationOptions options)
    {
        // Otherwise each multiplexer starts, and has to end, socket threads of its own.
        options.SocketManager = SharedSockets;
    }

    /// <summary>
    /// Version 1 knows AUTH with a password alone, and ends a connection whose first questions are answered with NOAUTH, so that
    /// there is no later moment for naming the user either.
    /// </summary>
    public static void LogIn(ConfigurationOptions options, RedisCredentials credentials)
    {
        if (credentials.User is not (null or "default"))
        {
            throw new MisconfiguredException(
                $"the user '{credentials.User}' needs StackExchange.Redis 2 or later: version 1 logs in as the default user only");
        }

        options.Password = credentials.Password;
    }

    /// <summary>
    /// Version 1 hands over MOVED and ASK as they are where they lead to the server that they come from; otherwise it connects
    /// there, or says something that is the same for both. So they lead there always.
    /// </summary>
    public static bool StaysWhereItIs(object own, object? other) => other is System.Net.IPEndPoint or System.Net.DnsEndPoint;

    /// <summary>Nothing has to be read from its words: they are the server's.</summary>
    public static string? RedirectOf(Exception error) => null;

    /// <summary>The bytes that a value holds.</summary>
    public static int EstimateBytes(RedisValue value) =>
        value.IsNullOrEmpty ? 0 : value.IsInteger ? sizeof(long) : ((byte[])value!).Length;

    /// <summary>A value as an object that the client reads as that value.</summary>
    public static object? Box(RedisValue value) => value;

    /// <summary>Version 1 does not say whether a string was a status, so it is a string of bytes here.</summary>
    public static RespValue ToRespValue(RedisResult result)
    {
        if (result.IsNull) return RespValue.Null;
        if (result.GetType() == ArrayResult)
        {
            return RespValue.ArrayOf(Array.ConvertAll((RedisResult[])result!, static item => ToItem(item)));
        }

        var value = (RedisValue)result;
        return value.IsInteger ? RespValue.Integer((long)value) : RespValue.BulkString(value);
    }

    private static RespValue ToItem(RedisResult item)
    {
        try
        {
            return ToRespValue(item);
        }
        catch (RedisServerException error)
        {
            return RespValue.Error(error.Message);
        }
    }
#else
    public const bool SupportsIPv6 = true;

    public static void Configure(ConfigurationOptions options)
    {
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.Protocol = RedisProtocol.Resp2;

        // Deadlines are kept by the command actor, which knows how to end a command truthfully; the client keeps none.
        options.AsyncTimeout = int.MaxValue;

        // The library says what it is called itself.
        options.SetClientLibrary = false;

        // The slot that a node of a cluster does not have is read from the client's words.
        options.IncludeDetailInExceptions = true;
    }

    /// <summary>Version 3 connects anew where a MOVED leads to the server that it comes from; so it never does.</summary>
    public static bool StaysWhereItIs(object own, object? other) => ReferenceEquals(own, other);

    /// <summary>
    /// The server's MOVED or ASK, from the words that version 3 has for them when it does not follow; null: it is neither.
    /// </summary>
    public static string? RedirectOf(Exception error)
    {
        if (error is not (RedisServerException or RedisConnectionException)) return null;
        if (Redirect().Match(error.Message) is not { Success: true } words) return null;
        return $"{(words.Groups["moved"].Success ? "MOVED" : "ASK")} {words.Groups["slot"].Value} {words.Groups["node"].Value}";
    }

    [System.Text.RegularExpressions.GeneratedRegex(
        @"^(?:(?<moved>Key has MOVED to) Endpoint (?<node>\S+) and|Endpoint (?<node>\S+) serving) hashslot (?<slot>\d+) ")]
    private static partial System.Text.RegularExpressions.Regex Redirect();

    public static void LogIn(ConfigurationOptions options, RedisCredentials credentials)
    {
        options.User = credentials.User;
        options.Password = credentials.Password;
    }

    public static int EstimateBytes(RedisValue value) => value.IsNullOrEmpty ? 0 : value.GetByteCount();

    /// <summary>A string or an array of bytes is its own object.</summary>
    public static object? Box(RedisValue value) => value.Box();

    public static RespValue ToRespValue(RedisResult result)
    {
        if (result.IsNull) return RespValue.Null;
        switch (result.Resp2Type)
        {
            case ResultType.Integer:
                return RespValue.Integer((long)result);
            case ResultType.SimpleString:
                return RespValue.SimpleString((RedisValue)result);
            case ResultType.Error:
                return RespValue.Error(result.ToString() ?? "ERR");
            case ResultType.Array:
                var items = new RespValue[result.Length];
                for (var i = 0; i < items.Length; i++) items[i] = ToRespValue(result[i]);
                return RespValue.ArrayOf(items);
            default:
                return RespValue.BulkString((RedisValue)result);
        }
    }
#endif
}
