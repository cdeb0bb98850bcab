using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>Reads from StackExchange.Redis' exceptions what is certain about a request and what is not.</summary>
internal static class StackExchangeErrors
{
    public static void Tell(LinkRequest request, Exception error)
    {
        switch (error)
        {
            case RedisServerException server:
                request.Reject(server.Message);
                break;

            case RedisConnectionException or RedisTimeoutException or ObjectDisposedException or OperationCanceledException:
                request.Fail(new LinkFault(IsCertainlyNotSent(error), FirstLine(error)));
                break;

            case RedisCommandException or ArgumentException or InvalidCastException or NotSupportedException or InvalidOperationException:
                request.Refuse(FirstLine(error));
                break;

            default:
                request.Fail(new LinkFault(false, $"{error.GetType().Name}: {FirstLine(error)}"));
                break;
        }
    }

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
