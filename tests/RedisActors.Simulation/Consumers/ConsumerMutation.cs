namespace RedisActors.Simulation.Consumers;

/// <summary>A deliberate defect of a stream consumer, to see that the simulation finds it. As <see cref="Mutation"/>.</summary>
public enum ConsumerMutation
{
    None,

    /// <summary>The loss of a reply that gave entries to a consumer is not told to its ledger, and nor is what it does later.</summary>
    LostReplyForgotten,

    /// <summary>What a consumer has in hand is not renewed.</summary>
    RenewalOmitted,

    /// <summary>An entry is claimed although somebody has taken it since.</summary>
    IdleTimeIgnored,

    /// <summary>An acknowledgement that was not answered is not repeated.</summary>
    AcknowledgementNotRepeated,

    /// <summary>A handler that does not answer has all the time in the world.</summary>
    HandlerTimeIgnored,

    /// <summary>What others have left is not looked for.</summary>
    LeftBehind,

    /// <summary>An entry goes to the dead letters at its first failure.</summary>
    NoSecondDelivery,

    /// <summary>A claim whose reply was lost counts as a delivery.</summary>
    ClaimCounted,
}
