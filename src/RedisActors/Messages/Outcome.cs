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
