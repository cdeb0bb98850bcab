using RedisActors.Connection;

namespace RedisActors;

/// <summary>
/// From a <c>RemoteRedis</c> to a node that serves it: the commands that wait, in one envelope. Frames that hold commands are numbered from 1,
/// so that none is lost or taken twice when the connection between the nodes breaks.
/// </summary>
/// <param name="Session">What the two share: one life of each.</param>
/// <param name="Number">Its number; 0: it holds no commands.</param>
/// <param name="Sent">The highest number so far.</param>
/// <param name="Taken">The number of the last <see cref="AnswerFrame"/> that was taken.</param>
/// <param name="IsMissing">Whether the frames after that one have been lost on the way, and are to be sent again.</param>
/// <param name="Requests">The commands.</param>
internal sealed record CommandFrame(
    long Session, long Number, long Sent, long Taken, bool IsMissing, RemoteRequest[] Requests) : IRedisMessage
{
    /// <summary>
    /// Until when the node may start commands of this session if it hears nothing else, in milliseconds of its clock: afterwards another node may
    /// have taken over. 0: it is not said.
    /// </summary>
    public long StartUntil { get; init; }

    /// <summary>
    /// The highest attempt at the time when commands were last sent elsewhere although this node had them: those that are answered up to that
    /// one may still run elsewhere, so their tokens are kept. The tokens of the others go when their answers are confirmed.
    /// </summary>
    public long KeepsUpTo { get; init; }
}

/// <summary>A command for another node.</summary>
/// <param name="Attempt">The number by which it is answered.</param>
/// <param name="Until">
/// When it is no longer to be started, in milliseconds of the serving node's clock, which goes on while that node is stopped;
/// <see cref="long.MaxValue"/> is never.
/// </param>
/// <param name="Command">The command, without timeout and state; null: it could not be written or read.</param>
/// <param name="Error">Why not.</param>
/// <param name="TokenMayGo">Whether nobody else knows its token, so that the server may forget it when the answer is confirmed.</param>
internal readonly record struct RemoteRequest(long Attempt, long Until, RedisCommand? Command, string? Error = null, bool TokenMayGo = false);

/// <summary>What a node that serves says of itself.</summary>
internal enum RemoteServing : byte
{
    /// <summary>It serves.</summary>
    Ready,

    /// <summary>It serves, and has no connection to Redis at the moment.</summary>
    Away,

    /// <summary>It takes no more commands, and answers those that it has.</summary>
    Leaving,

    /// <summary>It does not know the session, and has forgotten what it had of it.</summary>
    Forgotten,

    /// <summary>
    /// It has not heard in time that it may still start commands of this session, and starts none any more: it sends them back, and what comes
    /// with the same session too. A new session may begin.
    /// </summary>
    Lapsed,
}

/// <summary>From a node that serves to a <c>RemoteRedis</c>: what has been answered, in one envelope. See <see cref="CommandFrame"/>.</summary>
/// <param name="Session">What the two share.</param>
/// <param name="Number">Its number; 0: what it holds is not numbered, and may be sent again.</param>
/// <param name="Sent">The highest number so far.</param>
/// <param name="Taken">The number of the last <see cref="CommandFrame"/> that was taken.</param>
/// <param name="IsMissing">Whether the frames after that one have been lost on the way, and are to be sent again.</param>
/// <param name="Clock">The clock of the node when it sent this, in milliseconds.</param>
/// <param name="Serving">What the node says of itself.</param>
/// <param name="Answers">The answers.</param>
internal sealed record AnswerFrame(
    long Session, long Number, long Sent, long Taken, bool IsMissing, long Clock, RemoteServing Serving, RemoteAnswer[] Answers)
    : IRedisMessage
{
    /// <summary>The connections to Redis over which the node may have sent commands; told where <see cref="Number"/> is 0.</summary>
    public ClientIdentity[] Clients { get; init; } = [];
}

/// <summary>From a <c>RemoteRedis</c> to a node that serves: make sure that nothing arrives over these connections of a lost node any more.</summary>
/// <param name="Number">By which it is answered.</param>
/// <param name="Clients">The connections.</param>
internal sealed record EndClients(long Number, ClientIdentity[] Clients) : IRedisMessage;

/// <summary>The answer to <see cref="EndClients"/>.</summary>
/// <param name="Number">Of the question.</param>
/// <param name="WhyNot">Why it could not be done; null: it is.</param>
internal sealed record ClientsEnded(long Number, string? WhyNot) : IRedisMessage;

/// <summary>How a command ended on another node.</summary>
internal enum RemoteAnswerKind : byte
{
    /// <summary>As <see cref="Outcome.Unknown"/>.</summary>
    Unknown,

    /// <summary>As <see cref="Outcome.Applied"/>.</summary>
    Applied,

    /// <summary>As <see cref="Outcome.Rejected"/>.</summary>
    Rejected,

    /// <summary>As <see cref="Outcome.NotSent"/>.</summary>
    NotSent,

    /// <summary>The node has not taken it.</summary>
    Returned,
}

/// <summary>The answer of another node to one command.</summary>
/// <param name="Attempt">The number of the command.</param>
/// <param name="Kind">How it ended.</param>
/// <param name="Value">What the server replied.</param>
/// <param name="Message">Why it was not applied.</param>
/// <param name="ServerError">The server's error, if there is one.</param>
internal readonly record struct RemoteAnswer(
    long Attempt, RemoteAnswerKind Kind, RespValue Value = default, string? Message = null, string? ServerError = null);
