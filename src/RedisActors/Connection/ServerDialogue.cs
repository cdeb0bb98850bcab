namespace RedisActors.Connection;

/// <summary>
/// A <see cref="RespConversation"/> with a server that this client is configured for: with TLS and AUTH as the settings say, and
/// with failures told in words that say what to fix.
/// </summary>
internal static class ServerDialogue
{
    /// <summary>
    /// Opens a conversation, asks everything in one write, lets the caller read the answers, and ends it. Throws
    /// <see cref="RedisLinkException"/> where the server is not there or goes away, and <see cref="MisconfiguredException"/> where
    /// the two do not fit together and waiting will not help.
    /// </summary>
    public static Task<T> HoldAsync<T>(
        ServerAddress server,
        ServerAccess access,
        IReadOnlyList<string[]> questions,
        Func<RespConversation, Task<T>> listen,
        CancellationToken cancellation) =>
        BeginAsync(
            server,
            access,
            questions,
            async conversation =>
            {
                using (conversation) return await listen(conversation).ConfigureAwait(false);
            },
            cancellation);

    /// <summary>The same, but the conversation goes on, and is the caller's, when it has read the answers.</summary>
    public static async Task<T> BeginAsync<T>(
        ServerAddress server,
        ServerAccess access,
        IReadOnlyList<string[]> questions,
        Func<RespConversation, Task<T>> listen,
        CancellationToken cancellation)
    {
        RespConversation? conversation = null;
        try
        {
            conversation = access.Tls is null
                ? await RespConversation.OpenAsync(server, null, cancellation).ConfigureAwait(false)
                : await TlsMismatch.OpenAsync(server, access.Tls, cancellation).ConfigureAwait(false);
            await conversation.SendAsync(access.Auth is { } auth ? [auth, .. questions] : questions, cancellation).ConfigureAwait(false);
            if (access.Auth is not null)
            {
                var welcome = await conversation.ReadAsync(cancellation).ConfigureAwait(false);
                if (welcome.Kind == RespKind.Error) throw ServerRefusal.OfAuth(server, access, welcome.AsString()!);
            }

            return await listen(conversation).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            conversation?.Dispose();
            switch (error)
            {
                case ConversationEndedException when await TlsMismatch.ExplainAsync(server, access.Tls, cancellation).ConfigureAwait(false) is { } mismatch:
                    throw new MisconfiguredException(mismatch, error);
                case ConversationEndedException:
                    throw new RedisLinkException($"{server}: {error.Message}", error);
                case TlsRefusedException:
                    throw new MisconfiguredException($"TLS with {server} failed: {error.Message}", error);
                case NotRespException:
                    throw ServerRefusal.NotRedis(server, access, error.Message);
                default:
                    throw;
            }
        }
    }
}
