using Akka.Actor;
using Akka.Event;
using RedisActors.Locks;

namespace RedisActors;

/// <summary>
/// A lock in Redis that is held, for one resource: taken by <see cref="RedisLockExtensions.LockAsync"/>, renewed in the background, released by
/// <see cref="DisposeAsync"/>. From any thread.
/// </summary>
/// <remarks>
/// <para>
/// The holder stops before the server gives the lock to another: it counts the time to live from before it sent the last request that was
/// granted, less a margin, and the server from when it executed that. What a lock cannot guard is what its holder does between a look at
/// <see cref="IsHeld"/> and its next action, for a process may be stopped there. Pass <see cref="FencingToken"/> to what the lock protects, and
/// let that refuse a token smaller than one it has seen.
/// </para>
/// <para>What it relies on, and what holds without persistence: docs/lock.md.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var held = await redis.LockAsync("order:42", cancellation: aborted);
/// await ShipAsync(order, held.FencingToken, held.Lost);
/// </code>
/// </example>
public sealed class RedisLock : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly IActorRef _redis;
    private readonly RedisLockOptions _options;
    private readonly LeaseTimes _times;
    private readonly LeaseClock _clock;
    private readonly LeaseState _state;
    private readonly string _key;
    private readonly string _id;
    private readonly Timer _timer;
    private bool _over;
    private volatile RedisLockLostException? _loss;

    private RedisLock(IActorRef redis, string name, RedisLockOptions options, LeaseClock clock, string id)
    {
        _redis = redis;
        _options = options;
        _times = options.Times;
        _clock = clock;
        _state = new LeaseState(_times);
        _key = options.KeyPrefix + name;
        _id = id;
        Name = name;
        _timer = new Timer(static held => ((RedisLock)held!).OnTimer(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>The lock's name.</summary>
    public string Name { get; }

    /// <summary>
    /// Larger than the token of every earlier holder of this name: the server's time in microseconds when the lock was granted, or more. It stays
    /// readable after the lock is over.
    /// </summary>
    public long FencingToken { get; private set; }

    /// <summary>
    /// Whether the lock is certainly held, by the clock of this machine. Sends nothing. After a process was stopped, this is false before
    /// <see cref="Lost"/> is cancelled.
    /// </summary>
    public bool IsHeld => _state.HeldAt(_clock.Now) is not null;

    /// <summary>
    /// Cancelled when the lock is lost: it could not be renewed in time, or the server does not know it any more. Not cancelled by
    /// <see cref="DisposeAsync"/>.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Throws unless the lock is certainly held.</summary>
    /// <exception cref="RedisLockLostException">It was lost, or released.</exception>
    public void ThrowIfLost()
    {
        if (IsHeld) return;
        throw _loss ?? new RedisLockLostException(Name, "its time is over, or it was released");
    }

    /// <summary>
    /// Releases the lock. It counts as not held from the call on. When the task ends, another can have it: the server has freed it, or has not been
    /// reached for <see cref="RedisLockOptions.TimeToLive"/>, which ends it as well. Throws nothing.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_over) return;
            _over = true;
            _state.GiveUp();
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Takes the lock, or returns null where it is held and this is not to wait.</summary>
    internal static async Task<RedisLock?> TakeAsync(
        IActorRef redis, string name, RedisLockOptions options, LeaseClock clock, bool waits, CancellationToken cancellation)
    {
        var held = new RedisLock(redis, name, options, clock, $"{options.Owner} {Guid.NewGuid():N}");
        var mayHaveIt = false;
        try
        {
            while (true)
            {
                mayHaveIt = true;
                var sentAt = clock.Now;
                var reply = await redis.ExecuteAsync(held.Request(options.Scripts.Acquire), cancellation).ConfigureAwait(false);
                var grant = LeaseGrant.Read(reply.Value);
                if (grant.Token is { } token)
                {
                    // Otherwise the reply comes too late to be relied on, and the same acquisition asks again.
                    if (held.TryBegin(token, sentAt)) return held;
                    continue;
                }

                mayHaveIt = false;
                if (!waits) return null;
                await Task.Delay(options.Wait(grant.Remaining, Random.Shared.NextDouble()), cancellation).ConfigureAwait(false);
            }
        }
        catch
        {
            if (mayHaveIt) _ = held.ReleaseAsync();
            throw;
        }
    }

    private bool TryBegin(long token, TimeSpan sentAt)
    {
        lock (_gate)
        {
            var now = _clock.Now;
            if (!_state.Acquired(_id, token, sentAt, now)) return false;
            FencingToken = token;
            SetTimer(now);
            return true;
        }
    }

    private void OnTimer()
    {
        LeaseHolding? renewal;
        TimeSpan now;
        lock (_gate)
        {
            if (_over) return;
            now = _clock.Now;
            if (_state.TakeExpired(now) is null)
            {
                renewal = _state.BeginRenewal(now);
                SetTimer(now);
                if (renewal is null) return;
            }
            else
            {
                renewal = null;
            }
        }

        if (renewal is not null)
        {
            _ = RenewAsync(renewal, now);
            return;
        }

        Lose("it could not be renewed in time");
        _ = ReleaseAsync();
    }

    private async Task RenewAsync(LeaseHolding holding, TimeSpan sentAt)
    {
        var known = true;
        try
        {
            var renew = Request(_options.Scripts.Renew) with { Timeout = holding.Until - sentAt };
            var reply = await _redis.ExecuteAsync(renew).ConfigureAwait(false);
            lock (_gate)
            {
                if (reply.Value.AsInt64() == 1) _state.Renewed(_id, sentAt, _clock.Now);
                else known = !_state.Denied(_id);
            }
        }
        catch (RedisOutcomeException)
        {
            lock (_gate) _state.RenewalFailed(_id, _clock.Now);
        }

        if (known) OnTimer();
        else Lose("the server no longer knows it: its time ran out there, or the server has lost its data");
    }

    private void Lose(string why)
    {
        lock (_gate)
        {
            if (_over) return;
            _over = true;
            _loss = new RedisLockLostException(Name, why);
        }

        _timer.Dispose();
        if (_redis is IInternalActorRef { Provider.Guardian.Underlying.System: { } system })
        {
            Logging.GetLogger(system, nameof(RedisLock)).Error("redis lock {0}: lost by {1}: {2}", Name, _options.Owner, why);
        }

        // What a callback throws is its own affair, and it runs elsewhere; the token is cancelled when this returns.
        _ = _lost.CancelAsync();
    }

    /// <summary>Releases it on the server, where the server has it for this acquisition.</summary>
    private async Task ReleaseAsync()
    {
        try
        {
            var release = Request(_options.Scripts.Release) with { Timeout = _times.TimeToLive };
            await _redis.ExecuteAsync(release).ConfigureAwait(false);
        }
        catch (RedisOutcomeException)
        {
            // The server frees it when its time is over.
        }
    }

    /// <summary>Sent again until it is answered: a second run changes nothing.</summary>
    private RedisCommand Request(Func<string, string, LeaseTimes, RedisCommand> request) =>
        request(_key, _id, _times) with { Delivery = DeliveryMode.AtLeastOnce };

    private void SetTimer(TimeSpan now)
    {
        // A timer counts in milliseconds, and what it cuts off would be a look too early.
        if (_state.Wait(now) is { } wait) _timer.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}

/// <summary>A <see cref="RedisLock"/> is no longer held, though nobody has released it.</summary>
public sealed class RedisLockLostException : Exception
{
    /// <summary>Makes the failure; in an application, for tests of code that handles it.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="why">Why it was lost.</param>
    public RedisLockLostException(string name, string why)
        : base($"The lock {name} is lost: {why}.") => Name = name;

    /// <summary>The lock's name.</summary>
    public string Name { get; }
}
