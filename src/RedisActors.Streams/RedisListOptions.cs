namespace RedisActors.Streams;

/// <summary>An end of a list.</summary>
public enum RedisListEnd
{
    /// <summary>The head: <c>LPOP</c>.</summary>
    Left,

    /// <summary>The tail: <c>RPOP</c>.</summary>
    Right,
}

/// <summary>What <see cref="RedisSource.List(Akka.Actor.IActorRef, RedisListOptions)"/> takes, and how.</summary>
public sealed record RedisListOptions
{
    /// <summary>Names the list.</summary>
    /// <param name="key">The list's key. It need not exist.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public RedisListOptions(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
    }

    /// <summary>The list's key.</summary>
    public string Key { get; }

    /// <summary>The end from which elements are taken; <see cref="RedisListEnd.Left"/> by default.</summary>
    public RedisListEnd End { get; init; }

    /// <summary>
    /// With <see cref="DeliveryMode.ExactlyOnce"/>, the default, no element is lost and none is emitted twice, whatever happens to the
    /// connection. With any other mode elements are taken by <c>BLPOP</c> or <c>BRPOP</c>, one command instead of two; a reply that is lost
    /// fails the stream with <see cref="Outcome.Unknown"/>.
    /// </summary>
    public DeliveryMode Delivery { get; init; } = DeliveryMode.ExactlyOnce;

    /// <summary>
    /// With <see cref="DeliveryMode.ExactlyOnce"/>, how many elements are taken at a time at most, 1 to 10,000; 1 by default. Whatever was
    /// taken and is not processed is lost with this process.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int MaxBatch
    {
        get;
        init => field = Check.InRange(value, 1, 10_000, nameof(MaxBatch));
    }
    = 1;

    /// <summary>The number of the logical database; <see langword="null"/>, the default, is the connection's own.</summary>
    public int? Database { get; init; }
}
