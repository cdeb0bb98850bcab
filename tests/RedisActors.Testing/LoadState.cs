namespace RedisActors.Testing;

/// <summary>Whether those that keep commands in flight go on.</summary>
public sealed class LoadState
{
    private volatile bool _stopped;

    public bool IsStopped => _stopped;

    public void Stop() => _stopped = true;
}
