using Akka;
using Akka.Actor;
using Akka.Streams.Dsl;

namespace RedisActors.Streams;

/// <summary>Flows that send commands.</summary>
/// <remarks>
/// <para>
/// A flow sends its commands in their order, has at most <c>parallelism</c> of them unanswered, and emits the answers in the order of the
/// commands. While Redis is away it stops asking for commands, and goes on when Redis is back; the stream need not be restarted. A command
/// that sets no <see cref="RedisCommand.Timeout"/> waits as long as that takes; the setting <c>command-timeout</c> does not apply.
/// </para>
/// <para>
/// What happens to a command whose reply was lost, its <see cref="RedisCommand.Delivery"/> says: with
/// <see cref="DeliveryMode.ExactlyOnce"/> an outage neither loses nor doubles anything, nor fails the stream. A stream that ends withdraws no
/// command that it has sent.
/// </para>
/// </remarks>
public static class RedisFlow
{
    /// <summary>Sends commands and emits their replies. Any outcome but <see cref="Outcome.Applied"/> fails the stream.</summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="parallelism">How many commands may be unanswered; 1 or more.</param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The parallelism is less than 1.</exception>
    public static Flow<RedisCommand, RedisReply, NotUsed> Command(IActorRef redis, int parallelism)
    {
        Validate(redis, parallelism);
        return Flow.Create<RedisCommand>().SelectAsync(parallelism, command => Patiently.ExecuteAsync(redis, command));
    }

    /// <summary>
    /// The same, with something of the caller's beside each command that comes out beside its reply. Akka's <c>FlowWithContext.From</c> makes
    /// a flow with context of it.
    /// </summary>
    /// <typeparam name="TContext">What goes along with a command.</typeparam>
    /// <param name="redis"><inheritdoc cref="Command(IActorRef, int)" path="/param[@name='redis']"/></param>
    /// <param name="parallelism"><inheritdoc cref="Command(IActorRef, int)" path="/param[@name='parallelism']"/></param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The parallelism is less than 1.</exception>
    public static Flow<(RedisCommand Command, TContext Context), (RedisReply Reply, TContext Context), NotUsed> Command<TContext>(
        IActorRef redis, int parallelism)
    {
        Validate(redis, parallelism);
        return Flow.Create<(RedisCommand Command, TContext Context)>().SelectAsync(
            parallelism, async item => (Reply: await Patiently.ExecuteAsync(redis, item.Command).ConfigureAwait(false), item.Context));
    }

    /// <summary>Sends commands and emits what became of each. No outcome fails the stream.</summary>
    /// <typeparam name="TContext">What goes along with a command.</typeparam>
    /// <param name="redis"><inheritdoc cref="Command(IActorRef, int)" path="/param[@name='redis']"/></param>
    /// <param name="parallelism"><inheritdoc cref="Command(IActorRef, int)" path="/param[@name='parallelism']"/></param>
    /// <exception cref="ArgumentNullException">There is no actor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The parallelism is less than 1.</exception>
    public static Flow<(RedisCommand Command, TContext Context), (CommandResult Result, TContext Context), NotUsed> CommandResult<TContext>(
        IActorRef redis, int parallelism)
    {
        Validate(redis, parallelism);
        return Flow.Create<(RedisCommand Command, TContext Context)>().SelectAsync(
            parallelism, async item => (Result: await ResultAsync(redis, item.Command).ConfigureAwait(false), item.Context));
    }

    private static async Task<CommandResult> ResultAsync(IActorRef redis, RedisCommand command)
    {
        try
        {
            return new CommandResult(await Patiently.ExecuteAsync(redis, command).ConfigureAwait(false));
        }
        catch (RedisOutcomeException failure)
        {
            return new CommandResult(failure);
        }
    }

    private static void Validate(IActorRef redis, int parallelism)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
    }
}

/// <summary>What became of a command of <see cref="RedisFlow.CommandResult{TContext}"/>: a reply, or a failure.</summary>
public sealed record CommandResult
{
    /// <summary>The server executed it.</summary>
    /// <param name="reply">Its reply.</param>
    public CommandResult(RedisReply reply) => Reply = reply ?? throw new ArgumentNullException(nameof(reply));

    /// <summary>It ended in another way.</summary>
    /// <param name="failure">How, and why.</param>
    public CommandResult(RedisOutcomeException failure) => Failure = failure ?? throw new ArgumentNullException(nameof(failure));

    /// <summary>The outcome.</summary>
    public Outcome Outcome => Failure?.Outcome ?? Outcome.Applied;

    /// <summary>The server's reply; <see langword="null"/> for any outcome but <see cref="Outcome.Applied"/>.</summary>
    public RedisReply? Reply { get; }

    /// <summary>Why there is no reply; <see langword="null"/> for <see cref="Outcome.Applied"/>.</summary>
    public RedisOutcomeException? Failure { get; }

    /// <summary>The value that the server replied with.</summary>
    /// <exception cref="RedisOutcomeException">The outcome is another one than <see cref="Outcome.Applied"/>.</exception>
    public RespValue Value => Failure is null ? Reply!.Value : throw Failure;
}
