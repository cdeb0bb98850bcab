using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Turns what StackExchange.Redis makes of a server's reply into ours.</summary>
internal static partial class StackExchangeReply
{
    /// <summary>Tells a request its reply, which has come.</summary>
    public static void Tell(LinkRequest request, Task reply)
    {
        RespValue value;
        try
        {
            value = reply switch
            {
                Task<RedisValue> text => RespValue.BulkString(text.Result),
                Task<bool> answer => TypedCommands.ReplyOf(request.Name, answer.Result),
                Task<long> number => RespValue.Integer(number.Result),
                Task<RespValue> transaction => transaction.Result,
                _ => ToRespValue(((Task<RedisResult>)reply).Result),
            };
        }
        catch (Exception error)
        {
            request.Garble($"StackExchange.Redis cannot read it: {error.Message}");
            return;
        }

        request.Succeed(value);
    }

    /// <summary>Whether the client's exception is the server's error, and if so, in which words.</summary>
    public static bool IsServerError(Exception error, out string words)
    {
        words = error.Message;
        if (error is not (RedisServerException or RedisConnectionException { FailureType: ConnectionFailureType.UnableToConnect })) return false;
        if (Redirect().Match(error.Message) is not { Success: true } redirect) return error is RedisServerException;
        words = $"{(redirect.Groups["ask"].Success ? "ASK" : "MOVED")} {redirect.Groups["slot"].Value} {Node(redirect.Groups["node"].Value)}";
        return true;
    }

    /// <summary>Whether the server has answered, and the client cannot read the answer.</summary>
    public static bool IsUnreadable(Exception error) =>
        error is RedisConnectionException { FailureType: ConnectionFailureType.ProtocolFailure }
        && error.Message.StartsWith("Unexpected response to ", StringComparison.Ordinal);

    /// <summary>Whether the client has refused to write the request: it says so before the first byte.</summary>
    public static bool IsRefusal(Exception error) =>
        error is RedisCommandException or ArgumentException or InvalidCastException or NotSupportedException;

    /// <summary>The first line of the client's words, without the counters that it adds.</summary>
    public static string FirstLine(Exception error)
    {
        var message = error.Message.AsSpan();
        var end = message.IndexOfAny('\r', '\n');
        return end < 0 ? error.Message : message[..end].ToString();
    }

    /// <summary>Why the client has given the connection up, without the counters that it adds.</summary>
    public static string WhyLost(Exception? error) => error switch
    {
        null or OperationCanceledException or ObjectDisposedException => "StackExchange.Redis has closed the connection",
        RedisConnectionException { FailureType: ConnectionFailureType.ProtocolFailure } => "the server does not keep to the protocol",
        RedisConnectionException failure when failure.GetBaseException() is not RedisException =>
            $"StackExchange.Redis has closed the connection: {failure.GetBaseException().Message}",
        RedisConnectionException failure => $"StackExchange.Redis has closed the connection ({failure.FailureType})",
        _ => $"StackExchange.Redis failed: {error.GetBaseException().Message}",
    };

    /// <summary>
    /// What the client says in place of the server's <c>MOVED</c> and <c>ASK</c> when it does not follow them; the last is where
    /// the node has no name that can be connected to.
    /// </summary>
    [GeneratedRegex(
        @"^(?:Key has MOVED to Endpoint (?<node>\S+) and hashslot (?<slot>\d+) |(?<ask>Endpoint) (?<node>\S+) serving hashslot (?<slot>\d+) "
        + @"|The server redirected hashslot (?<slot>\d+) to '(?<node>[^']*)')")]
    private static partial Regex Redirect();

    /// <summary>A node as the server writes it: a name bears no family, and an IPv6 address no brackets.</summary>
    private static string Node(string endpoint)
    {
        var name = endpoint.IndexOf('/') + 1;
        return endpoint[name..].Replace("[", string.Empty, StringComparison.Ordinal).Replace("]", string.Empty, StringComparison.Ordinal);
    }

    /// <summary>What the server replied.</summary>
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
}
