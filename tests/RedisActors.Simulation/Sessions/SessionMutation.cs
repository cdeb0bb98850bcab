namespace RedisActors.Simulation.Sessions;

/// <summary>
/// A deliberate defect of sessions, to see that their simulation finds it. Each lies in the simulation's own driver or model, where it has
/// the effect that the same defect in the library would have.
/// </summary>
public enum SessionMutation
{
    None,

    /// <summary>A session that has a user is given to another one.</summary>
    SessionSharedByTwo,

    /// <summary>A user that gives up keeps its session.</summary>
    SessionNotReturned,

    /// <summary>A user that gives up while it waits for a session is not taken out of the queue.</summary>
    QueueNotLeft,

    /// <summary>The pool does not hear that a session has ended.</summary>
    EndOfSessionUnheard,

    /// <summary>There may be one session more than the maximum.</summary>
    SessionsUnbounded,

    /// <summary>What was taken for a user that has given up is not put back.</summary>
    TakenNotPutBack,

    /// <summary>What was taken for a user that has given up is put back, and handed over as well.</summary>
    TakenAndPutBack,

    /// <summary>Nobody looks whether the time to wait for a session is over.</summary>
    QueueDeadlineIgnored,

    /// <summary>A slice is as long as the command's own wait.</summary>
    SliceUnbounded,

    /// <summary>Between two slices the time that has passed is forgotten.</summary>
    BlockTimeForgotten,

    /// <summary>A session that nobody uses is never closed.</summary>
    IdleSessionKept,

    /// <summary>A lost reply to an exactly-once pop is asked for again without its token.</summary>
    PopTokenIgnored,

    /// <summary>A look takes what it finds.</summary>
    LookTakes,

    /// <summary>A slice whose reply was lost is sent again at-most-once.</summary>
    LostSliceRepeated,
}
