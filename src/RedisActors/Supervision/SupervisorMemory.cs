using Akka.Actor;
using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Supervision;

/// <summary>
/// What a supervisor knows that a restart of it must not forget: it lives as long as its lane. Used by the supervisor alone.
/// </summary>
internal sealed class SupervisorMemory
{
    private long _lastEpoch;

    /// <summary>The number of the lane, from 1.</summary>
    public int Lane { get; init; } = 1;

    /// <summary>Who takes the commands, and hears of links.</summary>
    public IActorRef Commands { get; set; } = ActorRefs.Nobody;

    /// <summary>What that one holds.</summary>
    public LaneGauges Gauges { get; set; } = LaneGauges.None;

    /// <summary>Who asked for changes of state.</summary>
    public HashSet<IActorRef> Subscribers { get; } = [];

    /// <summary>Connections that were ready once and have to be ended on the server before the next one is.</summary>
    public List<ClientIdentity> Unfenced { get; } = [];

    /// <summary>Whether there has ever been a connection.</summary>
    public bool WasReady { get; set; }

    /// <summary>Why somebody wants no connection at present; null: it is wanted.</summary>
    public string? PausedBecause { get; set; }

    /// <summary>The next epoch; no number comes twice.</summary>
    public long NextEpoch() => ++_lastEpoch;
}
