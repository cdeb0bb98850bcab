namespace RedisActors;

/// <summary>Which servers execute the commands of a connection: the setting <c>topology</c>.</summary>
public enum RedisTopology
{
    /// <summary>The server at <c>endpoint</c>; or the first of several <c>endpoints</c> that has the required role. The default.</summary>
    Standalone,

    /// <summary>The primary that Redis Sentinel names.</summary>
    Sentinel,

    /// <summary>The nodes of a Redis Cluster, each for its slots.</summary>
    Cluster,
}

/// <summary>The replication role that a server must have: the setting <c>role</c>.</summary>
public enum RequiredRole
{
    /// <summary>A primary, which accepts writes. A connection leaves a server that has become a replica. The default.</summary>
    Primary,

    /// <summary>A primary or a replica, for connections that only read and may read data that is slightly out of date.</summary>
    Any,
}

/// <summary>How far <see cref="DeliveryMode.WhenSafe"/> goes: the setting <c>when-safe.limit</c>.</summary>
public enum ReplayLimit
{
    /// <summary>Only commands that change nothing are replayed (<see cref="ReplayClass.ReadOnly"/>).</summary>
    ReadOnly,

    /// <summary>
    /// Also writes that leave the same data and give the same reply when they run twice (<see cref="ReplayClass.LastWins"/>).
    /// The default.
    /// </summary>
    LastWins,

    /// <summary>
    /// Also writes that leave the same data when they run twice, though the second reply may differ
    /// (<see cref="ReplayClass.Conditional"/>).
    /// </summary>
    Conditional,
}

/// <summary>Which command is answered <see cref="Outcome.NotSent"/> when the stash is full: the setting <c>stash.when-full</c>.</summary>
public enum WhenStashFull
{
    /// <summary>The new command. The default.</summary>
    RejectNew,

    /// <summary>The commands that have waited longest, until the new one fits.</summary>
    DropOldest,
}

/// <summary>How the waits between connection attempts grow: the setting <c>backoff.strategy</c>.</summary>
public enum BackoffStrategy
{
    /// <summary>Each wait is <c>backoff.multiplier</c> times the one before. The default.</summary>
    Exponential,

    /// <summary><c>backoff.min</c>, then twice that, three times that, and so on.</summary>
    Linear,

    /// <summary>Each wait is <c>backoff.min</c>.</summary>
    Constant,

    /// <summary>Each wait is random, between <c>backoff.min</c> and <c>backoff.multiplier</c> times the one before.</summary>
    DecorrelatedJitter,
}

/// <summary>What happens when a connection has been restarted as often as it may: the setting <c>restart.when-spent</c>.</summary>
public enum WhenRestartsSpent
{
    /// <summary>The connection is given up (<see cref="RedisGaveUp"/>), and commands are answered <see cref="Outcome.NotSent"/>. The default.</summary>
    Stop,

    /// <summary>No attempt is made until <see cref="ResumeConnection"/> or <see cref="ForceReconnect"/>; commands wait, each until it times out.</summary>
    Suspend,

    /// <summary>
    /// Stashed commands are answered <see cref="Outcome.NotSent"/>, and the <see cref="RedisActor"/> fails with a
    /// <see cref="RedisGaveUpException"/>, for its own supervisor to decide.
    /// </summary>
    Escalate,
}

/// <summary>
/// What becomes of commands while the server refuses the connection for a reason that waiting does not fix, such as a wrong password:
/// the setting <c>misconfigured.commands</c>.
/// </summary>
public enum WhenMisconfigured
{
    /// <summary>They are stashed, each until it times out. The default.</summary>
    Wait,

    /// <summary>They are answered <see cref="Outcome.NotSent"/> at once, with the cause.</summary>
    AnswerNotSent,
}
