namespace RedisActors.AkkaCluster;

/// <summary>
/// What the holder of a lease may believe. Told of its requests and of the server's answers, it says whether the lease is held, when it
/// is to be renewed and when it is lost. Changed by one thread; <see cref="HeldAt"/> may be asked from any.
/// </summary>
/// <remarks>
/// The rule behind all of it: the server counts the time to live from when it executes a request, which is never before the request
/// was sent. So the holder, which counts from when it sent it, is always done first. An answer may come as late as it likes.
/// </remarks>
internal sealed class LeaseState(LeaseTimes times)
{
    private volatile LeaseHolding? _holding;
    private TimeSpan _renewAt;
    private bool _renewing;

    /// <summary>What is held at this moment; null when the lease is not held, or was and its time is over.</summary>
    public LeaseHolding? HeldAt(TimeSpan now) => _holding is { } holding && now < holding.Until ? holding : null;

    /// <summary>The server granted it. Returns false if that answer comes too late to be of use.</summary>
    /// <param name="id">Of this acquisition.</param>
    /// <param name="token">What the server gave with it.</param>
    /// <param name="sentAt">When it was asked, before anything was sent.</param>
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

    /// <summary>The lease that is to be renewed now, and from here on is being renewed; null if there is nothing to do.</summary>
    public LeaseHolding? BeginRenewal(TimeSpan now)
    {
        if (_renewing || now < _renewAt || HeldAt(now) is not { } holding) return null;
        _renewing = true;
        return holding;
    }

    /// <summary>The server has renewed it. An answer for another acquisition, or one that is over, changes nothing.</summary>
    public void Renewed(string id, TimeSpan sentAt, TimeSpan now)
    {
        if (HeldAt(now) is not { } holding || holding.Id != id) return;
        _renewing = false;
        _renewAt = sentAt + times.RenewalInterval;
        var until = sentAt + times.Trusted;
        if (until > holding.Until) _holding = holding with { Until = until };
    }

    /// <summary>Nobody knows what became of a renewal, or it was never sent: it is tried again soon.</summary>
    public void RenewalFailed(string id, TimeSpan now)
    {
        if (_holding?.Id != id) return;
        _renewing = false;
        _renewAt = now + times.PauseAfterFailure;
    }

    /// <summary>There is reason to think that a renewal succeeds now: it is due at once.</summary>
    public void RenewSoon(TimeSpan now)
    {
        if (now < _renewAt) _renewAt = now;
    }

    /// <summary>The server says that this acquisition is over. Returns whether it was believed to be held until now.</summary>
    public bool Denied(string id)
    {
        if (_holding?.Id != id) return false;
        _holding = null;
        return true;
    }

    /// <summary>Returns what was held and is over by now, once; null if nothing is.</summary>
    public LeaseHolding? TakeExpired(TimeSpan now) =>
        _holding is { } holding && now >= holding.Until ? GiveUp() : null;

    /// <summary>From here on nothing is held. Returns what was, its time over or not.</summary>
    public LeaseHolding? GiveUp()
    {
        var former = _holding;
        _holding = null;
        return former;
    }

    /// <summary>How long there is nothing to do, if no answer comes; null when nothing is held.</summary>
    public TimeSpan? Wait(TimeSpan now)
    {
        if (_holding is not { } holding) return null;
        var next = _renewing || _renewAt > holding.Until ? holding.Until : _renewAt;
        return next > now ? next - now : TimeSpan.Zero;
    }
}
