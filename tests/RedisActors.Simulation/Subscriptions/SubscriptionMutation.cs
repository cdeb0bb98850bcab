namespace RedisActors.Simulation.Subscriptions;

/// <summary>A deliberate defect of what surrounds the ledger of subscriptions, to see that the simulation finds it.</summary>
public enum SubscriptionMutation
{
    None,

    /// <summary>A gap is said to begin when the loss was noticed, not at the last sign of life.</summary>
    GapFromLoss,

    /// <summary>Subscriptions count as confirmed as soon as they are asked for.</summary>
    ConfirmationForged,

    /// <summary>After a reconnect one topic is not asked for.</summary>
    ResubscribeForgotten,

    /// <summary>The server is not told that nobody subscribes any more.</summary>
    UnsubscribeForgotten,

    /// <summary>That a subscriber has stopped is not noticed.</summary>
    StopUnnoticed,

    /// <summary>Answers come ahead of messages that the server sent before them.</summary>
    AnswersOvertake,

    /// <summary>A message that the server sent over the lost link comes after the next one is up.</summary>
    LateMessageTaken,

    /// <summary>A message is lost without a loss of the link.</summary>
    MessageLost,

    /// <summary>A page of a stream is read twice.</summary>
    PageTwice,

    /// <summary>A page of a stream is passed over.</summary>
    PageSkipped,

    /// <summary>A stream that was trimmed seems whole.</summary>
    TrimmingHidden,

    /// <summary>Publishers publish later than they may after they have added to the stream.</summary>
    PublishedTooLate,

    /// <summary>What a subscriber has taken is not told.</summary>
    MarksLost,

    /// <summary>A subscriber counts as one that has taken everything.</summary>
    MarksForged,

    /// <summary>That messages were dropped is not told.</summary>
    DroppedUntold,
}
