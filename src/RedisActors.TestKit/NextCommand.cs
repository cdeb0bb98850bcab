namespace RedisActors.TestKit;

/// <summary>What is to become of the next command of a name; made by <see cref="TestRedis.Next"/>. Each holds for one command.</summary>
/// <remarks>
/// A transaction is the next command of each name in it. Exactly-once commands that were sent one behind the other may go to the server in one
/// request, and then share what becomes of it.
/// </remarks>
public sealed class NextCommand
{
    private readonly MemoryServer _server;
    private readonly string _name;

    internal NextCommand(MemoryServer server, string name)
    {
        _server = server;
        _name = name;
    }

    /// <summary>
    /// The server rejects it with this error, code first: <c>WRONGTYPE …</c>. The sender is told <see cref="Outcome.Rejected"/>; with an error
    /// that says "not now" (<c>LOADING</c>, <c>BUSY</c>, <c>READONLY</c>, …), the command is retried as in production. It does not run.
    /// </summary>
    public void IsRejected(string error) => Add(NextKind.Rejected, error);

    /// <summary>It is not sent: the sender is told <see cref="Outcome.NotSent"/>. It does not run.</summary>
    public void IsNotSent(string reason = "the test said so") => Add(NextKind.NotSent, reason);

    /// <summary>
    /// It runs, and the sender is told <see cref="Outcome.Unknown"/>, whatever its delivery mode. The connection stays.
    /// </summary>
    public void IsUnknown(string reason = "the test said so") => Add(NextKind.Unknown, reason);

    /// <summary>
    /// It runs, and the connection is lost before the reply arrives. What follows is what follows in production: at-most-once ends as
    /// <see cref="Outcome.Unknown"/>, when-safe replays what is safe, exactly-once replays and gets the reply of the first time.
    /// </summary>
    public void LosesItsReply(string cause = "the test lost the connection before the reply") => Add(NextKind.ReplyLost, cause);

    /// <summary>
    /// The connection is lost before the server has received it, which nobody can tell from <see cref="LosesItsReply"/>. It does not run,
    /// unless it is replayed.
    /// </summary>
    public void IsLostOnItsWay(string cause = "the test lost the connection before the request arrived") => Add(NextKind.RequestLost, cause);

    private void Add(NextKind kind, string words)
    {
        ArgumentNullException.ThrowIfNull(words);
        _server.OnNext(_name, new NextOutcome(kind, words));
    }
}

internal enum NextKind
{
    Rejected,
    NotSent,
    Unknown,
    ReplyLost,
    RequestLost,
}

internal sealed record NextOutcome(NextKind Kind, string Words);
