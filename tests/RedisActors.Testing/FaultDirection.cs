namespace RedisActors.Testing;

/// <summary>One of the two directions through a <see cref="FaultProxy"/>.</summary>
public enum FaultDirection
{
    /// <summary>What clients send.</summary>
    ToServer,

    /// <summary>What the server answers.</summary>
    ToClient,
}
