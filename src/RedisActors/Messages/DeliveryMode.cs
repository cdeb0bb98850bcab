namespace RedisActors;

/// <summary>
/// What may be done with a command whose reply was lost, when the connection broke while it was on its way. The default of all
/// commands is <c>delivery</c> in the settings; <see cref="RedisCommand.Delivery"/> chooses for one.
/// </summary>
public enum DeliveryMode : byte
{
    /// <summary>
    /// It is never sent twice. A lost reply ends it as <see cref="Outcome.Unknown"/>. (A command that certainly did not reach the
    /// server, or that the server refused without executing it, is still sent later: that is its first time.)
    /// </summary>
    AtMostOnce,

    /// <summary>
    /// It is sent again only where running it twice equals running it once, as far as <c>when-safe.limit</c> goes; otherwise a
    /// lost reply ends it as <see cref="Outcome.Unknown"/>. The default.
    /// </summary>
    WhenSafe,

    /// <summary>It is sent again until it is answered or its timeout passes. It may be executed more than once.</summary>
    AtLeastOnce,

    /// <summary>
    /// It is executed once and the original reply is returned, even when the first reply was lost: a script on the server keeps
    /// a token and the reply beside the write, atomically, for <c>exactly-once.keep</c>. Commands that cannot be wrapped in a
    /// script are refused as <see cref="Outcome.NotSent"/>, with the reason. Commands that only read need no token and are sent
    /// as they are.
    /// </summary>
    ExactlyOnce,
}
