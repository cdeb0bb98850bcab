using RedisActors.Connection;

namespace RedisActors.Commands;

/// <summary>When a token was first asked for, and what the server said of evicted keys then.</summary>
internal struct TokenHistory
{
    /// <summary>The part of a token's time in which it is relied on; the rest is for the way to the server.</summary>
    private const double Reliable = 0.9;

    private long _firstAskedAt;
    private ServerEviction? _eviction;

    /// <summary>Whether it was asked for once.</summary>
    public readonly bool WasAsked => _eviction is not null;

    /// <summary>
    /// Not when the server may have forgotten the token: it lives for a while from the first execution, which can have been as early as
    /// the first time it was asked for.
    /// </summary>
    public readonly bool IsReliable(long now, TimeSpan keep) => !WasAsked || now - _firstAskedAt < keep.TotalMilliseconds * Reliable;

    /// <summary>
    /// It is asked for now. Answers how many evicted keys the server must still count when the token is not there, for it to have never
    /// been there; null where that shows by itself.
    /// </summary>
    /// <param name="now">In milliseconds of the actor's clock.</param>
    /// <param name="server">What the server says of evicted keys.</param>
    /// <param name="elsewhere">Whether another node's RedisActor has asked for it; of what that knew of the server, nothing is known here.</param>
    public string? Ask(long now, ServerEviction server, bool elsewhere)
    {
        var isFirst = !WasAsked;
        if (_eviction is null)
        {
            _firstAskedAt = now;
            _eviction = elsewhere ? server with { Term = null } : server;
        }

        var evictedKeys = isFirst && !elsewhere ? null : _eviction.CountThatShowsNone(server);
        _eviction = _eviction.FollowedBy(server);
        return evictedKeys;
    }
}
