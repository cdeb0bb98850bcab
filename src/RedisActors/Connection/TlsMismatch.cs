namespace RedisActors.Connection;

/// <summary>Finds out that one of the two sides speaks TLS and the other does not; neither says so by itself.</summary>
internal static class TlsMismatch
{
    /// <summary>How long a server may ponder a greeting until it is asked whether it speaks TLS at all.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Opens a conversation with TLS. A Redis without TLS takes the greeting for a command whose end it waits for, and says
    /// nothing; asked in plain it answers.
    /// </summary>
    public static async Task<RespConversation> OpenAsync(ServerAddress server, TlsTrust tls, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var encrypted = RespConversation.OpenAsync(server, tls, enough.Token);
        var plain = SpeaksPlainAsync(server, encrypted, enough.Token);
        try
        {
            if (await Task.WhenAny(encrypted, plain).ConfigureAwait(false) == plain && await plain.ConfigureAwait(false))
            {
                FirstSuccess.Discard(encrypted);
                throw new TlsRefusedException("the server does not speak TLS at this port; set tls.enabled = off, or its tls-port");
            }

            return await encrypted.ConfigureAwait(false);
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Why a conversation may have ended before it began; null: not because of TLS.</summary>
    public static async Task<string?> ExplainAsync(ServerAddress server, TlsTrust? tls, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            if (tls is not null) return await HearRefusalAsync(server, tls, limit.Token).ConfigureAwait(false);
            using var conversation = await RespConversation.OpenAsync(server, TlsTrust.Anybody, limit.Token).ConfigureAwait(false);
            return $"{server} speaks TLS and this client does not: set tls.enabled = on";
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
        catch (RedisLinkException)
        {
            return null;
        }
    }

    /// <summary>
    /// A server judges the client's certificate after the handshake, and closes. What it says to that is lost where something was
    /// sent to it meanwhile; so somebody has to come who only listens.
    /// </summary>
    private static async Task<string?> HearRefusalAsync(ServerAddress server, TlsTrust tls, CancellationToken cancellation)
    {
        try
        {
            using var conversation = await RespConversation.OpenAsync(server, tls, cancellation).ConfigureAwait(false);
            await conversation.ReadAsync(cancellation).ConfigureAwait(false);
            return null;
        }
        catch (TlsRefusedException error)
        {
            return $"TLS with {server} failed: {error.Message} (tls.certificate-file, tls.key-file)";
        }
    }

    private static async Task<bool> SpeaksPlainAsync(ServerAddress server, Task encrypted, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(encrypted, Task.Delay(Patience, cancellation)).ConfigureAwait(false);
            if (encrypted.IsCompleted) return false;
            using var conversation = await RespConversation.OpenAsync(server, null, cancellation).ConfigureAwait(false);
            await conversation.SendAsync([["PING"]], cancellation).ConfigureAwait(false);
            await conversation.ReadAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is RedisLinkException or OperationCanceledException)
        {
            return false;
        }
    }
}
