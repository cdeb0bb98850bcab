using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Asks the server of a link whether it is there, and whether it is still what is wanted.</summary>
internal static class RoleCheck
{
    /// <summary>What the server is asked: for its role where that matters.</summary>
    public static string QuestionFor(RequiredRole required) => required == RequiredRole.Primary ? "ROLE" : "PING";

    /// <summary>
    /// Asks, and answers whether the server has the role that it must have. An error is an answer too. Throws
    /// <see cref="RedisLinkException"/> where the link brings none.
    /// </summary>
    public static async Task<bool> AskAsync(IRedisLink link, RequiredRole required, CancellationToken cancellation)
    {
        RespValue answer;
        try
        {
            answer = await LinkQuery.AskAsync(link, QuestionFor(required), [], cancellation).ConfigureAwait(false);
        }
        catch (ServerErrorException)
        {
            return true;
        }

        return required == RequiredRole.Any || ServerRoles.Parse(answer) == ServerRole.Primary;
    }
}
