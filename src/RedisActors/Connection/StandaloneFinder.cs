using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>Finds the first of the configured endpoints that has the role that is wanted.</summary>
internal sealed class StandaloneFinder(LinkSettings settings) : IServerFinder
{
    private readonly ServerAccessSource _access = new(settings);

    public async Task<FoundServer> FindAsync(CancellationToken cancellation)
    {
        var access = await _access.RenewAsync(cancellation).ConfigureAwait(false);
        return await FirstAsync(access, cancellation).ConfigureAwait(false);
    }

    public Task<bool> IsThereAsync(CancellationToken cancellation) =>
        _access.LookAsync(access => FirstAsync(access, cancellation));

    /// <summary>There is nobody who would say so; the server itself does, when it is asked for its role.</summary>
    public IDisposable? Watch(FoundServer server, Action<string> onMoved) => null;

    private async Task<FoundServer> FirstAsync(ServerAccess access, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var looks = settings.Endpoints.Select(endpoint => LookAtAsync(endpoint, access, enough.Token)).ToArray();
            return await FirstSuccess.FirstAsync(looks, enough.Token).ConfigureAwait(false);
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

    private async Task<FoundServer> LookAtAsync(RedisEndpoint endpoint, ServerAccess access, CancellationToken cancellation)
    {
        var servers = await ServerAddress.ResolveAsync(endpoint, cancellation).ConfigureAwait(false);
        var looks = servers.Select(server => AskAsync(server, access, cancellation)).ToArray();
        return await FirstSuccess.FirstAsync(looks, cancellation).ConfigureAwait(false);
    }

    private async Task<FoundServer> AskAsync(ServerAddress server, ServerAccess access, CancellationToken cancellation)
    {
        var role = await HedgedProbe.AskAsync(
            token => ServerProbe.AskAsync(server, access, token), cancellation).ConfigureAwait(false);
        if (role.Serves(settings.Role)) return new FoundServer(server, access);
        throw role == ServerRole.Sentinel
            ? new MisconfiguredException($"{server} is a sentinel: set topology = sentinel and sentinel.endpoints")
            : new RedisLinkException($"{server} is a replica, and role = primary is wanted");
    }
}
