namespace RedisActors;

/// <summary>
/// What a second run of a command would do if the first one took place and only its reply was lost. The classes are ordered:
/// each allows less than the one before it.
/// </summary>
/// <remarks>
/// Nothing of the same sender comes in between: its commands to the same key are held back until the answer is here. What other
/// clients write to the key in between is their business, and each class says what becomes of it.
/// The facts come from the command pages at https://redis.io/docs/latest/commands/; the tests run the commands twice on a server.
/// </remarks>
public enum ReplayClass : byte
{
    /// <summary>
    /// Changes nothing (<c>GET</c>, <c>ZRANGE</c>, <c>SORT</c> without <c>STORE</c>). A replay answers with what is there now.
    /// </summary>
    ReadOnly,

    /// <summary>
    /// A second run leaves the same data and gives the same reply (<c>SET</c> without conditions, <c>MSET</c>, <c>SETEX</c>,
    /// <c>EXPIRE</c>, <c>SUNIONSTORE</c> into a key that is not among its sources). A replay overwrites what others wrote to
    /// the key since the first run. An expiry given as a duration counts from the last run, so a replay lengthens it by the time
    /// in between; if the key has expired by then, <c>EXPIRE</c> answers 0 as for any missing key.
    /// </summary>
    LastWins,

    /// <summary>
    /// A second run leaves the same data but may give another reply: the count or verdict of the first run is lost (<c>DEL</c>,
    /// <c>SADD</c>, <c>HSET</c> and <c>ZADD</c> count what was new, <c>SET … NX</c> says "not set" although the first run did set
    /// it, <c>XADD</c> with an explicit id is refused). Also whatever depends on a condition that others can change in between
    /// (<c>XX</c>, <c>GT</c>, <c>IFEQ</c>).
    /// </summary>
    Conditional,

    /// <summary>
    /// A second run does something more (<c>INCR</c>, <c>LPUSH</c>, <c>APPEND</c>, <c>XADD *</c>, <c>PUBLISH</c>), takes
    /// something else (<c>LPOP</c>, <c>SPOP</c>), or cannot give again what the first one took away (<c>GETDEL</c>,
    /// <c>GETSET</c>, <c>RENAME</c>). Scripts and functions are here, because nobody knows what they do.
    /// </summary>
    Accumulating,

    /// <summary>
    /// Is meant for the server rather than for the data in it (<c>CONFIG SET</c>, <c>FLUSHALL</c>, <c>SCRIPT FLUSH</c>,
    /// <c>FAILOVER</c>). Whoever gave such an order decides whether to give it again.
    /// </summary>
    Administration,

    /// <summary>
    /// Makes no sense over another connection: blocking commands, transactions, subscriptions, <c>MONITOR</c>, <c>SELECT</c>; and
    /// <c>SHUTDOWN</c>, which would stop the server that has come back. It is not replayed in any delivery mode.
    /// </summary>
    Never,
}
