using System.Runtime.Serialization;
using Akka.Actor;
using Google.Protobuf;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace RedisActors.Wire;

/// <summary>The failure of a command: the exception, and the <c>Status.Failure</c> around it.</summary>
internal sealed class FailureForm(PayloadForm payloads, CommandForm commands)
{
    private const string ExceptionField = "RedisActors";

    /// <summary>How Akka.Remote takes an exception apart: our form becomes one of its fields.</summary>
    public static void AddTo(SerializationInfo info, RedisOutcomeException failure) =>
        info.AddValue(ExceptionField, OfThisTransport().ToWire(failure).ToByteArray(), typeof(byte[]));

    /// <summary>How Akka.Remote puts it together again.</summary>
    public static RedisOutcomeException ReadFrom(SerializationInfo info) => info.GetValue(ExceptionField, typeof(byte[])) is byte[] bytes
        ? OfThisTransport().FromWire(Form.Failure.Parser.ParseFrom(bytes))
        : throw new SerializationException("A RedisOutcomeException came without its content.");

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

    private static FailureForm OfThisTransport()
    {
        var payloads = new PayloadForm((ExtendedActorSystem)AkkaSerialization.GetCurrentTransportInformation().System);
        return new FailureForm(payloads, new CommandForm(payloads));
    }

    private static Form.FailureOutcome ToWire(Outcome outcome) => outcome switch
    {
        Outcome.Rejected => Form.FailureOutcome.FailureRejected,
        Outcome.NotSent => Form.FailureOutcome.FailureNotSent,
        Outcome.Unknown => Form.FailureOutcome.FailureUnknown,
        _ => throw new SerializationException($"there is no failure with the outcome {outcome}"),
    };

    // An outcome that this version does not know says nothing to it: Unknown.
    private static Outcome FromWire(Form.FailureOutcome outcome) => outcome switch
    {
        Form.FailureOutcome.FailureRejected => Outcome.Rejected,
        Form.FailureOutcome.FailureNotSent => Outcome.NotSent,
        _ => Outcome.Unknown,
    };
}
