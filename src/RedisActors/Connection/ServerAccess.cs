using System.Reflection;
using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>How one attempt gets in: who the client says it is, and TLS where there is some.</summary>
internal sealed record ServerAccess(RedisCredentials Credentials, TlsTrust? Tls)
{
    /// <summary>How many letters of a password, one after the other, count as a part of it.</summary>
    private const int TellingPart = 4;

    /// <summary>What stands before the names of the settings that this comes from.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>The logical database that the commands are for.</summary>
    public int Database { get; init; }

    /// <summary>What to say first; null: nothing.</summary>
    public string[]? Auth => Credentials switch
    {
        { User: null, Password: null } => null,
        { User: null } => ["AUTH", Credentials.Password],
        _ => ["AUTH", Credentials.User, Credentials.Password ?? string.Empty],
    };

    /// <summary>
    /// Whether a text of the server's may hold the password, or a part of it, because whoever wrote it repeats what was said to it,
    /// perhaps cut off or escaped.
    /// </summary>
    public bool MayShowSecret(string text)
    {
        if (Credentials.Password is not { Length: > 0 } password) return false;
        var length = Math.Min(password.Length, TellingPart);
        for (var i = 0; i + length <= password.Length; i++)
        {
            if (text.AsSpan().Contains(password.AsSpan(i, length), StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}

/// <summary>Finds out, for each attempt anew, how to get in.</summary>
internal sealed class ServerAccessSource(LinkSettings settings)
{
    private IRedisCredentialsProvider? _provider;
    private readonly RedisCredentials _configured = new(settings.Credentials.User, settings.Credentials.Password);
    private readonly Lock _gate = new();
    private Task<RedisCredentials>? _asking;
    private volatile ServerAccess? _latest;

    /// <summary>
    /// Asks the provider and reads the certificates. Throws <see cref="RedisLinkException"/> where the provider fails: it may do
    /// better the next time.
    /// </summary>
    public async Task<ServerAccess> RenewAsync(CancellationToken cancellation)
    {
        var credentials = settings.Credentials.CreateProvider is null ? _configured : await AskProviderAsync(cancellation).ConfigureAwait(false);
        var tls = await TlsTrust.LoadAsync(settings.Tls, _latest?.Tls, cancellation).ConfigureAwait(false);
        return _latest = new ServerAccess(credentials, tls) { Database = settings.Database };
    }

    /// <summary>
    /// Whether an attempt is worth making, as far as a look shows that gets in as the latest attempt did: something is found, or
    /// there is a failure that the log should tell of. Before there was such an attempt it always is.
    /// </summary>
    public async Task<bool> LookAsync(Func<ServerAccess, Task<FoundServer>> look)
    {
        if (_latest is not { } latest) return true;
        try
        {
            using var found = await look(latest).ConfigureAwait(false);
            return true;
        }
        catch (RedisLinkException error)
        {
            return error is MisconfiguredException;
        }
    }

    private async Task<RedisCredentials> AskProviderAsync(CancellationToken cancellation)
    {
        try
        {
            return await Ask(cancellation).WaitAsync(cancellation).ConfigureAwait(false)
                ?? throw new RedisLinkException($"the credentials provider {settings.Credentials.ProviderName} gave none");
        }
        catch (OperationCanceledException error) when (cancellation.IsCancellationRequested)
        {
            throw new RedisLinkException($"the credentials provider {settings.Credentials.ProviderName} did not answer within connect-timeout", error);
        }
        catch (Exception error) when (error is not RedisLinkException)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            throw new RedisLinkException($"the credentials provider {settings.Credentials.ProviderName} failed: {cause.Message}", cause);
        }
    }

    /// <summary>
    /// The provider is an application's code that may block, so it runs on a thread of its own; while it has not returned from an
    /// earlier attempt, it is waited for and not called again.
    /// </summary>
    private Task<RedisCredentials> Ask(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_asking is { IsCompleted: false } asking) return asking;
            _asking = Task.Run(
                () =>
                {
                    // Created here and not earlier, since its constructor may throw.
                    _provider ??= settings.Credentials.CreateProvider!();
                    return _provider.GetAsync(settings.Name, cancellation).AsTask();
                },
                CancellationToken.None);
            FirstSuccess.Observe(_asking);
            return _asking;
        }
    }
}
