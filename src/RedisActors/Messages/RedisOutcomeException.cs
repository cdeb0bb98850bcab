using System.Runtime.Serialization;
using RedisActors.Wire;

namespace RedisActors;

/// <summary>
/// Why a <see cref="RedisCommand"/> was not answered with a <see cref="RedisReply"/>. It reaches the sender as the cause of an
/// Akka <c>Status.Failure</c>, and is thrown by <c>Ask</c>.
/// </summary>
/// <remarks>It travels with all its properties from one actor system to another; the stack trace stays behind.</remarks>
public sealed class RedisOutcomeException : Exception
{
    internal RedisOutcomeException(
        Outcome outcome, RedisCommand command, string message, string? serverError = null, Exception? cause = null)
        : base(message, cause)
    {
        Outcome = outcome;
        Command = command;
        ServerError = serverError;
    }

    // Akka.Remote looks for this constructor.
    private RedisOutcomeException(SerializationInfo info, StreamingContext context)
        : this(FailureForm.ReadFrom(info))
    {
    }

    private RedisOutcomeException(RedisOutcomeException copied)
        : this(copied.Outcome, copied.Command, copied.Message, copied.ServerError)
    {
    }

    /// <summary>
    /// <see cref="Outcome.Rejected"/>, <see cref="Outcome.NotSent"/> or <see cref="Outcome.Unknown"/>;
    /// never <see cref="Outcome.Applied"/>.
    /// </summary>
    public Outcome Outcome { get; }

    /// <summary>The command this is about.</summary>
    public RedisCommand Command { get; }

    /// <summary>The state that the sender gave to the command.</summary>
    public object? State => Command.State;

    /// <summary>The server's words when the outcome is <see cref="Outcome.Rejected"/>, otherwise <see langword="null"/>.</summary>
    public string? ServerError { get; }

    /// <summary>
    /// For Akka.Remote, which takes exceptions apart and puts them together in this way. It works within Akka's serialization only:
    /// without an actor system there is none to write the state with.
    /// </summary>
    [Obsolete("For the serialization of Akka.Remote only.", DiagnosticId = "SYSLIB0051")]
    public override void GetObjectData(SerializationInfo info, StreamingContext context)
    {
        base.GetObjectData(info, context);
        FailureForm.AddTo(info, this);
    }
}
