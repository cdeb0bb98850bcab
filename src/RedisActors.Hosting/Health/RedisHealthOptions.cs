namespace RedisActors.Hosting;

/// <summary>When a connection that is away makes an application unready.</summary>
public sealed class RedisHealthOptions
{
    /// <summary>
    /// How long the connection may be away until the readiness check is unhealthy; until then it is degraded, because commands wait and are
    /// not lost. 30 s. Keep it below <c>command-timeout</c>.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many commands may wait meanwhile until the readiness check is unhealthy: 100,000.</summary>
    public int MaxStashed { get; set; } = 100_000;

    /// <summary>How long the actors may take to answer a check until the liveness check is unhealthy: 3 s.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(3);

    internal RedisHealthOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Grace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxStashed);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AnswerTimeout, TimeSpan.Zero);
        return this;
    }
}
