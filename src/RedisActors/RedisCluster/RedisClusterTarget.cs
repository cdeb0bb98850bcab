using RedisActors.Configuration;

namespace RedisActors.RedisCluster;

/// <summary>
/// Where the primary of one shard is at this moment: set by the <see cref="RedisClusterRouter"/>, read by whoever connects its lane.
/// </summary>
internal sealed class RedisClusterTarget
{
    private readonly Lock _gate = new();
    private RedisEndpoint? _endpoint;
    private CancellationTokenSource _changed = new();
    private string _problem = "the cluster has not been found yet";
    private Action<string>? _onLost;

    /// <summary>The primary; null where it is not known yet.</summary>
    public RedisEndpoint? Endpoint
    {
        get
        {
            lock (_gate) return _endpoint;
        }
    }

    /// <summary>Why it is not known.</summary>
    public string Problem
    {
        get => Volatile.Read(ref _problem);
        set => Volatile.Write(ref _problem, value);
    }

    /// <summary>The primary, and a token that is raised when it is another one.</summary>
    public (RedisEndpoint? Endpoint, CancellationToken Changed) Read()
    {
        lock (_gate) return (_endpoint, _changed.Token);
    }

    /// <summary>Another node is the primary now.</summary>
    /// <param name="endpoint">Where it is.</param>
    /// <param name="formerHasFailed">Whether nothing is to be hoped for from the one before.</param>
    public void MoveTo(RedisEndpoint endpoint, bool formerHasFailed)
    {
        CancellationTokenSource changed;
        Action<string>? onLost;
        lock (_gate)
        {
            _endpoint = endpoint;
            (changed, _changed) = (_changed, new CancellationTokenSource());
            onLost = formerHasFailed ? _onLost : null;
        }

        onLost?.Invoke($"the cluster holds the node for failed, and {endpoint} has its slots");
        changed.Cancel();
    }

    /// <summary>There is a link to the primary, until this is disposed of.</summary>
    public IDisposable Watch(Action<string> onLost)
    {
        lock (_gate) _onLost = onLost;
        return new Watching(this, onLost);
    }

    private sealed class Watching(RedisClusterTarget target, Action<string> onLost) : IDisposable
    {
        public void Dispose()
        {
            lock (target._gate)
            {
                if (target._onLost == onLost) target._onLost = null;
            }
        }
    }
}
