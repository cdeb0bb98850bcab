using Akka.Actor;

namespace RedisActors;

/// <summary>
/// Sent to a <see cref="RedisActor"/>: tell the subscriber the present state at once, and each <see cref="RedisConnectionEvent"/>
/// from then on. A subscriber that stops is forgotten; subscribing twice is the same as once.
/// </summary>
/// <param name="Subscriber">Who is told.</param>
public sealed record SubscribeToState(IActorRef Subscriber);

/// <summary>Sent to a <see cref="RedisActor"/>: tell the subscriber no more.</summary>
/// <param name="Subscriber">Who was told until now.</param>
public sealed record UnsubscribeFromState(IActorRef Subscriber);

/// <summary>Sent to a <see cref="RedisActor"/>, which answers with a <see cref="RedisStatus"/>.</summary>
public sealed record GetStatus
{
    private GetStatus()
    {
    }

    /// <summary>The one instance.</summary>
    public static GetStatus Instance { get; } = new();
}

/// <summary>How a <see cref="RedisActor"/> stands at this moment.</summary>
/// <param name="State">
/// The last change of state; <see langword="null"/> only in the moment before the first connection attempt.
/// </param>
/// <param name="InFlight">Commands handed to the connection and not yet answered.</param>
/// <param name="Stashed">Commands accepted and not handed to a connection.</param>
public sealed record RedisStatus(RedisConnectionEvent? State, int InFlight, int Stashed) : INoSerializationVerificationNeeded;
