using Akka.Actor;

namespace RedisActors.Attack;

/// <summary>
/// The actor that sends what is told rather than awaited with <c>ExecuteAsync</c>. It takes every answer, the second one to a command too.
/// </summary>
internal sealed class AnswerDesk : ReceiveActor
{
    private readonly Action<string> _find;

    /// <param name="find">Is told of every answer that should not have come.</param>
    public AnswerDesk(Action<string> find)
    {
        _find = find;
        Receive<RedisReply>(reply => Take(reply.State, promise => promise.TrySetResult(reply)));
        Receive<Status.Failure>(failure => Take((failure.Cause as RedisOutcomeException)?.State, promise => promise.TrySetException(failure.Cause)));
    }

    /// <summary>Sends a command in the desk's name.</summary>
    public static Task<RedisReply> SendAsync(IActorRef redis, RedisCommand command, IActorRef desk)
    {
        var promise = new TaskCompletionSource<RedisReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        redis.Tell(command with { State = promise }, desk);
        return promise.Task;
    }

    private void Take(object? state, Func<TaskCompletionSource<RedisReply>, bool> complete)
    {
        if (state is not TaskCompletionSource<RedisReply> promise) _find("an answer came without the state of its command");
        else if (!complete(promise)) _find("a command was answered twice");
    }
}
