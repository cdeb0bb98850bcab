using Akka.Actor;

namespace RedisActors.Streams;

/// <summary>
/// Sends the commands of a stream. One that names no timeout waits as long as Redis is away: how much may wait, the stream's demand bounds.
/// </summary>
internal static class Patiently
{
    public static Task<RedisReply> ExecuteAsync(IActorRef redis, RedisCommand command, CancellationToken cancellation = default) =>
        redis.ExecuteAsync(command.Timeout is null ? command with { Timeout = Timeout.InfiniteTimeSpan } : command, cancellation);

    /// <summary>The reply; null: it was given up.</summary>
    public static async Task<RedisReply?> ExecuteUnlessAsync(IActorRef redis, RedisCommand command, CancellationToken givenUp)
    {
        try
        {
            return await ExecuteAsync(redis, command, givenUp).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (givenUp.IsCancellationRequested)
        {
            return null;
        }
    }
}
