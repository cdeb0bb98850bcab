namespace RedisActors.Connection;

/// <summary>
/// Makes the connection of a dead link harmless on the server, so that nothing that still sits in its socket is executed after
/// what is sent on the new link.
/// </summary>
/// <remarks>https://redis.io/docs/latest/commands/client-kill/: <c>CLIENT KILL ID</c> answers with the number of clients killed.</remarks>
internal static class Fence
{
    /// <summary>
    /// Ends the connection with this number. Answers null when it is ended or was no longer there, otherwise why it could not
    /// be: the ACL forbids <c>CLIENT KILL</c>, mostly.
    /// </summary>
    public static async Task<string?> RaiseAsync(IRedisLink link, long clientId, CancellationToken cancellation)
    {
        try
        {
            await LinkQuery.AskAsync(link, "CLIENT", ["KILL", "ID", clientId], cancellation).ConfigureAwait(false);
            return null;
        }
        catch (ServerErrorException error)
        {
            return error.Message;
        }
    }
}
