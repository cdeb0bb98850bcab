namespace RedisActors.Locks;

/// <summary>The times of a lease.</summary>
/// <param name="TimeToLive">How long the server keeps the lease for a holder that does not renew it.</param>
/// <param name="Trusted">
/// How long the holder itself relies on it, counted from before it sent the request that the server granted: the time to live less a
/// margin.
/// </param>
/// <param name="RenewalInterval">The time from one renewal to the next.</param>
internal sealed record LeaseTimes(TimeSpan TimeToLive, TimeSpan Trusted, TimeSpan RenewalInterval)
{
    private static readonly TimeSpan LongestRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestRetryDelay = TimeSpan.FromMilliseconds(20);

    /// <summary>The time from a failed renewal to its retry, short enough for several retries before the lease is over.</summary>
    public TimeSpan RetryDelay { get; } = Clamp(RenewalInterval / 5);

    private static TimeSpan Clamp(TimeSpan delay) =>
        delay < ShortestRetryDelay ? ShortestRetryDelay : delay > LongestRetryDelay ? LongestRetryDelay : delay;
}

/// <summary>A lease that was acquired.</summary>
/// <param name="Id">
/// Names this one acquisition, and no other of the same owner, so that requests still under way for an earlier one cannot touch it.
/// </param>
/// <param name="Token">The fencing token, larger than that of every earlier acquisition.</param>
/// <param name="Until">When the holder stops relying on it, by its <see cref="LeaseClock"/>.</param>
internal sealed record LeaseHolding(string Id, long Token, TimeSpan Until);

/// <summary>
/// What the holder of a lease may rely on. From its requests and the server's replies it decides whether the lease is held, when to renew
/// it and when it is lost. Changed by one thread; <see cref="HeldAt"/> may be called from any.
/// </summary>
/// <remarks>
/// The rule behind it: the server counts the time to live from when it executes a request, which is never before the request was sent. So
/// the holder, which counts from when it sent the request, always stops first, however late a reply comes.
/// </remarks>
internal sealed class LeaseState(LeaseTimes times)
{
    private volatile LeaseHolding? _holding;
    private volatile string? _lostBecause;
    private TimeSpan _renewAt;
    private bool _renewing;

    /// <summary>What is held at this moment; null when the lease is not held, or no longer.</summary>
    public LeaseHolding? HeldAt(TimeSpan now) => _holding is { } holding && now < holding.Until ? holding : null;

    /// <summary>Why it was lost; null: it was not, or the server has been asked for it since. May be called from any thread.</summary>
    public string? LostBecause
    {
        get => _lostBecause;
        set => _lostBecause = value;
    }

    /// <summary>The server granted it. Returns false if the reply came too late to be of use.</summary>
    /// <param name="id">The id of this acquisition.</param>
    /// <param name="token">The token that the server granted with it.</param>
    /// <param name="sentAt">A time before the request was sent.</param>
    /// <param name="now">The present time.</param>
    public bool Acquired(string id, long token, TimeSpan sentAt, TimeSpan now)
    {
        var until = sentAt + times.Trusted;
        if (now >= until) return false;
        _holding = new LeaseHolding(id, token, until);
        _renewAt = sentAt + times.RenewalInterval;
        _renewing = false;
        return true;
    }

    /// <summary>Returns the lease if its renewal is due, and takes the renewal as under way from then on; otherwise null.</summary>
    public LeaseHolding? BeginRenewal(TimeSpan now)
    {
        if (_renewing || now < _renewAt || HeldAt(now) is not { } holding) return null;
        _renewing = true;
        return holding;
    }

    /// <summary>The server has renewed it. A reply for another acquisition, or one that is over, changes nothing.</summary>
    public void Renewed(string id, TimeSpan sentAt, TimeSpan now)
    {
        if (HeldAt(now) is not { } holding || holding.Id != id) return;
        _renewing = false;
        _renewAt = sentAt + times.RenewalInterval;
        var until = sentAt + times.Trusted;
        if (until > holding.Until) _holding = holding with { Until = until };
    }

    /// <summary>A renewal was not sent, or its reply was lost; it is retried soon.</summary>
    public void RenewalFailed(string id, TimeSpan now)
    {
        if (_holding?.Id != id) return;
        _renewing = false;
        _renewAt = now + times.RetryDelay;
    }

    /// <summary>A renewal is likely to succeed now, so it is due at once.</summary>
    public void RenewSoon(TimeSpan now)
    {
        if (now < _renewAt) _renewAt = now;
    }

    /// <summary>The server says that this acquisition is over. Returns whether the holder relied on it until now.</summary>
    public bool Denied(string id)
    {
        if (_holding?.Id != id) return false;
        _holding = null;
        return true;
    }

    /// <summary>Returns what was held and is over by now, once; null if nothing is.</summary>
    public LeaseHolding? TakeExpired(TimeSpan now) =>
        _holding is { } holding && now >= holding.Until ? GiveUp() : null;

    /// <summary>Nothing is held from now on. Returns what was, even if its time was over.</summary>
    public LeaseHolding? GiveUp()
    {
        var former = _holding;
        _holding = null;
        return former;
    }

    /// <summary>How long there is nothing to do unless a reply comes; null when nothing is held.</summary>
    public TimeSpan? Wait(TimeSpan now)
    {
        if (_holding is not { } holding) return null;
        var next = _renewing || _renewAt > holding.Until ? holding.Until : _renewAt;
        return next > now ? next - now : TimeSpan.Zero;
    }
}
