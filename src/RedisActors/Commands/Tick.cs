using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>What an actor tells itself, without any content: there is one of each kind.</summary>
internal abstract class Tick<TSelf> : INoSerializationVerificationNeeded, IDeadLetterSuppression
    where TSelf : Tick<TSelf>, new()
{
    public static readonly TSelf Instance = new();
}
