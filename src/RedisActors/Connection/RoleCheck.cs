using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Asks the server of a link whether it is there, and whether it is still what is wanted.</summary>
internal static class RoleCheck
{
    /// <summary>What the server is asked: for its role where that matters.</summary>
    public static string QuestionFor(RequiredRole required) => required == RequiredRole.Primary ? "ROLE" : "PING";

    /// <summary>
    /// Asks. An error is an answer too. Throws <see cref="RedisLinkException"/> where the link brings none, or the server has
    /// another role than it must have.
    /// </summary>
    public static async Task AskAsync(IRedisLink link, RequiredRole required, CancellationToken cancellation)
    {
        RespValue answer;
        try
        {
            answer = await LinkQuery.AskAsync(link, QuestionFor(required), [], cancellation).ConfigureAwait(false);
        }
        catch (ServerErrorException)
        {
            return;
        }

        if (required == RequiredRole.Primary && ServerRoles.Parse(answer) != ServerRole.Primary)
        {
            throw new RedisLinkException("the server has become a replica");
        }
    }
}
