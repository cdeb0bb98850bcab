namespace RedisActors.AkkaCluster;

/// <summary>What the <see cref="RemoteLedger"/> has done for it.</summary>
internal interface IRemoteCalls
{
    /// <summary>Sends a command to a node.</summary>
    void Send(RemoteNode node, RedisCommand command);

    /// <summary>Tells the sender that there is no answer.</summary>
    void End(RemoteCommand command, Outcome outcome, string why);
}
