namespace RedisActors;

/// <summary>
/// What a <see cref="RedisActor"/> fails with when its restart budget is spent and <c>restart.when-spent = escalate</c>.
/// </summary>
public sealed class RedisGaveUpException : Exception
{
    internal RedisGaveUpException(string connection, string cause)
        : base($"redis {connection}: the restart budget is spent; the last failure: {cause}") => Connection = connection;

    /// <summary>The connection's name in the settings.</summary>
    public string Connection { get; }
}
