namespace RedisActors.CommandMetadata;

/// <summary>What a server's error means for the command that got it.</summary>
internal enum ServerErrorKind
{
    /// <summary>
    /// The answer of the command: it will not go away by itself, or the command may have done something before it.
    /// </summary>
    Final,

    /// <summary>The command certainly did nothing; the server will take it later, over the same connection.</summary>
    Retry,

    /// <summary>
    /// The command certainly did nothing; this connection does not lead where commands are taken, a new one may.
    /// </summary>
    Reconnect,

    /// <summary>The command certainly did nothing: another node of the cluster has its hash slot. See <see cref="SlotRedirect"/>.</summary>
    Moved,

    /// <summary>The command certainly did nothing: the server does not have its script. Load it, then ask again.</summary>
    NoScript,
}

/// <summary>What else would get the same error now.</summary>
internal enum ServerErrorScope
{
    /// <summary>Only the command itself.</summary>
    Command,

    /// <summary>Commands to keys of the same hash slot.</summary>
    Slot,

    /// <summary>All writes to that server; it still reads.</summary>
    Writes,

    /// <summary>All commands to that server.</summary>
    Server,
}
