namespace RedisActors;

/// <summary>What a <see cref="RedisStreamConsumer"/> consumes, and how.</summary>
public sealed record RedisStreamConsumerOptions
{
    /// <summary>Names the stream and the membership of its consumer group.</summary>
    /// <param name="stream">The stream's key. It is made when it is not there.</param>
    /// <param name="group">The consumer group. It is made when it is not there.</param>
    /// <param name="consumer">
    /// The consumer's name within the group: one at a time may have it. With a name that stays the same across restarts it goes on at once
    /// with what it had not finished; otherwise another consumer takes that over after <see cref="ClaimIdle"/>.
    /// </param>
    /// <exception cref="ArgumentException">One of them is empty or white space.</exception>
    public RedisStreamConsumerOptions(string stream, string group, string consumer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stream);
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentException.ThrowIfNullOrWhiteSpace(consumer);
        (Stream, Group, Consumer) = (stream, group, consumer);
    }

    /// <summary>The stream's key.</summary>
    public string Stream { get; }

    /// <summary>The consumer group.</summary>
    public string Group { get; }

    /// <summary>The consumer's name within the group.</summary>
    public string Consumer { get; }

    /// <summary>
    /// Where a group that is made begins: <c>0</c>, the default, at the stream's first entry; <c>$</c> behind its last; or an entry's id.
    /// </summary>
    public string StartAt { get; init; } = "0";

    /// <summary>
    /// How many entries the handler has at most that it has not answered; 1 to 10,000, 100 by default. When half of them have been
    /// answered, the consumer reads on, and otherwise every 50 ms.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int MaxInHand
    {
        get;
        init => field = InRange(value, 1, 10_000, nameof(MaxInHand));
    }
    = 100;

    /// <summary>How often an entry is handed over before it goes to the dead letters; 1 to 1,000, 5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int MaxDeliveries
    {
        get;
        init => field = InRange(value, 1, 1_000, nameof(MaxDeliveries));
    }
    = 5;

    /// <summary>
    /// The stream to which an entry is added that failed <see cref="MaxDeliveries"/> times, with the fields <c>redis-actors:stream</c>,
    /// <c>:group</c>, <c>:id</c>, <c>:deliveries</c> and <c>:reason</c> behind its own; then it is acknowledged. <see langword="null"/>, the
    /// default, is the stream's key with <c>:dead-letters</c> behind it.
    /// </summary>
    /// <exception cref="ArgumentException">The key is empty or white space.</exception>
    public string? DeadLetterStream
    {
        get;
        init
        {
            if (value is not null) ArgumentException.ThrowIfNullOrWhiteSpace(value, nameof(DeadLetterStream));
            field = value;
        }
    }

    /// <summary>How long the handler may take for an entry before that counts as failed; 30 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative.</exception>
    public TimeSpan HandlerTimeout
    {
        get;
        init => field = Positive(value, nameof(HandlerTimeout));
    }
    = TimeSpan.FromSeconds(30);

    /// <summary>How long an entry that failed waits before it is handed over again; 1 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative.</exception>
    public TimeSpan RetryAfter
    {
        get;
        init => field = Positive(value, nameof(RetryAfter));
    }
    = TimeSpan.FromSeconds(1);

    /// <summary>
    /// For how long another consumer must have shown no interest in an entry before it is taken over: that consumer is dead. A living one
    /// renews its claim to what it has in hand three times in this time. 1 m by default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is less than 100 ms.</exception>
    public TimeSpan ClaimIdle
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(100), nameof(ClaimIdle));
            field = value;
        }
    }
    = TimeSpan.FromMinutes(1);

    /// <summary>How often a <see cref="StreamConsumerStatus"/> is published; 10 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is zero or negative.</exception>
    public TimeSpan StatusInterval
    {
        get;
        init => field = Positive(value, nameof(StatusInterval));
    }
    = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The phase of the actor system's coordinated shutdown in which the consumer stops in good order, see <see cref="StopConsuming"/>;
    /// <c>service-requests-done</c> by default, which comes before the RedisActor is drained. <see langword="null"/>: none.
    /// </summary>
    public string? StopInPhase { get; init; } = "service-requests-done";

    internal string DeadLetters => DeadLetterStream ?? $"{Stream}:dead-letters";

    private static int InRange(int value, int least, int most, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
        return value;
    }

    private static TimeSpan Positive(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        return value;
    }
}
