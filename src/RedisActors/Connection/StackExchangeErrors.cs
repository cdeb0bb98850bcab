using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Reads from StackExchange.Redis' exceptions what is certain about a request and what is not.</summary>
internal static partial class StackExchangeErrors
{
    /// <summary>Tells a request why it got no reply. Answers what is wrong with the link, or null when the link is well.</summary>
    public static string? Tell(LinkRequest request, Exception error)
    {
        if (RedirectOf(error) is { } redirect)
        {
            request.Reject(redirect);
            return null;
        }

        var reason = FirstLine(error);
        switch (error)
        {
            case RedisServerException:
                request.Reject(error.Message);
                return null;

            case RedisCommandException when IsForReplica(error):
                request.Fail(new LinkFault(CertainlyNotSent: true, reason));
                return reason;

            case RedisCommandException or ArgumentException or InvalidCastException or NotSupportedException:
                request.Refuse(reason);
                return null;

            case RedisConnectionException { FailureType: ConnectionFailureType.ProtocolFailure }
                when error.Message.Contains("Unexpected response", StringComparison.Ordinal):
                request.Garble(reason);
                return null;

            default:
                request.Fail(new LinkFault(IsCertainlyNotSent(error), reason));
                return reason;
        }
    }

    /// <summary>The server's MOVED or ASK, from the words that the client has for them when it does not follow; null: it is neither.</summary>
    private static string? RedirectOf(Exception error)
    {
        if (error is not (RedisServerException or RedisConnectionException)) return null;
        if (Redirect().Match(error.Message) is not { Success: true } words) return null;
        return $"{(words.Groups["moved"].Success ? "MOVED" : "ASK")} {words.Groups["slot"].Value} {words.Groups["node"].Value}";
    }

    [GeneratedRegex(
        @"^(?:(?<moved>Key has MOVED to) Endpoint (?<node>\S+) and|Endpoint (?<node>\S+) serving) hashslot (?<slot>\d+) ")]
    private static partial Regex Redirect();

    /// <summary>The client has noticed that its server became a replica, and does not even ask it.</summary>
    private static bool IsForReplica(Exception error) =>
        error.Message.StartsWith("Command cannot be issued to a", StringComparison.Ordinal);

    /// <summary>
    /// Only where the client found no connection to write to, and before it tried. A message that "waits to be sent" at any
    /// other failure may have been written in part or in whole: the client marks it as sent after the write.
    /// </summary>
    private static bool IsCertainlyNotSent(Exception error) => error
        is ObjectDisposedException
        or RedisConnectionException
        {
            FailureType: ConnectionFailureType.UnableToResolvePhysicalConnection,
            CommandStatus: CommandStatus.WaitingToBeSent,
        };

    /// <summary>The first clause of the client's messages; behind it come dozens of counters.</summary>
    public static string FirstLine(Exception error)
    {
        var message = error.Message.AsSpan();
        var end = message.IndexOfAny('\r', '\n');
        if (end >= 0) message = message[..end];
        end = message.IndexOf(", origin:", StringComparison.Ordinal);
        if (end >= 0) message = message[..end];
        return message.Length > 200 ? $"{message[..200]}…" : message.ToString();
    }
}
