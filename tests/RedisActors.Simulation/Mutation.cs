namespace RedisActors.Simulation;

/// <summary>
/// A deliberate defect, to see that the simulation finds it. Each lies in the simulation's own driver or model, where it has the
/// effect that the same defect in the library would have.
/// </summary>
public enum Mutation
{
    None,

    /// <summary>The former connection is not ended on the server before commands are asked again.</summary>
    FenceOmitted,

    /// <summary>A server that is too busy to end the former connection is taken for one that forbids it.</summary>
    FenceRefusalIgnored,

    /// <summary>The server runs the exactly-once script without looking for the token.</summary>
    TokenIgnored,

    /// <summary>The server keeps tokens for a fraction of the time that the ledger relies on.</summary>
    KeepTimeIgnored,

    /// <summary>The server forgets the token of a command as soon as it has been handed over.</summary>
    TokenReleasedEarly,

    /// <summary>Every server is taken for one that evicts nothing.</summary>
    EvictionIgnored,

    /// <summary>A server that has started anew is taken for one that still counts what it evicted before.</summary>
    RestartOverlooked,

    /// <summary>The server runs a command of another node although its time is over.</summary>
    LatenessIgnored,

    /// <summary>A command that is late by the server's clock is ended, although that clock was set.</summary>
    ClockStepTakenForLateness,

    /// <summary>A group that is asked for again has another token than before.</summary>
    GroupTokenRenewed,

    /// <summary>Of a group that is asked for again each command goes in a request of its own.</summary>
    GroupTornApart,

    /// <summary>Of commands that share a request each gets the token of its neighbour.</summary>
    TokensShifted,

    /// <summary>What comes out of the stash is handed to the link in reverse order.</summary>
    OrderIgnoredOnReturn,

    /// <summary>Deadlines are not looked at.</summary>
    DeadlineIgnored,

    /// <summary>Accumulating commands are taken for last-wins writes under when-safe.</summary>
    AccumulatingReplayed,

    /// <summary>A command whose reply was lost is asked again at-most-once.</summary>
    AtMostOnceReplayed,

    /// <summary>A sender is told its answer twice.</summary>
    ToldTwice,

    /// <summary>A command that comes back forgets that the server may have executed it.</summary>
    MayHaveRunForgotten,

    /// <summary>A link tells its loss before it has told all of its requests.</summary>
    LossToldFirst,

    /// <summary>The client says of everything that it loses that it certainly was not sent.</summary>
    CertaintyClaimed,

    /// <summary>After a refusal everything is handed over at once, without waiting for the answer to the probe.</summary>
    ProbeSkipped,

    /// <summary>A command that waits to be asked again holds nothing back.</summary>
    HeldKeysIgnored,

    /// <summary>Nobody asks again after a refusal.</summary>
    AskAgainForgotten,

    /// <summary>The script that the server has lost is not loaded again.</summary>
    ScriptNotReloaded,

    /// <summary>The signal that the window has room again is lost.</summary>
    RoomSignalLost,

    /// <summary>After a reconnect everything that waited is sent at once.</summary>
    WindowIgnored,

    /// <summary>The stash takes twice as much as it may.</summary>
    StashUnbounded,

    /// <summary>An error that means "not now" is told to the sender as if it were final.</summary>
    RefusalTold,

    /// <summary>A script that answers in the server's words is taken for the server.</summary>
    ScriptTakenForServer,

    /// <summary>A script that answers that there is no such script is taken for the server.</summary>
    ScriptTakenForUnknown,

    /// <summary>An error that a script with a token raised is taken for the server's, which refuses it for the time being.</summary>
    KeptErrorTakenForRefusal,

    /// <summary>Commands that wait are forgotten when the actor stops.</summary>
    StopForgets,

    /// <summary>What is in flight has no bounds.</summary>
    InFlightUnbounded,

    /// <summary>A command that ends every connection is retried like any other.</summary>
    PoisonNotSuspected,

    /// <summary>The server's refusal of a replay is told as if the command had never been sent before.</summary>
    RejectionOfReplayTold,

    /// <summary>A command that its sender has cancelled is sent nevertheless.</summary>
    CancellationIgnored,

    /// <summary>An order that comes while a connection is being left is not obeyed.</summary>
    OrderIgnoredWhileLeaving,

    /// <summary>The next connection starts before the one that was stopped has ended.</summary>
    StopNotAwaited,

    /// <summary>The command actor is not told that its link is gone.</summary>
    LinkDownForgotten,

    /// <summary>Nothing ends the wait for the next attempt.</summary>
    WaitForgotten,

    /// <summary>A supervisor that is restarted remembers nothing.</summary>
    MemoryForgotten,
}
