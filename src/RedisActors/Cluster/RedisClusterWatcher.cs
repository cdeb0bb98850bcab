using Akka.Actor;
using Akka.Event;
using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.Cluster;

/// <summary>
/// Looks who has which slots and tells its RedisActor: at the start, when it is asked to, often while something is amiss, and now
/// and then in any case.
/// </summary>
internal sealed class RedisClusterWatcher : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CloseInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CalmInterval = TimeSpan.FromSeconds(5);

    private readonly RedisSettings _settings;
    private readonly ServerAccessSource _access;
    private IReadOnlyList<RedisEndpoint> _nodes = [];
    private bool _sawNobody = true;
    private bool _closely;
    private bool _looking;
    private bool _again;
    private long _ticket;

    public RedisClusterWatcher(RedisSettings settings)
    {
        _settings = settings;
        _access = new ServerAccessSource(settings);
        Receive<LookAtCluster>(OnLookAtCluster);
        Receive<WatchClusterClosely>(OnWatchClosely);
        Receive<LookNow>(_ => Look());
        Receive<Looked>(OnLooked);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RedisSettings settings) => Akka.Actor.Props.Create(() => new RedisClusterWatcher(settings));

    protected override void PreStart() => Look();

    private void OnLookAtCluster(LookAtCluster message)
    {
        _ticket = Math.Max(_ticket, message.Ticket);
        LookSoon();
    }

    private void OnWatchClosely(WatchClusterClosely message)
    {
        _closely = message.Closely;
        if (_closely) LookSoon();
    }

    private void LookSoon()
    {
        if (_looking) _again = true;
        else Timers.StartSingleTimer(LookNow.Instance, LookNow.Instance, TimeSpan.Zero);
    }

    private void Look()
    {
        if (_looking) return;
        _looking = true;
        _again = false;
        var ticket = _ticket;
        LookAsync(_sawNobody).PipeTo(
            Self, success: map => new Looked(map, ticket, string.Empty), failure: error => new Looked(null, ticket, error.Message));
    }

    private async Task<ClusterMap> LookAsync(bool renewAccess)
    {
        using var limit = new CancellationTokenSource(_settings.ConnectTimeout);
        var access = renewAccess ? await _access.RenewAsync(limit.Token).ConfigureAwait(false) : _access.Latest;
        return await ClusterQuestion.AskAsync([.. _nodes, .. _settings.Endpoints], access).ConfigureAwait(false);
    }

    private void OnLooked(Looked message)
    {
        _looking = false;
        _sawNobody = message.Map is null;
        if (message.Map is { } map)
        {
            _nodes = map.Endpoints;
            Context.Parent.Tell(new ClusterSeen(map, message.Ticket));
        }
        else
        {
            Context.Parent.Tell(new ClusterUnseen(message.Problem));
        }

        var interval = _again ? LeastInterval : _closely || _sawNobody ? CloseInterval : CalmInterval;
        Timers.StartSingleTimer(LookNow.Instance, LookNow.Instance, interval);
    }

    private sealed record Looked(ClusterMap? Map, long Ticket, string Problem) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class LookNow : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookNow Instance = new();
    }
}

/// <summary>To the watcher: look at the cluster.</summary>
/// <param name="Ticket">Growing; what comes of looks that begin after this one says that it is known.</param>
internal sealed record LookAtCluster(long Ticket) : INoSerializationVerificationNeeded;

/// <summary>To the watcher: something is amiss, look often; or all is well again.</summary>
internal sealed record WatchClusterClosely(bool Closely) : INoSerializationVerificationNeeded;

/// <summary>From the watcher: the cluster as it is now.</summary>
/// <param name="Map">Who has what.</param>
/// <param name="Ticket">The last <see cref="LookAtCluster"/> that came before this look began.</param>
internal sealed record ClusterSeen(ClusterMap Map, long Ticket) : INoSerializationVerificationNeeded;

/// <summary>From the watcher: no node answers.</summary>
internal sealed record ClusterUnseen(string Problem) : INoSerializationVerificationNeeded;
