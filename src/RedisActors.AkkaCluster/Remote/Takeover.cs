using RedisActors.Connection;

namespace RedisActors.AkkaCluster;

/// <summary>
/// What has to happen before other nodes take over from one that is lost: the server ends its connections, in whose sockets there may still be
/// commands. Until that is done, the <see cref="RemoteLedger"/> holds everything back, though not for long.
/// </summary>
/// <param name="ledger">What is held back.</param>
/// <param name="ask">Asks a node to have the connections ended.</param>
/// <param name="notDone">Told why it could not be done.</param>
internal sealed class Takeover(RemoteLedger ledger, Action<RemoteNode, EndClients> ask, Action<string> notDone)
{
    /// <summary>After this time it asks again, a node that has just begun to serve and has no connection yet.</summary>
    private const long AskAgainAfter = 200;

    /// <summary>After this time since there is a node that can be asked, it is done without.</summary>
    private const long Patience = 5000;

    private readonly HashSet<ClientIdentity> _clients = [];
    private long _number;
    private long _firstWithAll;
    private long? _firstAskedAt;
    private long _askedAt;

    /// <summary>A node is lost; those commands of it that may not run elsewhere are ended, and the others go to another node.</summary>
    public void Lost(RemoteNode node, long now)
    {
        if (ledger.HasSentTo(node)) _clients.UnionWith(node.Clients.Where(client => client.Address is not null));
        if (_clients.Count > 0)
        {
            ledger.Hold();
            _firstWithAll = _number + 1;
        }

        ledger.Lost(node, now);
        Ask(now);
    }

    /// <summary>There is another node that could be asked.</summary>
    public void NodesChanged(long now)
    {
        if (_firstAskedAt is null) Ask(now);
    }

    /// <summary>Called about ten times a second.</summary>
    public void Tick(long now)
    {
        if (!ledger.IsHeld) return;
        if (now - _firstAskedAt >= Patience) End("no node has answered in time", now);
        else if (now - _askedAt >= AskAgainAfter) Ask(now);
    }

    /// <summary>A node has answered.</summary>
    public void Answered(ClientsEnded answer, long now)
    {
        if (ledger.IsHeld && answer.Number >= _firstWithAll) End(answer.WhyNot, now);
    }

    private void Ask(long now)
    {
        if (!ledger.IsHeld || ledger.Nodes.FirstOrDefault(node => node.IsSound) is not { } node) return;
        _askedAt = now;
        _firstAskedAt ??= now;
        ask(node, new EndClients(++_number, [.. _clients]));
    }

    private void End(string? whyNot, long now)
    {
        if (whyNot is not null) notDone(whyNot);
        _clients.Clear();
        _firstAskedAt = null;
        ledger.Release(now);
    }
}
