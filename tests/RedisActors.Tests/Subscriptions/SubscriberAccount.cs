using System.Globalization;
using Akka.Actor;

namespace RedisActors.Tests.Subscriptions;

/// <summary>What subscribers were told of messages that bear numbers, to be compared with what was published. Thread-safe.</summary>
internal sealed class SubscriberAccount
{
    private readonly Lock _gate = new();
    private readonly List<object> _told = [];

    public IReadOnlyList<object> Told
    {
        get
        {
            lock (_gate) return [.. _told];
        }
    }

    /// <summary>The numbers of the messages, in the order in which they came.</summary>
    public IReadOnlyList<long> Numbers => [.. Told.OfType<RedisMessage>().Select(message => (long)message.Payload)];

    /// <summary>The greatest number of all.</summary>
    public long Latest { get; private set; }

    public IReadOnlyList<RedisSubscriptionResumed> Gaps => [.. Told.OfType<RedisSubscriptionResumed>()];

    public static (IActorRef Actor, SubscriberAccount Account) Open(ActorSystem system)
    {
        var account = new SubscriberAccount();
        return (system.ActorOf(Props.Create(() => new Subscriber(account))), account);
    }

    /// <summary>What is wrong with what was told, where nothing may be lost without a told gap; null: nothing.</summary>
    /// <param name="published">The numbers of what was published, with the times of the server's clock.</param>
    public string? WrongOfGaps(IReadOnlyDictionary<long, DateTimeOffset> published)
    {
        var slack = TimeSpan.FromMilliseconds(5);
        var numbers = Numbers;
        if (Disorder(numbers) is { } disorder) return disorder;
        var received = numbers.ToHashSet();
        var gaps = Gaps;
        var unexplained = published
            .Where(each => !received.Contains(each.Key) && !gaps.Any(gap => gap.From - slack <= each.Value && each.Value <= gap.To + slack))
            .ToList();
        return unexplained.Count == 0
            ? Structure()
            : $"{unexplained.Count} are missing and in no gap, the first is {unexplained[0].Key} at {unexplained[0].Value:O}; gaps: "
                + string.Join("; ", gaps.Select(gap => $"{gap.From:O} to {gap.To:O}"));
    }

    /// <summary>What is wrong with what was told, where nothing may be missing; null: nothing.</summary>
    public string? WrongOfAll(IReadOnlyDictionary<long, DateTimeOffset> published)
    {
        var numbers = Numbers;
        if (Disorder(numbers) is { } disorder) return disorder;
        var missing = published.Keys.Except(numbers).Order().ToList();
        if (missing.Count > 0) return $"{missing.Count} are missing, the first is {missing[0]}; {string.Join("; ", Gaps.Select(gap => $"{gap.Backfilled} backfilled, complete: {gap.IsComplete}"))}";
        return Gaps.Any(gap => !gap.IsComplete) ? "a gap is not complete" : Structure();
    }

    /// <summary>An interruption and its end are told by turns, and no message between them but from a stream.</summary>
    private string? Structure()
    {
        var isInterrupted = false;
        var between = 0;
        foreach (var what in Told)
        {
            switch (what)
            {
                case RedisSubscriptionInterrupted when isInterrupted:
                    return "interrupted twice";
                case RedisSubscriptionInterrupted:
                    (isInterrupted, between) = (true, 0);
                    break;
                case RedisSubscriptionResumed when !isInterrupted:
                    return "resumed without an interruption";
                case RedisSubscriptionResumed resumed when resumed.Backfilled != between:
                    return $"{between} messages between an interruption and its end, and {resumed.Backfilled} told";
                case RedisSubscriptionResumed:
                    isInterrupted = false;
                    break;
                case RedisMessage when isInterrupted:
                    between++;
                    break;
                case RedisSubscriptionEnded or RedisMessagesDropped:
                    return $"{what}";
            }
        }

        return null;
    }

    private static string? Disorder(IReadOnlyList<long> numbers)
    {
        for (var i = 1; i < numbers.Count; i++)
        {
            if (numbers[i] <= numbers[i - 1]) return string.Create(CultureInfo.InvariantCulture, $"{numbers[i]} comes after {numbers[i - 1]}");
        }

        return null;
    }

    private sealed class Subscriber : UntypedActor
    {
        private readonly SubscriberAccount _account;

        public Subscriber(SubscriberAccount account) => _account = account;

        protected override void OnReceive(object message)
        {
            lock (_account._gate) _account._told.Add(message);
            if (message is RedisMessage { Payload: var number }) _account.Latest = Math.Max(_account.Latest, (long)number);
        }
    }
}
