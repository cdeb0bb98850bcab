using Akka.Actor;

namespace RedisActors.Streams;

/// <summary>What a subscription of <see cref="RedisSource"/> is for, and what happens when the stream is slow.</summary>
public sealed record RedisSubscriptionOptions
{
    private RedisSubscriptionOptions(RedisSubscriptionKind kind, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Kind, Name) = (kind, name);
    }

    /// <summary>What <see cref="Name"/> is.</summary>
    public RedisSubscriptionKind Kind { get; }

    /// <summary>The channel, or the pattern.</summary>
    public string Name { get; }

    /// <summary>
    /// How many messages may have come and not been emitted, 1 or more; 10,000 by default. What exceeds that, <see cref="WhenSlow"/> says. See
    /// <see cref="RedisSubscribe.MaxUnread"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int MaxUnread
    {
        get;
        init => field = Check.InRange(value, 1, int.MaxValue, nameof(MaxUnread));
    }
    = 10_000;

    /// <summary>
    /// What happens when the stream is slower than the publishers. Redis cannot be asked to wait, so either the oldest messages are dropped, the
    /// default, or the stream fails with a <see cref="RedisSubscriptionException"/> (<see cref="SlowSubscriber.Disconnect"/>).
    /// </summary>
    public SlowSubscriber WhenSlow { get; init; }

    /// <summary>A channel (<c>SUBSCRIBE</c>).</summary>
    /// <param name="channel">The channel.</param>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    public static RedisSubscriptionOptions Channel(string channel) => new(RedisSubscriptionKind.Channel, channel);

    /// <summary>All channels that match a pattern (<c>PSUBSCRIBE</c>): <c>news.*</c>.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    public static RedisSubscriptionOptions Pattern(string pattern) => new(RedisSubscriptionKind.Pattern, pattern);

    /// <summary>A channel of sharded pub/sub (<c>SSUBSCRIBE</c>, Redis 7).</summary>
    /// <param name="channel">The channel.</param>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    public static RedisSubscriptionOptions ShardChannel(string channel) => new(RedisSubscriptionKind.ShardChannel, channel);

    internal RedisSubscribe SubscribeFor(IActorRef subscriber) =>
        RedisSubscribe.To(Kind, Name, subscriber) with { MaxUnread = MaxUnread, WhenSlow = WhenSlow };

    internal RedisUnsubscribe UnsubscribeFor(IActorRef subscriber) => RedisUnsubscribe.From(Kind, Name, subscriber);
}

/// <summary>
/// A subscription has ended, or could not be had: the server refuses it, the stream was too slow, the connection was given up, or the
/// <see cref="RedisActor"/> stops.
/// </summary>
/// <param name="ended">What was told of it.</param>
public sealed class RedisSubscriptionException(RedisSubscriptionEnded ended)
    : Exception($"The subscription to {ended?.Channel} has ended: {ended?.Reason}")
{
    /// <summary>What was told of it: why, and the server's error where it refused.</summary>
    public RedisSubscriptionEnded Ended { get; } = ended ?? throw new ArgumentNullException(nameof(ended));
}
