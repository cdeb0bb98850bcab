using RedisActors.Connection;

namespace RedisActors.Subscriptions;

/// <summary>Connects to the server that is found to be the right one at this moment, for subscriptions: in RESP3.</summary>
internal sealed class SubscriptionLinkFactory(LinkSettings settings, IServerFinder finder) : ServerLinkFactory(settings, finder)
{
    public SubscriptionLinkFactory(LinkSettings settings)
        : this(settings, ServerFinder.For(settings))
    {
    }

    protected override async Task<IRedisLink> OpenAsync(
        FoundServer found, Action<string> onLost, CancellationToken limit, CancellationToken cancellation)
    {
        var link = new SubscriptionLink(found.Release(), found, onLost);
        try
        {
            await LinkQuery.AskAsync(link, "HELLO", [3], limit).ConfigureAwait(false);
            link.KeepUntilDisposed(Watch(found, link));
            return link;
        }
        catch (Exception error)
        {
            link.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw error switch
            {
                ServerErrorException refusal => Refused(found, refusal.Message),
                RedisLinkException => error,
                _ => new RedisLinkException($"{found.Server} does not answer HELLO within {Settings.ConnectTimeout.TotalMilliseconds} ms", error),
            };
        }
    }

    private static RedisLinkException Refused(FoundServer found, string error) =>
        ServerRefusal.OfNow(found.Server, found.Access, error)
        ?? new MisconfiguredException(
            $"{found.Server} refuses HELLO 3, and subscriptions need it: Redis 6 or later, and +hello in the user's ACL "
            + $"({ServerRefusal.Shown(error, found.Access)})");
}
