using RedisActors.Configuration;

namespace RedisActors.RedisCluster;

/// <summary>
/// Where the primary of one shard currently is: set by the <see cref="RedisClusterRouter"/>, read when its lane connects.
/// </summary>
internal sealed class RedisClusterTarget
{
    private readonly Lock _gate = new();
    private RedisEndpoint? _endpoint;
    private CancellationTokenSource _changed = new();
    private string _problem = "the Redis Cluster has not been found yet";
    private readonly HashSet<Action<string>> _onLost = [];

    /// <summary>The primary; null if it is not known yet.</summary>
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

    /// <summary>The primary, and a token that is cancelled when another node takes over.</summary>
    public (RedisEndpoint? Endpoint, CancellationToken Changed) Read()
    {
        lock (_gate) return (_endpoint, _changed.Token);
    }

    /// <summary>Another node is now the primary.</summary>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="formerHasFailed">Whether the former primary has failed, so that its link is given up at once.</param>
    public void MoveTo(RedisEndpoint endpoint, bool formerHasFailed)
    {
        CancellationTokenSource changed;
        Action<string>[] onLost;
        lock (_gate)
        {
            _endpoint = endpoint;
            (changed, _changed) = (_changed, new CancellationTokenSource());
            onLost = formerHasFailed ? [.. _onLost] : [];
        }

        foreach (var link in onLost) link($"the Redis Cluster has marked the node as failed, and {endpoint} has its slots");
        changed.Cancel();
    }

    /// <summary>Registers a link to the primary, until disposed.</summary>
    public IDisposable Watch(Action<string> onLost)
    {
        lock (_gate) _onLost.Add(onLost);
        return new Watching(this, onLost);
    }

    private sealed class Watching(RedisClusterTarget target, Action<string> onLost) : IDisposable
    {
        public void Dispose()
        {
            lock (target._gate) target._onLost.Remove(onLost);
        }
    }
}
