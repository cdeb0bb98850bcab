using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Connection;

/// <summary>
/// Makes the connection of a dead link harmless on the server, so that nothing that still sits in its socket is executed after
/// what is sent on the new link.
/// </summary>
/// <remarks>
/// <c>CLIENT KILL ID n ADDR a</c> ends the client for which both hold. The number alone is not enough: a server that restarted
/// counts from 1 again, and the number may belong to a stranger by then.
/// https://redis.io/docs/latest/commands/client-kill/
/// </remarks>
internal static class Fence
{
    private static readonly TimeSpan BusyWait = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Ends that connection. Answers null when it is ended or was no longer there, otherwise why it could not be: the ACL
    /// forbids <c>CLIENT KILL</c>, mostly. A server that says "not now", since a script keeps it busy, is asked until it does it.
    /// </summary>
    public static async Task<string?> RaiseAsync(IRedisLink link, ClientIdentity former, CancellationToken cancellation)
    {
        if (former.Address is null) return "the server did not tell this client its own id and address";
        while (true)
        {
            try
            {
                await LinkQuery.AskAsync(link, "CLIENT", ["KILL", "ID", former.Id, "ADDR", former.Address], cancellation)
                    .ConfigureAwait(false);
                return null;
            }
            catch (ServerErrorException error) when (RetryableErrors.Classify(error.Message) == ServerErrorKind.Retry)
            {
                await Task.Delay(BusyWait, cancellation).ConfigureAwait(false);
            }
            catch (ServerErrorException error)
            {
                return error.Message;
            }
        }
    }
}
