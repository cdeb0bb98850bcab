using Akka.Actor;
using Akka.Event;
using RedisActors.Configuration;
using RedisActors.Connection;

namespace RedisActors.RedisCluster;

/// <summary>
/// Polls the slot map and reports it to its RedisActor: at the start, on request, every 100 ms while something is wrong, and every 5 s
/// otherwise.
/// </summary>
internal sealed class RedisClusterWatcher : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan CloseInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CalmInterval = TimeSpan.FromSeconds(5);

    private readonly LinkSettings _settings;
    private readonly ServerAccessSource _accessSource;
    private IReadOnlyList<RedisEndpoint> _nodes = [];
    private ServerAccess? _access;
    private bool _closely;
    private bool _looking;
    private bool _again;
    private long _ticket;

    public RedisClusterWatcher(LinkSettings settings)
    {
        _settings = settings;
        _accessSource = new ServerAccessSource(settings);
        Receive<LookAtCluster>(OnLookAtCluster);
        Receive<WatchClusterClosely>(OnWatchClosely);
        Receive<LookNow>(_ => Look());
        Receive<Looked>(OnLooked);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(LinkSettings settings) => Akka.Actor.Props.Create(() => new RedisClusterWatcher(settings));

    protected override void PreStart() => Look();

    /// <summary>
    /// A new one knows neither which look it was asked for nor how often to look; the RedisActor does. It does not look at once, so that
    /// a watcher that keeps failing does not keep the processor busy.
    /// </summary>
    protected override void PostRestart(Exception reason)
    {
        Timers.StartSingleTimer(LookNow.Instance, LookNow.Instance, CloseInterval);
        Context.Parent.Tell(RedisClusterWatcherRestarted.Instance);
    }

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
        LookAsync(_access, [.. _nodes, .. _settings.Endpoints]).PipeTo(
            Self,
            success: seen => new Looked(seen.Map, seen.Access, ticket, string.Empty),
            failure: error => new Looked(null, null, ticket, error.Message));
    }

    /// <summary>Uses the credentials that worked last time, and obtains new ones if that failed.</summary>
    private async Task<(RedisClusterMap Map, ServerAccess Access)> LookAsync(ServerAccess? access, RedisEndpoint[] nodes)
    {
        using var limit = new CancellationTokenSource(_settings.ConnectTimeout);
        access ??= await _accessSource.RenewAsync(limit.Token).ConfigureAwait(false);
        return (await RedisClusterQuery.AskAsync(nodes, access).ConfigureAwait(false), access);
    }

    private void OnLooked(Looked message)
    {
        _looking = false;
        _access = message.Access;
        if (message.Map is { } map)
        {
            _nodes = map.Endpoints;
            Context.Parent.Tell(new RedisClusterSeen(map, message.Ticket));
        }
        else
        {
            Context.Parent.Tell(new RedisClusterUnseen(message.Problem));
        }

        var interval = _again ? LeastInterval : _closely || message.Map is null ? CloseInterval : CalmInterval;
        Timers.StartSingleTimer(LookNow.Instance, LookNow.Instance, interval);
    }

    private sealed record Looked(RedisClusterMap? Map, ServerAccess? Access, long Ticket, string Problem) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class LookNow : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly LookNow Instance = new();
    }
}

/// <summary>To the watcher: refresh the map.</summary>
/// <param name="Ticket">Ever increasing; a map that was requested after this message carries at least this number.</param>
internal sealed record LookAtCluster(long Ticket) : INoSerializationVerificationNeeded;

/// <summary>To the watcher: something is wrong, poll often; or all is well again.</summary>
internal sealed record WatchClusterClosely(bool Closely) : INoSerializationVerificationNeeded;

/// <summary>From the watcher: the current map of the Redis Cluster.</summary>
/// <param name="Map">Who owns which slots.</param>
/// <param name="Ticket">The number of the last <see cref="LookAtCluster"/> received before this map was requested.</param>
internal sealed record RedisClusterSeen(RedisClusterMap Map, long Ticket) : INoSerializationVerificationNeeded;

/// <summary>From the watcher: no node answers.</summary>
internal sealed record RedisClusterUnseen(string Problem) : INoSerializationVerificationNeeded;

/// <summary>From the watcher: it has failed and was restarted, and has forgotten what it was told.</summary>
internal sealed class RedisClusterWatcherRestarted : INoSerializationVerificationNeeded
{
    public static readonly RedisClusterWatcherRestarted Instance = new();
}
