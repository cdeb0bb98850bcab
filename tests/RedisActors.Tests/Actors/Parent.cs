using Akka.Actor;

namespace RedisActors.Tests.Actors;

/// <summary>Has one child, and tells the listener what the child tells it and what it fails with.</summary>
internal sealed class Parent : ReceiveActor
{
    private readonly Props _child;
    private readonly IActorRef _listener;

    public Parent(Props child, IActorRef listener)
    {
        _child = child;
        _listener = listener;
        Receive<Terminated>(stopped => _listener.Tell(new Stopped(stopped.ActorRef)));
        ReceiveAny(message => _listener.Forward(message));
    }

    public static Props Of(Props child, IActorRef listener) => Props.Create(() => new Parent(child, listener));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        maxNrOfRetries: -1,
        withinTimeMilliseconds: -1,
        localOnlyDecider: failure =>
        {
            _listener.Tell(new Failed(failure));
            return Directive.Stop;
        },
        loggingEnabled: false);

    protected override void PreStart() => _listener.Tell(new Born(Context.Watch(Context.ActorOf(_child, "child"))));

    // What is told to the test stays in its process.
    internal sealed record Born(IActorRef Child) : INoSerializationVerificationNeeded;

    internal sealed record Stopped(IActorRef Child) : INoSerializationVerificationNeeded;

    internal sealed record Failed(Exception Failure) : INoSerializationVerificationNeeded;
}
