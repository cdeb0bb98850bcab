namespace RedisActors.Supervision;

/// <summary>Numbers the epochs of one RedisActor; outlives a restart of its supervisor, so that no number comes twice.</summary>
internal sealed class EpochCounter
{
    private long _last;

    public long Next() => ++_last;
}
