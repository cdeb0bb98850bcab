using RedisActors.Multiplexer;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>Reads the outcome of a command from what was caught, whatever way the command went.</summary>
public static class RedisOutcome
{
    /// <summary>
    /// The outcome that an exception tells of: one of <c>ExecuteAsync</c> or <c>Ask</c>, or one that StackExchange.Redis throws, over the
    /// multiplexer of <see cref="RedisExtension"/> or over one of its own. Where an exception does not say, the command may have run:
    /// <see cref="Outcome.Unknown"/>.
    /// </summary>
    /// <param name="error">What was caught. Of an <see cref="AggregateException"/>, the first failure within it counts.</param>
    /// <exception cref="ArgumentNullException">There is no exception.</exception>
    public static Outcome Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error switch
        {
            AggregateException { InnerException: { } inner } => Of(inner),
            RedisOutcomeException failure => failure.Outcome,
            RedisCanceledException canceled => canceled.Outcome,
            RedisServerException when OutcomeText.Begins(error.Message, OutcomeText.NotSent) => Outcome.NotSent,
            RedisServerException when OutcomeText.Begins(error.Message, OutcomeText.Unknown) => Outcome.Unknown,
            RedisServerException => Outcome.Rejected,
            RedisCommandException or ArgumentException => Outcome.NotSent,
            RedisConnectionException { CommandStatus: CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog } => Outcome.NotSent,
            RedisTimeoutException { Commandstatus: CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog } => Outcome.NotSent,
            _ => Outcome.Unknown,
        };
    }
}
