namespace RedisActors;

/// <summary>
/// Why a <see cref="RedisCommand"/> was not answered with a <see cref="RedisReply"/>. It reaches the sender as the cause of an
/// Akka <c>Status.Failure</c>, and is thrown by <c>Ask</c>.
/// </summary>
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
}
