using Akka.Actor;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>What a subscription is for.</summary>
public enum RedisSubscriptionKind : byte
{
    /// <summary>A channel (<c>SUBSCRIBE</c>).</summary>
    Channel,

    /// <summary>All channels that match a pattern (<c>PSUBSCRIBE</c>).</summary>
    Pattern,

    /// <summary>A channel of sharded pub/sub (<c>SSUBSCRIBE</c>, Redis 7).</summary>
    ShardChannel,
}

/// <summary>What happens when a subscriber has more unread messages than <see cref="RedisSubscribe.MaxUnread"/>.</summary>
public enum SlowSubscriber : byte
{
    /// <summary>
    /// The oldest messages that have not reached its mailbox are dropped; a <see cref="RedisMessagesDropped"/> takes their place. The
    /// default.
    /// </summary>
    DropOldest,

    /// <summary>The subscription ends, and the subscriber is told so by a <see cref="RedisSubscriptionEnded"/>.</summary>
    Disconnect,
}

/// <summary>
/// A stream to which the publisher also adds everything that it publishes to a channel. After a reconnect, what was missed is read from it
/// and told in the stream's order, before <see cref="RedisSubscriptionResumed"/>.
/// </summary>
/// <remarks>
/// <para>
/// The publisher adds first and publishes then, within 2 s, or does both in one transaction or script: <c>XADD news-stream MAXLEN ~ 100000 *
/// payload P</c>, <c>PUBLISH news P</c>. Ids are the server's own (<c>*</c>). What was told already is recognized by its payload, so payloads
/// should differ: a number in them is enough.
/// </para>
/// <para>
/// What goes back further than the stream does is missing; <see cref="RedisSubscriptionResumed.IsComplete"/> says whether anything is.
/// </para>
/// </remarks>
/// <param name="streamKey">The key of the stream. In a Redis Cluster it has to be on the node that has the subscription.</param>
/// <param name="payloadField">The field of an entry that holds the payload, as published.</param>
/// <exception cref="ArgumentException">One of them is empty.</exception>
public sealed class RedisBackfill(string streamKey, string payloadField = "payload") : IEquatable<RedisBackfill>
{
    /// <summary>The key of the stream.</summary>
    public string StreamKey { get; } = NotEmpty(streamKey, nameof(streamKey));

    /// <summary>The field of an entry that holds the payload.</summary>
    public string PayloadField { get; } = NotEmpty(payloadField, nameof(payloadField));

    /// <inheritdoc/>
    public bool Equals(RedisBackfill? other) => other is not null && StreamKey == other.StreamKey && PayloadField == other.PayloadField;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RedisBackfill);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StreamKey, PayloadField);

    /// <inheritdoc/>
    public override string ToString() => $"{StreamKey} {PayloadField}";

    private static string NotEmpty(string text, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, name);
        return text;
    }
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: <see cref="Subscribe"/>, <see cref="PSubscribe"/> or <see cref="SSubscribe"/>. The subscriber is told
/// <see cref="RedisSubscribed"/> when the server has confirmed it, and from then on each message as a <see cref="RedisMessage"/>, until it
/// unsubscribes or stops.
/// </summary>
/// <remarks>
/// <para>
/// When the connection is lost, the subscriber is told <see cref="RedisSubscriptionInterrupted"/>. The connection comes back by itself, and
/// so do all its subscriptions; then the subscriber is told <see cref="RedisSubscriptionResumed"/> with the gap, before the next message.
/// </para>
/// <para>
/// A subscription that cannot be had, or goes on no longer, ends with a <see cref="RedisSubscriptionEnded"/>. A sender other than the
/// subscriber (an <c>Ask</c>) is answered as well: with the <see cref="RedisSubscribed"/>, or with a <c>Status.Failure</c> whose cause is a
/// <see cref="RedisOutcomeException"/>.
/// </para>
/// <para>Subscribing twice is the same as once; the newer options hold.</para>
/// <para>
/// In a Redis Cluster a shard channel follows its slot, and each node counts epochs of its own. Channels and patterns that begin with
/// <c>__key</c> (keyspace notifications) are subscribed to at every primary, and the subscriber is told of each by itself.
/// </para>
/// </remarks>
public abstract record RedisSubscribe : IRedisMessage
{
    private readonly int _maxUnread = 10_000;

    private protected RedisSubscribe(string name, IActorRef subscriber)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(subscriber);
        Name = name;
        Subscriber = subscriber;
    }

    /// <summary>The actor that is told.</summary>
    public IActorRef Subscriber { get; }

    /// <summary>
    /// How many messages may be on their way to the subscriber and not taken from its mailbox. What exceeds that, <see cref="WhenSlow"/>
    /// says. The default is 10,000. It may be exceeded by what arrives in one read of the connection, about 1,000 messages.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int MaxUnread
    {
        get => _maxUnread;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxUnread));
            _maxUnread = value;
        }
    }

    /// <summary>What happens to a subscriber with more unread messages than that.</summary>
    public SlowSubscriber WhenSlow { get; init; }

    internal abstract RedisSubscriptionKind Kind { get; }

    internal virtual RedisBackfill? Stream => null;

    internal static RedisSubscribe To(RedisSubscriptionKind kind, string name, IActorRef subscriber) => kind switch
    {
        RedisSubscriptionKind.Pattern => new PSubscribe(name, subscriber),
        RedisSubscriptionKind.ShardChannel => new SSubscribe(name, subscriber),
        _ => new Subscribe(name, subscriber),
    };

    internal string Name { get; }

    internal RedisSubscriptionEnded Refusal(string reason) => new(Kind, Name, reason);
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: subscribes an actor to a channel. What it is told, and when: <see cref="RedisSubscribe"/>.
/// </summary>
public sealed record Subscribe : RedisSubscribe
{
    /// <summary>Subscribes an actor to a channel.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="subscriber">The actor that is told.</param>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    /// <exception cref="ArgumentNullException">There is no subscriber.</exception>
    public Subscribe(string channel, IActorRef subscriber)
        : base(channel, subscriber)
    {
    }

    /// <summary>The channel, as text in UTF-8.</summary>
    public string Channel => Name;

    /// <summary>The stream from which missed messages are read after a reconnect; <see langword="null"/>, the default, is none.</summary>
    public RedisBackfill? Backfill { get; init; }

    internal override RedisSubscriptionKind Kind => RedisSubscriptionKind.Channel;

    internal override RedisBackfill? Stream => Backfill;
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: subscribes an actor to all channels that match a pattern, <c>news.*</c>. What it is told, and when: <see cref="RedisSubscribe"/>.
/// </summary>
public sealed record PSubscribe : RedisSubscribe
{
    /// <summary>Subscribes an actor to all channels that match a pattern, <c>news.*</c>.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="subscriber">The actor that is told.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    /// <exception cref="ArgumentNullException">There is no subscriber.</exception>
    public PSubscribe(string pattern, IActorRef subscriber)
        : base(pattern, subscriber)
    {
    }

    /// <summary>The pattern, as text in UTF-8.</summary>
    public string Pattern => Name;

    internal override RedisSubscriptionKind Kind => RedisSubscriptionKind.Pattern;
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: subscribes an actor to a channel of sharded pub/sub. What it is told, and when: <see cref="RedisSubscribe"/>.
/// </summary>
public sealed record SSubscribe : RedisSubscribe
{
    /// <summary>Subscribes an actor to a channel of sharded pub/sub.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="subscriber">The actor that is told.</param>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    /// <exception cref="ArgumentNullException">There is no subscriber.</exception>
    public SSubscribe(string channel, IActorRef subscriber)
        : base(channel, subscriber)
    {
    }

    /// <summary>The channel, as text in UTF-8.</summary>
    public string Channel => Name;

    /// <summary>The stream from which missed messages are read after a reconnect; <see langword="null"/>, the default, is none.</summary>
    public RedisBackfill? Backfill { get; init; }

    internal override RedisSubscriptionKind Kind => RedisSubscriptionKind.ShardChannel;

    internal override RedisBackfill? Stream => Backfill;
}

/// <summary>
/// Sent to a <see cref="RedisActor"/>: <see cref="Unsubscribe"/>, <see cref="PUnsubscribe"/> or <see cref="SUnsubscribe"/>. The subscriber is
/// told <see cref="RedisUnsubscribed"/>, and nothing of the subscription after that. The server is left when nobody else subscribes.
/// </summary>
public abstract record RedisUnsubscribe : IRedisMessage
{
    private protected RedisUnsubscribe(string name, IActorRef subscriber)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(subscriber);
        Name = name;
        Subscriber = subscriber;
    }

    /// <summary>The actor that was told until now.</summary>
    public IActorRef Subscriber { get; }

    internal abstract RedisSubscriptionKind Kind { get; }

    internal string Name { get; }

    internal RedisUnsubscribed Answer() => new(Kind, Name);

    internal static RedisUnsubscribe From(RedisSubscriptionKind kind, string name, IActorRef subscriber) => kind switch
    {
        RedisSubscriptionKind.Pattern => new PUnsubscribe(name, subscriber),
        RedisSubscriptionKind.ShardChannel => new SUnsubscribe(name, subscriber),
        _ => new Unsubscribe(name, subscriber),
    };
}

/// <summary>Sent to a <see cref="RedisActor"/>: ends a <see cref="Subscribe"/>. See <see cref="RedisUnsubscribe"/>.</summary>
public sealed record Unsubscribe : RedisUnsubscribe
{
    /// <summary>Ends a <see cref="Subscribe"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="subscriber">The actor that was told until now.</param>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    /// <exception cref="ArgumentNullException">There is no subscriber.</exception>
    public Unsubscribe(string channel, IActorRef subscriber)
        : base(channel, subscriber)
    {
    }

    /// <summary>The channel.</summary>
    public string Channel => Name;

    internal override RedisSubscriptionKind Kind => RedisSubscriptionKind.Channel;
}

/// <summary>Sent to a <see cref="RedisActor"/>: ends a <see cref="PSubscribe"/>. See <see cref="RedisUnsubscribe"/>.</summary>
public sealed record PUnsubscribe : RedisUnsubscribe
{
    /// <summary>Ends a <see cref="PSubscribe"/>.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="subscriber">The actor that was told until now.</param>
    /// <exception cref="ArgumentException">The pattern is empty.</exception>
    /// <exception cref="ArgumentNullException">There is no subscriber.</exception>
    public PUnsubscribe(string pattern, IActorRef subscriber)
        : base(pattern, subscriber)
    {
    }

    /// <summary>The pattern.</summary>
    public string Pattern => Name;

    internal override RedisSubscriptionKind Kind => RedisSubscriptionKind.Pattern;
}

/// <summary>Sent to a <see cref="RedisActor"/>: ends a <see cref="SSubscribe"/>. See <see cref="RedisUnsubscribe"/>.</summary>
public sealed record SUnsubscribe : RedisUnsubscribe
{
    /// <summary>Ends a <see cref="SSubscribe"/>.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="subscriber">The actor that was told until now.</param>
    /// <exception cref="ArgumentException">The channel is empty.</exception>
    /// <exception cref="ArgumentNullException">There is no subscriber.</exception>
    public SUnsubscribe(string channel, IActorRef subscriber)
        : base(channel, subscriber)
    {
    }

    /// <summary>The channel.</summary>
    public string Channel => Name;

    internal override RedisSubscriptionKind Kind => RedisSubscriptionKind.ShardChannel;
}

/// <summary>A message that was published, told to each subscriber.</summary>
/// <param name="Channel">The channel to which it was published, as text in UTF-8.</param>
/// <param name="Pattern">The pattern through which it came; <see langword="null"/> for a <see cref="Subscribe"/> and an <see cref="SSubscribe"/>.</param>
/// <param name="Payload">What was published.</param>
/// <param name="Epoch">The number of the connection over which it came, from 1; it grows with each connection.</param>
public sealed record RedisMessage(string Channel, string? Pattern, RedisValue Payload, long Epoch) : IRedisMessage;

/// <summary>Something that a subscriber is told of its subscription, in its place among the messages.</summary>
/// <param name="Kind">What the subscription is for.</param>
/// <param name="Channel">The channel; of a <see cref="PSubscribe"/>, the pattern.</param>
public abstract record RedisSubscriptionEvent(RedisSubscriptionKind Kind, string Channel) : IRedisMessage;

/// <summary>The server has confirmed a subscription: what is published from now on comes.</summary>
/// <param name="Kind"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Kind']"/></param>
/// <param name="Channel"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Channel']"/></param>
/// <param name="Epoch">The number of the connection.</param>
/// <param name="At">
/// The time at which it had been confirmed for sure, by the server's clock; by this host's where the server does not permit <c>TIME</c>.
/// For a subscriber that had been told so already: the last time at which the connection was certainly alive.
/// </param>
public sealed record RedisSubscribed(RedisSubscriptionKind Kind, string Channel, long Epoch, DateTimeOffset At) : RedisSubscriptionEvent(Kind, Channel);

/// <summary>The answer to an <see cref="Unsubscribe"/> and its like: nothing of the subscription comes after it.</summary>
/// <param name="Kind"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Kind']"/></param>
/// <param name="Channel"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Channel']"/></param>
public sealed record RedisUnsubscribed(RedisSubscriptionKind Kind, string Channel) : RedisSubscriptionEvent(Kind, Channel);

/// <summary>
/// The connection is gone: what is published from here on is missed, until <see cref="RedisSubscriptionResumed"/>. Told once for each
/// gap, however many attempts it takes to end it.
/// </summary>
/// <param name="Kind"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Kind']"/></param>
/// <param name="Channel"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Channel']"/></param>
/// <param name="Epoch">The number of the connection that was lost.</param>
/// <param name="Since">What was published before this time has come. See <see cref="RedisSubscriptionResumed.From"/>.</param>
/// <param name="Cause">Why, in one line.</param>
public sealed record RedisSubscriptionInterrupted(RedisSubscriptionKind Kind, string Channel, long Epoch, DateTimeOffset Since, string Cause)
    : RedisSubscriptionEvent(Kind, Channel);

/// <summary>
/// The server has confirmed the subscription again, and all others of the connection. What was published between <see cref="From"/> and
/// <see cref="To"/> may have been missed; everything before has come, and everything after comes.
/// </summary>
/// <param name="Kind"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Kind']"/></param>
/// <param name="Channel"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Channel']"/></param>
/// <param name="From">
/// The last sign of life of the connection that was lost: when the last question was asked that the server answered, by the server's clock
/// (this host's where the server does not permit <c>TIME</c>). What it sent before that answer has come.
/// </param>
/// <param name="To">When the server had confirmed for sure, by the clock of the server that did.</param>
/// <param name="FromEpoch">The number of the connection that was lost.</param>
/// <param name="ToEpoch">The number of the connection over which messages come from now on.</param>
/// <param name="Cause">Why the connection was lost, in one line.</param>
public sealed record RedisSubscriptionResumed(
    RedisSubscriptionKind Kind, string Channel, DateTimeOffset From, DateTimeOffset To, long FromEpoch, long ToEpoch, string Cause)
    : RedisSubscriptionEvent(Kind, Channel)
{
    /// <summary>How many missed messages were read from the stream of a <see cref="RedisBackfill"/> and told before this event.</summary>
    public long Backfilled { get; init; }

    /// <summary>
    /// Whether nothing is missing: there is a <see cref="RedisBackfill"/>, and its stream went back to before the gap. Where that is not known
    /// it is <see langword="false"/>: without a <see cref="RedisBackfill"/>, and when the gap begins within 2 s of the subscription.
    /// </summary>
    public bool IsComplete { get; init; }
}

/// <summary>
/// The subscriber was too slow, and messages were dropped: those between the message before this event and the one after it. See
/// <see cref="SlowSubscriber.DropOldest"/>.
/// </summary>
/// <param name="Kind"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Kind']"/></param>
/// <param name="Channel"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Channel']"/></param>
/// <param name="Count">How many.</param>
public sealed record RedisMessagesDropped(RedisSubscriptionKind Kind, string Channel, long Count) : RedisSubscriptionEvent(Kind, Channel);

/// <summary>
/// The subscription has ended, or could not be had: the server refuses it, the subscriber was too slow, the connection was given up, or the
/// <see cref="RedisActor"/> stops. Nothing more comes; subscribe again if it is worth a try.
/// </summary>
/// <param name="Kind"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Kind']"/></param>
/// <param name="Channel"><inheritdoc cref="RedisSubscriptionEvent" path="/param[@name='Channel']"/></param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="ServerError">The server's error where it refused; otherwise <see langword="null"/>.</param>
public sealed record RedisSubscriptionEnded(RedisSubscriptionKind Kind, string Channel, string Reason, string? ServerError = null)
    : RedisSubscriptionEvent(Kind, Channel);
