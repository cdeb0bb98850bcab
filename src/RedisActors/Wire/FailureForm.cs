using System.Runtime.Serialization;
using Akka.Actor;

namespace RedisActors.Wire;

/// <summary>What a command ended as when it was not applied: the exception, and the <c>Status.Failure</c> around it.</summary>
internal sealed class FailureForm(PayloadForm payloads, CommandForm commands)
{
    public static FailureForm For(ExtendedActorSystem system)
    {
        var payloads = new PayloadForm(system);
        return new FailureForm(payloads, new CommandForm(payloads));
    }

    public Form.Failure ToWire(RedisOutcomeException failure)
    {
        var wire = new Form.Failure
        {
            Outcome = ToWire(failure.Outcome),
            Command = commands.ToWire(failure.Command),
            Message = failure.Message,
        };
        if (failure.ServerError is { } error) wire.ServerError = error;
        return wire;
    }

    public RedisOutcomeException FromWire(Form.Failure? wire) => wire?.Command is null
        ? throw new SerializationException("it names no command")
        : new(FromWire(wire.Outcome), commands.FromWire(wire.Command), wire.Message, wire.HasServerError ? wire.ServerError : null);

    public Form.FailureStatus ToWire(Status.Failure status)
    {
        if (status.Cause is not RedisOutcomeException cause)
        {
            throw new SerializationException(
                $"its cause is a {status.Cause?.GetType()}, and this serializer writes a Status.Failure for RedisOutcomeException only. "
                + "Akka.Remote brings one for all of them; without it, bind one of yours to \"Akka.Actor.Status+Failure, Akka\".");
        }

        var sameState = ReferenceEquals(status.State, cause.State);
        return new Form.FailureStatus
        {
            Cause = ToWire(cause),
            StateOfCommand = sameState,
            State = sameState ? null : payloads.ToWire(status.State),
        };
    }

    public Status.Failure FromWire(Form.FailureStatus wire)
    {
        var cause = FromWire(wire.Cause);
        return new Status.Failure(cause, wire.StateOfCommand ? cause.State : payloads.FromWire(wire.State));
    }

    private static Form.FailureOutcome ToWire(Outcome outcome) => outcome switch
    {
        Outcome.Rejected => Form.FailureOutcome.FailureRejected,
        Outcome.NotSent => Form.FailureOutcome.FailureNotSent,
        Outcome.Unknown => Form.FailureOutcome.FailureUnknown,
        _ => throw new SerializationException($"there is no failure with the outcome {outcome}"),
    };

    // Of an outcome that this version does not know it knows nothing, and says so.
    private static Outcome FromWire(Form.FailureOutcome outcome) => outcome switch
    {
        Form.FailureOutcome.FailureRejected => Outcome.Rejected,
        Form.FailureOutcome.FailureNotSent => Outcome.NotSent,
        _ => Outcome.Unknown,
    };
}
