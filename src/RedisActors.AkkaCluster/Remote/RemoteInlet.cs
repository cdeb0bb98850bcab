using Akka.Actor;
using Akka.Event;

namespace RedisActors.AkkaCluster;

/// <summary>
/// The subscriber that a serving node knows: hands everything to its <see cref="RemoteRedis"/>, with the number of the place that it is
/// told from. There is a new one for each node, so that what a former node still tells is told apart; when it stops, the node
/// unsubscribes.
/// </summary>
internal sealed class RemoteInlet : ReceiveActor
{
    private readonly IActorRef _owner = Context.Parent;

    public RemoteInlet(long place) => ReceiveAny(message => _owner.Tell(new Arrived(place, message)));

    public static Props Props(long place) => Akka.Actor.Props.Create(() => new RemoteInlet(place));

    /// <summary>A node has told something of a subscription.</summary>
    public sealed record Arrived(long Place, object Message) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
