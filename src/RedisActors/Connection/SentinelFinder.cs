using RedisActors.Configuration;

namespace RedisActors.Connection;

/// <summary>
/// Finds the primary that the sentinels name, and leaves it when they name another one. Sentinels tell of each other, so that it is
/// enough that one lives of all that were ever known.
/// </summary>
internal sealed class SentinelFinder(LinkSettings settings) : IServerFinder
{
    /// <summary>How long the others may still take when some sentinels have answered and are no majority.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(150);

    private static readonly ServerProbe Look = new(null);

    private readonly ServerProbe _probe = new(settings.ClientName);
    private readonly ServerAccessSource _access = new(settings);
    private volatile IReadOnlyList<RedisEndpoint> _known = settings.Sentinel.Endpoints;

    public async Task<FoundServer> FindAsync(CancellationToken cancellation)
    {
        var access = await _access.RenewAsync(cancellation).ConfigureAwait(false);
        return await FindAsync(_probe, access, cancellation).ConfigureAwait(false);
    }

    public Task<bool> IsThereAsync(CancellationToken cancellation) =>
        _access.LookAsync(access => FindAsync(Look, access, cancellation));

    public IDisposable Watch(FoundServer server, Action<string> onMoved) =>
        new SentinelWatch(settings.Sentinel.Service, AccessToSentinels(server.Access), _known, server, onMoved);

    private async Task<FoundServer> FindAsync(ServerProbe probe, ServerAccess access, CancellationToken cancellation)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            var opinion = await PollAsync(AccessToSentinels(access), enough.Token).ConfigureAwait(false);
            var servers = await ServerAddress.ResolveAsync(opinion.Primary!, enough.Token).ConfigureAwait(false);
            var found = await FirstSuccess.AskAsync(
                servers, (server, token) => probe.OpenAsync(server, access, token), enough.Token).ConfigureAwait(false);
            found.ConfigEpoch = opinion.ConfigEpoch;
            if (found.Role == ServerRole.Primary) return found;
            found.Dispose();
            throw new RedisLinkException($"the sentinels name {found.Server}, which is not the primary (yet)");
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

    /// <summary>Asks all sentinels that are known, side by side, until it is clear what they say.</summary>
    private async Task<SentinelOpinion> PollAsync(ServerAccess access, CancellationToken cancellation)
    {
        var known = _known;
        var poll = new SentinelPoll(known.Count);
        var pending = known.Select(sentinel => SentinelQuery.AskAsync(sentinel, access, settings.Sentinel.Service, cancellation)).ToList();
        var failures = new List<Exception>();
        Task? settled = null;
        while (pending.Count > 0 && poll.Majority is null && settled is not { IsCompleted: true })
        {
            await Task.WhenAny(settled is null ? pending : pending.Append(settled)).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            foreach (var answer in pending.Where(answer => answer.IsCompleted).ToArray())
            {
                pending.Remove(answer);
                if (answer.IsCompletedSuccessfully) poll.Add(answer.Result);
                else if (answer.Exception?.InnerException is { } failure) failures.Add(failure);
            }

            if (poll.HasBegun) settled ??= Task.Delay(Settling, cancellation);
        }

        foreach (var answer in pending) FirstSuccess.Observe(answer);
        if ((poll.Majority ?? poll.Latest) is { } opinion)
        {
            _known = [.. settings.Sentinel.Endpoints.Concat(poll.Sentinels).Distinct()];
            return opinion;
        }

        throw poll.NobodyWatchesIt
            ? new MisconfiguredException(
                $"none of the sentinels at {string.Join(',', known)} watches a service named '{settings.Sentinel.Service}' "
                + "(sentinel.service)")
            : FirstSuccess.Failure(failures);
    }

    /// <summary>The sentinels have a user, a password and names of their own, and otherwise TLS as the servers have.</summary>
    private ServerAccess AccessToSentinels(ServerAccess access) => new(
        new RedisCredentials(settings.Sentinel.User, settings.Sentinel.Password), access.Tls?.ForOtherHosts()) { Prefix = "sentinel." };
}
