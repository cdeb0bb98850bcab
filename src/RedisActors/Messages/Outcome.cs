using System.Runtime.Serialization;
using RedisActors.Wire;

namespace RedisActors;

/// <summary>
/// What became of a command. Every command that reaches a <see cref="RedisActor"/> ends as exactly one of these.
/// </summary>
public enum Outcome
{
    /// <summary>The server executed the command; the <see cref="RedisReply"/> carries what it answered.</summary>
    Applied,

    /// <summary>
    /// The server answered with an error that will not go away by itself, such as <c>WRONGTYPE</c>, <c>NOPERM</c> or an
    /// unknown command. <see cref="RedisOutcomeException.ServerError"/> carries the server's words.
    /// </summary>
    Rejected,

    /// <summary>The command certainly never ran and never will: it can be sent again without a second thought.</summary>
    NotSent,

    /// <summary>
    /// The command was handed to a connection and no reply came back: the server may have executed it, or not.
    /// </summary>
    Unknown,
}

/// <summary>The answer to a <see cref="RedisCommand"/> that the server executed.</summary>
/// <param name="Value">What the server answered.</param>
/// <param name="State">The state that the sender gave to the command.</param>
public sealed record RedisReply(RespValue Value, object? State = null) : IRedisMessage
{
    private static readonly RedisReply Ok = new(RespValue.SimpleString("OK"));
    private static readonly RedisReply Null = new(RespValue.Null);
    private static readonly RedisReply Zero = new(RespValue.Integer(0));
    private static readonly RedisReply One = new(RespValue.Integer(1));

    /// <summary>Always <see cref="Outcome.Applied"/>: every other outcome is a failure that carries it.</summary>
#pragma warning disable CA1822 // a caller switches on it beside RedisOutcomeException.Outcome
    public Outcome Outcome => Outcome.Applied;
#pragma warning restore CA1822

    /// <summary>The same, without making one anew of what most commands are answered with.</summary>
    internal static RedisReply Of(in RespValue value, object? state)
    {
        if (state is not null) return new RedisReply(value, state);
        return value.Kind switch
        {
            RespKind.Null => Null,
            RespKind.Integer when value.AsInt64() == 0 => Zero,
            RespKind.Integer when value.AsInt64() == 1 => One,
            RespKind.SimpleString when value.AsRedisValue().Box() is "OK" => Ok,
            _ => new RedisReply(value),
        };
    }
}

/// <summary>
/// Why a <see cref="RedisCommand"/> was not answered with a <see cref="RedisReply"/>. It reaches the sender as the cause of an
/// Akka <c>Status.Failure</c>, and is thrown by <c>ExecuteAsync</c> and <c>Ask</c>.
/// </summary>
/// <remarks>It travels with all its properties from one actor system to another; the stack trace stays behind.</remarks>
public sealed class RedisOutcomeException : Exception, IRedisMessage
{
    /// <summary>Makes the failure of a command; in an application, for tests of code that handles it.</summary>
    /// <param name="outcome">What became of the command; not <see cref="Outcome.Applied"/>, which is a <see cref="RedisReply"/>.</param>
    /// <param name="command">The command.</param>
    /// <param name="message">Why, in one sentence.</param>
    /// <param name="serverError">The server's error if the outcome is <see cref="Outcome.Rejected"/>.</param>
    /// <param name="innerException">The failure behind this one; it does not travel.</param>
    /// <exception cref="ArgumentException">The outcome is <see cref="Outcome.Applied"/>, or none at all.</exception>
    /// <exception cref="ArgumentNullException">There is no command.</exception>
    public RedisOutcomeException(
        Outcome outcome, RedisCommand command, string message, string? serverError = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (outcome is not (Outcome.Rejected or Outcome.NotSent or Outcome.Unknown))
        {
            throw new ArgumentException($"'{outcome}' is not how a command fails; Rejected, NotSent and Unknown are.", nameof(outcome));
        }

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

    /// <summary><see cref="Outcome.Rejected"/>, <see cref="Outcome.NotSent"/> or <see cref="Outcome.Unknown"/>.</summary>
    public Outcome Outcome { get; }

    /// <summary>The command this is about.</summary>
    public RedisCommand Command { get; }

    /// <summary>The state that the sender gave to the command.</summary>
    public object? State => Command.State;

    /// <summary>The server's error if the outcome is <see cref="Outcome.Rejected"/>, otherwise <see langword="null"/>.</summary>
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
