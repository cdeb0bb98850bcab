namespace RedisActors.Commands;

/// <summary>What the command actor has to do about a command that the server refused for the time being.</summary>
internal enum RefusalAction
{
    /// <summary>Wait, and call <see cref="CommandLedger.RetryDue"/>.</summary>
    Retry,

    /// <summary>Give the exactly-once script to the server again; then as <see cref="Retry"/>.</summary>
    LoadScript,

    /// <summary>Leave this server: it will go on refusing. The command is asked again on the next link.</summary>
    Reconnect,

    /// <summary>The node does not have the command's hash slot: somebody has to find out who has. Its commands are held until then.</summary>
    Moved,
}
