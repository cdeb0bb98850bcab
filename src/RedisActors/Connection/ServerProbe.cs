using System.Globalization;

namespace RedisActors.Connection;

/// <summary>
/// Finds out what a server is: a connection, the handshakes that the settings ask for, PING and ROLE in one go, and a glance at the
/// answers.
/// </summary>
internal static class ServerProbe
{
    /// <summary>
    /// Waits until the server answers, for as long as it takes or the token allows, and tells its role. An error will do as an
    /// answer where it does not refuse this client. Throws <see cref="RedisLinkException"/> where there is no server, or none that
    /// works yet, and <see cref="MisconfiguredException"/> where waiting will not help.
    /// </summary>
    public static Task<ServerRole> AskAsync(ServerAddress server, ServerAccess access, CancellationToken cancellation) =>
        ServerDialogue.HoldAsync(
            server,
            access,
            access.Database == 0
                ? [["PING"], ["ROLE"]]
                : [["PING"], ["ROLE"], ["SELECT", access.Database.ToString(CultureInfo.InvariantCulture)]],
            async conversation =>
            {
                var pong = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
                if (pong.Kind == RespKind.Error
                    && ServerRefusal.OfQuestion(server, access, "PING", pong.AsString()!) is { } refusal)
                {
                    throw refusal;
                }

                var role = ServerRoles.Parse(await conversation.ReadAsync(cancellation).ConfigureAwait(false));
                if (access.Database != 0) await CheckDatabaseAsync(conversation, server, access, cancellation).ConfigureAwait(false);
                return role;
            },
            cancellation);

    /// <summary>
    /// StackExchange.Redis does not look at the answer to its SELECT: where that is refused, the commands would run in database 0.
    /// </summary>
    private static async Task CheckDatabaseAsync(
        RespConversation conversation, ServerAddress server, ServerAccess access, CancellationToken cancellation)
    {
        var selected = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
        if (selected.Kind == RespKind.Error) throw ServerRefusal.OfDatabase(server, access, selected.AsString()!);
    }
}
