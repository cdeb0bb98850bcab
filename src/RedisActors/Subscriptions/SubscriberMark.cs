using System.Globalization;
using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>How many messages a subscriber had been sent at a moment, as the id of an <see cref="Identify"/> that follows them.</summary>
/// <param name="Member">The number of the <see cref="Membership"/>.</param>
/// <param name="Count">How many.</param>
internal readonly record struct SubscriberMark(long Member, long Count)
{
    public Identify Question() => new(string.Create(CultureInfo.InvariantCulture, $"{Member}:{Count}"));

    /// <summary>The mark that an actor has reached; null: the answer is to another question.</summary>
    public static SubscriberMark? Of(ActorIdentity answer) =>
        answer.MessageId is string mark
        && mark.Split(':') is [var member, var count]
        && long.TryParse(member, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var taken)
            ? new SubscriberMark(number, taken)
            : null;
}
