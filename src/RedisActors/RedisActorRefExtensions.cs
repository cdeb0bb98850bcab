using Akka.Actor;
using RedisActors.Commands;
using StackExchange.Redis;

namespace RedisActors;

/// <summary>Awaits the answer of a <see cref="RedisActor"/>.</summary>
public static class RedisActorRefExtensions
{
    /// <summary>How long the answer to a command without a timeout of its own may take from another node: <c>command-timeout</c> there, by default.</summary>
    private static readonly TimeSpan RemoteTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RemoteGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sends a command and awaits its reply. It needs no timeout besides the command's own: a <see cref="RedisActor"/> answers every
    /// command.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>; or a reference to one on another node.</param>
    /// <param name="command">The command.</param>
    /// <param name="cancellation">
    /// Gives the command up. One that waits for a connection is withdrawn: it never runs. One that has been sent cannot be withdrawn, nor
    /// can one that went to another node; it is not sent again.
    /// </param>
    /// <returns>The reply of the server.</returns>
    /// <exception cref="RedisOutcomeException">The outcome is another one than <see cref="Outcome.Applied"/>.</exception>
    /// <exception cref="RedisCanceledException">The command was given up; its <c>Outcome</c> says whether it may have run.</exception>
    /// <exception cref="ArgumentException">There is no actor behind the reference.</exception>
#pragma warning disable RS0027 // the other overload begins with a text, so no call can mean either
    public static Task<RedisReply> ExecuteAsync(this IActorRef redis, RedisCommand command, CancellationToken cancellation = default)
#pragma warning restore RS0027
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(command);
        if (redis.IsNobody() || redis is not IInternalActorRef { Provider: { } provider } actor)
        {
            throw new ArgumentException("There is no actor behind this reference.", nameof(redis));
        }

        command = RedisTracing.FromHere(command);
        var promise = new ReplyPromise(provider);
        if (cancellation.CanBeCanceled)
        {
            promise.CancelWith(cancellation, command);
            if (promise.Reply.IsCompleted) return promise.Reply;
        }

        if (!actor.IsLocal)
        {
            // Given up since, it must not leave.
            if (!promise.TryClaim()) return promise.Reply;

            // A message between nodes can be lost, the command or its answer.
            if (command.Timeout != Timeout.InfiniteTimeSpan) promise.GiveUpAfter((command.Timeout ?? RemoteTimeout) + RemoteGrace, command);
        }

        redis.Tell(command, promise);
        return promise.Reply;
    }

    /// <summary>
    /// Sends a command and awaits the value that the server replies with. To give it options, or to cancel it, make a
    /// <see cref="RedisCommand"/>.
    /// </summary>
    /// <param name="redis">The <see cref="RedisActor"/>, or a <c>RemoteRedis</c>.</param>
    /// <param name="name">The command's name, as in <see cref="RedisCommand(string, ReadOnlySpan{RedisValue})"/>.</param>
    /// <param name="arguments">The arguments, keys included.</param>
    /// <exception cref="RedisOutcomeException">The outcome is another one than <see cref="Outcome.Applied"/>.</exception>
    /// <exception cref="ArgumentException">The command is not valid, or there is no actor behind the reference.</exception>
    public static Task<RespValue> ExecuteAsync(this IActorRef redis, string name, params ReadOnlySpan<RedisValue> arguments)
    {
        return ValueAsync(redis.ExecuteAsync(new RedisCommand(name, arguments)));

        static async Task<RespValue> ValueAsync(Task<RedisReply> reply) => (await reply.ConfigureAwait(false)).Value;
    }
}

/// <summary>A command was given up by its sender, with what is true of it.</summary>
public sealed class RedisCanceledException : OperationCanceledException
{
    /// <summary>Makes the failure of a command that was given up; in an application, for tests of code that handles it.</summary>
    /// <param name="outcome"><see cref="Outcome.NotSent"/> or <see cref="Outcome.Unknown"/>.</param>
    /// <param name="command">The command.</param>
    /// <param name="token">The token that gave it up.</param>
    /// <exception cref="ArgumentException">The outcome is another one.</exception>
    /// <exception cref="ArgumentNullException">There is no command.</exception>
    public RedisCanceledException(Outcome outcome, RedisCommand command, CancellationToken token = default)
        : base(Describe(outcome, command), token)
    {
        Outcome = outcome;
        Command = command;
    }

    /// <summary>
    /// <see cref="Outcome.NotSent"/>: it never ran and never will. <see cref="Outcome.Unknown"/>: it had been sent, and the server may have
    /// executed it or do so yet.
    /// </summary>
    public Outcome Outcome { get; }

    /// <summary>The command this is about.</summary>
    public RedisCommand Command { get; }

    private static string Describe(Outcome outcome, RedisCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return outcome switch
        {
            Outcome.NotSent => $"{command.Name}: its sender cancelled it before it was sent; it never ran and never will",
            Outcome.Unknown => $"{command.Name}: its sender cancelled it after it was sent; the server may execute it",
            _ => throw new ArgumentException($"'{outcome}' is not how a command is cancelled; NotSent and Unknown are.", nameof(outcome)),
        };
    }
}
