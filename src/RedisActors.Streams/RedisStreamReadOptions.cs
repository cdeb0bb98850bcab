namespace RedisActors.Streams;

/// <summary>What <see cref="RedisSource.Stream(Akka.Actor.IActorRef, RedisStreamReadOptions)"/> reads, and how.</summary>
public sealed record RedisStreamReadOptions
{
    /// <summary>Names the stream.</summary>
    /// <param name="key">The stream's key. It need not exist.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public RedisStreamReadOptions(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        Key = key;
    }

    /// <summary>The stream's key.</summary>
    public string Key { get; }

    /// <summary>
    /// The entry after which it begins: an entry's id; <c>0-0</c>, the default, for all entries; or <c>$</c> for those that are added after the
    /// source has begun.
    /// </summary>
    /// <exception cref="ArgumentException">The id is empty or white space.</exception>
    public string After
    {
        get;
        init
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(After));
            field = value;
        }
    }
    = "0-0";

    /// <summary>How many entries are read at a time at most, 1 to 10,000; 100 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int MaxBatch
    {
        get;
        init => field = Check.InRange(value, 1, 10_000, nameof(MaxBatch));
    }
    = 100;

    /// <summary>The number of the logical database; <see langword="null"/>, the default, is the connection's own.</summary>
    public int? Database { get; init; }
}
