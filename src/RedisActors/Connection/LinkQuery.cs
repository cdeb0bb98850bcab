using StackExchange.Redis;

namespace RedisActors.Connection;

/// <summary>A request of the library's own, awaited: PING, CLIENT ID, CLIENT KILL.</summary>
internal sealed class LinkQuery : LinkRequest
{
    private readonly TaskCompletionSource<RespValue> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinkQuery(string name, RedisValue[] arguments)
    {
        Name = name;
        Arguments = arguments;
    }

    public override string Name { get; }

    public override RedisValue[] Arguments { get; }

    public override int? Database => null;

    /// <summary>
    /// Sends a query and waits for the server's answer. Throws <see cref="ServerErrorException"/> when the server answers with an
    /// error and <see cref="RedisLinkException"/> when the link fails.
    /// </summary>
    public static Task<RespValue> AskAsync(
        IRedisLink link, string name, RedisValue[] arguments, CancellationToken cancellation = default)
    {
        var query = new LinkQuery(name, arguments);
        link.Send(query);
        FirstSuccess.Observe(query._answer.Task);
        return query._answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Sends a query whose answer nobody waits for.</summary>
    public static void AskAndForget(IRedisLink link, string name, RedisValue[] arguments) => _ = AskAsync(link, name, arguments);

    public override void Succeed(in RespValue value) => _answer.TrySetResult(value);

    public override void Reject(string serverError) => _answer.TrySetException(new ServerErrorException(serverError));

    public override void Refuse(string reason) => _answer.TrySetException(new RedisLinkException(reason));

    public override void Garble(string reason) => _answer.TrySetException(new RedisLinkException(reason));

    public override void Fail(LinkFault fault) => _answer.TrySetException(new RedisLinkException(fault.Reason));
}
