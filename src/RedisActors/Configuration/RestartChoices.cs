namespace RedisActors.Configuration;

/// <summary>What happens when the restart budget is spent.</summary>
internal enum WhenSpent
{
    /// <summary>The connection is given up; commands are answered.</summary>
    Stop,

    /// <summary>Nothing is tried until somebody says so; commands wait.</summary>
    Suspend,

    /// <summary>The RedisActor fails, for its own supervisor to decide.</summary>
    Escalate,
}

/// <summary>What becomes of commands while the connection cannot be made for want of the right settings.</summary>
internal enum WhenMisconfigured
{
    /// <summary>They are stashed, each as long as its timeout.</summary>
    Wait,

    /// <summary>They are answered at once.</summary>
    AnswerNotSent,
}
