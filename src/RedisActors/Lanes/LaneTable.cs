using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Lanes;

/// <summary>
/// Assigns commands to lanes by the hash slot of their first key, so that commands for one key, or for keys with the same hash tag, share a
/// lane. All commands without a key, or whose keys the library does not know, share one lane too.
/// </summary>
internal sealed class LaneTable
{
    private readonly Lane[] _laneOfSlot = new Lane[HashSlot.Count];
    private readonly bool _isOneForAll;

    /// <summary>Distributes the slots over the lanes.</summary>
    /// <param name="lanes">The lanes.</param>
    /// <param name="isFinal">Whether this assignment is final; otherwise slots may change lanes.</param>
    public LaneTable(IReadOnlyList<Lane> lanes, bool isFinal)
    {
        _isOneForAll = isFinal && lanes.Count == 1;
        Keyless = lanes[0];
        for (var slot = 0; slot < _laneOfSlot.Length; slot++) _laneOfSlot[slot] = lanes[slot % lanes.Count];
    }

    /// <summary>The lane of commands without a key.</summary>
    public Lane Keyless { get; set; }

    /// <summary>The one lane that there is and will be; null: there are several, or may be.</summary>
    public Lane? Only => _isOneForAll ? Keyless : null;

    /// <summary>The lane of a slot.</summary>
    public Lane this[int slot]
    {
        get => _laneOfSlot[slot];
        set => _laneOfSlot[slot] = value;
    }

    /// <summary>Whether a lane has any slots.</summary>
    public bool HasSlots(Lane lane) => _laneOfSlot.Contains(lane);

    public Lane LaneOf(RedisCommand command) =>
        !_isOneForAll && HashSlot.Of(command) is { } slot ? _laneOfSlot[slot] : Keyless;
}
