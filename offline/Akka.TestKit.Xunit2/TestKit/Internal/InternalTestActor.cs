#nullable disable // as Akka.TestKit
using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit.Internal;

/// <summary>Puts what it receives into the inbox of its test, apart from what the test kit asks of it.</summary>
internal sealed class InternalTestActor : ActorBase
{
    private readonly TestActorInbox _inbox;
    private AutoPilot _autoPilot = AutoPilot.NoAutoPilot;
    private Func<object, bool> _ignore;

    public InternalTestActor(TestActorInbox inbox)
    {
        _inbox = inbox;
        inbox.Cell.TrySetResult((ActorCell)Context);
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case SetIgnore ignore:
                _ignore = ignore.ShouldIgnore;
                break;

            case SetAutoPilot pilot:
                _autoPilot = pilot.AutoPilot;
                break;

            case Watch watch:
                Context.Watch(watch.Actor);
                watch.Done.SetResult();
                break;

            case Unwatch unwatch:
                Context.Unwatch(unwatch.Actor);
                unwatch.Done.SetResult();
                break;

            default:
                Take(message);
                break;
        }

        return true;
    }

    private void Take(object message)
    {
        var next = _autoPilot.Run(Sender, message);
        if (next is not KeepRunning)
            _autoPilot = next;

        if (!(_ignore?.Invoke(message) ?? false))
            _inbox.Add(new RealMessageEnvelope(message, Sender));
    }

    internal sealed record SetIgnore(Func<object, bool> ShouldIgnore) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    internal sealed record SetAutoPilot(AutoPilot AutoPilot) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    internal sealed record Watch(IActorRef Actor) : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    internal sealed record Unwatch(IActorRef Actor) : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
