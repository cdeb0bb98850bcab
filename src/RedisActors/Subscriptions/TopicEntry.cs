using Akka.Actor;

namespace RedisActors.Subscriptions;

/// <summary>What the server has been asked for, and has answered.</summary>
internal enum TopicState
{
    /// <summary>The server does not send it, and has not been asked to.</summary>
    Idle,

    Asked,

    Confirmed,

    /// <summary>The server has been asked to send no more of it.</summary>
    Leaving,
}

/// <summary>
/// A topic with its subscribers. It belongs to one <see cref="SubscriptionLedger"/> at a time: in a Redis Cluster it may change nodes.
/// </summary>
internal sealed class TopicEntry(Topic topic)
{
    public Topic Topic => topic;

    public List<Membership> Members { get; } = [];

    public TopicState State { get; set; }

    public DateTimeOffset ConfirmedAt { get; set; }

    /// <summary>Tells the subscribers that nothing more comes, where no ledger has it.</summary>
    public void EndAll(string reason)
    {
        foreach (var member in Members)
        {
            member.Subscriber.Tell(new RedisSubscriptionEnded(topic.Kind, topic.Name, reason));
            foreach (var asker in member.Askers) asker.Tell(topic.Failure(reason, null));
        }

        Members.Clear();
    }

    /// <summary>Tells the subscribers that an interruption has ended, where the topic needs no node in place of the former one.</summary>
    public void EndInterruptions(DateTimeOffset now)
    {
        foreach (var member in Members)
        {
            if (member.Gap is not { } gap) continue;
            member.Subscriber.Tell(new RedisSubscriptionResumed(topic.Kind, topic.Name, gap.From, now, gap.Epoch, gap.Epoch, gap.Cause));
        }
    }

    /// <summary>The object by which the link knows it.</summary>
    public Topic? LatestName { get; set; }
}
