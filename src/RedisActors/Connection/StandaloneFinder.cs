using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Finds the first of the configured endpoints that has the role that is wanted.</summary>
internal sealed class StandaloneFinder(LinkSettings settings) : IServerFinder
{
    private static readonly ServerProbe Look = new(null);

    private readonly ServerProbe _probe = new(settings.ClientName);
    private readonly ServerAccessSource _access = new(settings);

    public async Task<FoundServer> FindAsync(CancellationToken cancellation)
    {
        var access = await _access.RenewAsync(cancellation).ConfigureAwait(false);
        return await FirstAsync(_probe, access, cancellation).ConfigureAwait(false);
    }

    public Task<bool> IsThereAsync(CancellationToken cancellation) =>
        _access.LookAsync(access => FirstAsync(Look, access, cancellation));

    /// <summary>There is nobody who would say so; the server itself does, when it is asked for its role.</summary>
    public IDisposable? Watch(FoundServer server, Action<string> onMoved) => null;

    private async Task<FoundServer> FirstAsync(ServerProbe probe, ServerAccess access, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var attempts = settings.Endpoints.Select(endpoint => AskAsync(endpoint, probe, access, enough.Token)).ToArray();
            return await FirstSuccess.FirstAsync(attempts, enough.Token).ConfigureAwait(false);
        }
        catch (RedisLinkException error) when (error is not MisconfiguredException)
        {
            throw new ServerSilentException(error.Message, error);
        }
        finally
        {
            await enough.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task<FoundServer> AskAsync(
        RedisEndpoint endpoint, ServerProbe probe, ServerAccess access, CancellationToken cancellation)
    {
        var servers = await ServerAddress.ResolveAsync(endpoint, cancellation).ConfigureAwait(false);
        return await FirstSuccess.AskAsync(
            servers, (server, token) => AskAsync(server, probe, access, token), cancellation).ConfigureAwait(false);
    }

    private async Task<FoundServer> AskAsync(
        ServerAddress server, ServerProbe probe, ServerAccess access, CancellationToken cancellation)
    {
        var found = await probe.OpenAsync(server, access, cancellation).ConfigureAwait(false);
        if (found.Role.Serves(settings.Role)) return found;
        found.Dispose();
        throw found.Role switch
        {
            ServerRole.Sentinel => new MisconfiguredException($"{server} is a sentinel: set topology = sentinel and sentinel.endpoints"),
            ServerRole.Unknown => new RedisLinkException($"{server} answers ROLE with something that is not a role"),
            _ => new RedisLinkException($"{server} is a replica, and role = primary is wanted"),
        };
    }
}
