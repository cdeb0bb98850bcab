using Akka.Actor;
using Akka.Configuration;
using Akka.Coordination;
using RedisActors.Locks;

namespace RedisActors.AkkaCluster;

/// <summary>
/// A lease of Akka.Coordination that is kept in Redis, through the <see cref="RedisActor"/> of the actor system: for the split brain
/// resolver (<c>lease-majority</c>), cluster singletons, or your own use. At most one owner holds it at a time.
/// </summary>
/// <remarks>
/// <para>Obtained with <c>LeaseProvider.Get(system).GetLease(name, "redis-actors.lease", owner)</c>; settings under
/// <c>redis-actors.lease</c>, defaults from <see cref="DefaultConfig"/>. What it relies on, and what a server must not do (evict keys,
/// set its clock forward, fail over without its last writes): docs/akka-cluster.md.</para>
/// <para>The holder relies on the lease for <c>heartbeat-timeout</c> less <c>safety-margin</c>, counted from before the last request
/// that the server granted. A holder whose process was stopped for longer than that finds <see cref="CheckLease"/> false when it wakes.
/// No lease can guard what the holder does between that check and its next action: pass <see cref="Token"/> to what the lease protects,
/// and let that refuse a token smaller than one it has seen.</para>
/// </remarks>
public sealed class RedisLease : Lease
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly LeaseClock _clock;
    private readonly LeaseState _state;
    private readonly LeaseTimes _times;
    private readonly TimeSpan _patience;
    private readonly IActorRef _keeper;

    /// <summary>Called by Akka's <see cref="LeaseProvider"/>.</summary>
    /// <param name="settings">Name, owner and times.</param>
    /// <param name="system">The actor system whose <see cref="RedisActor"/> the lease goes through.</param>
    /// <exception cref="ConfigurationException">A setting is invalid; the message names each by its path.</exception>
    public RedisLease(LeaseSettings settings, ExtendedActorSystem system)
        : this(settings, system, LeaseClock.System)
    {
    }

    internal RedisLease(LeaseSettings settings, ExtendedActorSystem system, LeaseClock clock)
        : base(settings)
    {
        var own = RedisLeaseSettings.Create(settings);
        _clock = clock;
        _times = own.Times;
        _state = new LeaseState(own.Times);
        _patience = own.OperationTimeout + own.LongestWait + Grace;
        _keeper = system.SystemActorOf(LeaseKeeper.Props(own, _state, clock, new LeaseFarewell(system, own)), $"redis-lease-{Guid.NewGuid():N}");
        LeasesOfSystem.Of(system).Add(this);
    }

    /// <summary>
    /// The fencing token of the lease that is held: larger than every token granted for this name before. Null while
    /// <see cref="CheckLease"/> is false.
    /// </summary>
    public long? Token => _state.HeldAt(_clock.Now)?.Token;

    /// <summary>The package's settings with their defaults, as a fallback for your configuration.</summary>
    public static Config DefaultConfig() =>
        ConfigurationFactory.FromResource("RedisActors.AkkaCluster.reference.conf", typeof(RedisLease).Assembly);

    /// <inheritdoc/>
    public override Task<bool> Acquire() => Acquire(null!);

    /// <summary>
    /// Tries to take the lease. Returns true when it is held now; false when somebody else holds it. When nobody does, and the server waits
    /// for a while because it may have forgotten who did, this waits as well, up to <c>heartbeat-timeout</c>
    /// (<c>wait-for-forgotten-holder</c>).
    /// </summary>
    /// <param name="leaseLostCallback">
    /// Called once, with the reason, when the lease is lost in any other way than by <see cref="Release"/>; null: nobody is told.
    /// </param>
    /// <exception cref="LeaseTimeoutException">
    /// The server did not reply within <c>lease-operation-timeout</c>; the lease is not held.
    /// </exception>
    /// <exception cref="LeaseException">The server's reply was lost, or an error; the lease is not held.</exception>
    public override async Task<bool> Acquire(Action<Exception> leaseLostCallback)
    {
        try
        {
            return await _keeper.Ask<bool>(new LeaseKeeper.Acquire(leaseLostCallback), _patience).ConfigureAwait(false);
        }
        catch (AskTimeoutException error)
        {
            // Should the lease still be granted, nobody waits for it any more.
            _keeper.Tell(LeaseKeeper.Release.Instance);
            throw new LeaseTimeoutException($"The lease {Settings.LeaseName} could not be acquired: the actor system does not answer.", error);
        }
    }

    /// <summary>
    /// Releases the lease. It counts as not held from the call on, whatever the server replies. Returns true when the server has freed it.
    /// </summary>
    /// <exception cref="LeaseTimeoutException">
    /// The server did not reply within <c>lease-operation-timeout</c>; it frees the lease after <c>heartbeat-timeout</c>.
    /// </exception>
    /// <exception cref="LeaseException">The server's reply was lost, or an error; it frees the lease after <c>heartbeat-timeout</c>.</exception>
    public override async Task<bool> Release()
    {
        try
        {
            return await _keeper.Ask<bool>(LeaseKeeper.Release.Instance, _patience).ConfigureAwait(false);
        }
        catch (AskTimeoutException error)
        {
            throw new LeaseTimeoutException($"The lease {Settings.LeaseName} could not be released: the actor system does not answer.", error);
        }
    }

    /// <summary>
    /// Whether the lease is certainly held, by the clock of this machine. Sends nothing, and may be called from any thread.
    /// </summary>
    public override bool CheckLease() => _state.HeldAt(_clock.Now) is not null;

    /// <summary>What there is to see of it. May be called from any thread.</summary>
    internal LeaseSight Look()
    {
        var now = _clock.Now;
        if (_state.HeldAt(now) is not { } holding) return new LeaseSight(Settings.LeaseName, null, TimeSpan.Zero, false, _state.LostBecause);
        var since = now - (holding.Until - _times.Trusted);
        return new LeaseSight(Settings.LeaseName, holding.Token, since, since > 2 * _times.RenewalInterval, null);
    }
}
