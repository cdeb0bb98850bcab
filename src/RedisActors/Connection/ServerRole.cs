using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>What a server is in its replication, in its own words.</summary>
internal enum ServerRole
{
    /// <summary>It may be written to, or it does not permit the question.</summary>
    Primary,

    /// <summary>It follows another one.</summary>
    Replica,

    /// <summary>It keeps no data but watches those that do.</summary>
    Sentinel,

    /// <summary>Its answer is not a role: whoever answers is no Redis server, or answers another question.</summary>
    Unknown,
}

/// <summary>Reads the answers to <c>ROLE</c>, https://redis.io/docs/latest/commands/role/.</summary>
internal static class ServerRoles
{
    /// <summary>The role. A server that answers with an error, since its ACL forbids the question, is taken for a primary.</summary>
    public static ServerRole Parse(in RespValue answer)
    {
        if (answer.Kind == RespKind.Error) return ServerRole.Primary;
        if (answer.Kind != RespKind.Array || answer.AsArray() is not [{ Kind: not RespKind.Array } role, ..]) return ServerRole.Unknown;
        return role.AsString() switch
        {
            "master" => ServerRole.Primary,
            "slave" => ServerRole.Replica,
            "sentinel" => ServerRole.Sentinel,
            _ => ServerRole.Unknown,
        };
    }

    /// <summary>Whether a server of this role will do.</summary>
    public static bool Serves(this ServerRole role, RequiredRole required) =>
        role == ServerRole.Primary || (role == ServerRole.Replica && required == RequiredRole.Any);
}

/// <summary>Asks the server of a link whether it is there, and whether it is still what is wanted.</summary>
internal static class RoleCheck
{
    /// <summary>What the server is asked: for its role where that matters.</summary>
    public static string QuestionFor(RequiredRole required) => required == RequiredRole.Primary ? "ROLE" : "PING";

    /// <summary>
    /// Asks, and answers whether the server has the role that it must have. An error is an answer too. Throws
    /// <see cref="RedisLinkException"/> where the link brings none, or one that is not a role.
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

        if (required == RequiredRole.Any) return true;
        var role = ServerRoles.Parse(answer);
        return role != ServerRole.Unknown
            ? role == ServerRole.Primary
            : throw new RedisLinkException("the server answers ROLE with something that is not a role");
    }
}
