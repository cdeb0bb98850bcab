using Akka.Actor;

namespace RedisActors.AkkaCluster;

/// <summary>
/// Whether commands flow from this node, as a <see cref="RedisConnectionEvent"/>: ready while a node serves that has Redis, lost while none does.
/// No actor and no clock.
/// </summary>
/// <param name="connection">The name of the connection that the nodes serve with.</param>
internal sealed class ServedState(string connection)
{
    private Address? _way;
    private long _epoch = 1;
    private long _lostAt = -1;

    /// <summary>The last change. Until a node serves for the first time: connecting.</summary>
    public RedisConnectionEvent Current { get; private set; } = new RedisConnecting(connection, 1, string.Empty, Attempt: 1);

    /// <summary>Looks at the nodes. Returns the change, or null if there is none.</summary>
    /// <param name="nodes">Those that serve.</param>
    /// <param name="waiting">How many commands wait for one.</param>
    /// <param name="now">The time, in milliseconds.</param>
    public RedisConnectionEvent? Look(IReadOnlyList<RemoteNode> nodes, int waiting, long now)
    {
        var sound = nodes.Where(node => node.IsSound).ToList();
        if (sound.Count == 0) return Lose(nodes, now);
        if (_way is not null && sound.Any(node => node.Address.Equals(_way))) return null;
        var away = _lostAt < 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(now - _lostAt);
        if (Current is not RedisConnecting) _epoch++;
        _lostAt = -1;
        _way = sound[0].Address;
        return Current = new RedisReady(connection, _epoch, _way.ToString(), ClientId: 0, away) { Stashed = waiting };
    }

    private RedisLost? Lose(IReadOnlyList<RemoteNode> nodes, long now)
    {
        if (_way is not { } way) return null;
        _way = null;
        _lostAt = now;
        var lost = new RedisLost(connection, _epoch, way.ToString(), WhyNone(nodes));
        Current = lost;
        return lost;
    }

    private static string WhyNone(IReadOnlyList<RemoteNode> nodes)
    {
        if (nodes.Count == 0) return "no node serves";
        return string.Join("; ", nodes.Select(node => node switch
        {
            { IsReachable: false } => $"the node {node.Address} is unreachable",
            { TakesCommands: false } => $"the node {node.Address} no longer serves",
            _ => $"the node {node.Address} has no connection to Redis",
        }));
    }
}
