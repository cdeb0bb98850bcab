using RedisActors.Delivery;

namespace RedisActors.Lanes;

/// <summary>
/// Which lane a command goes: that of the hash slot of its first key, so that commands for one key, or for keys with one hash tag,
/// go the same way. Commands without a key, or whose keys the library does not know, go the first lane.
/// </summary>
internal sealed class LaneTable
{
    private readonly Lane[] _lanes;
    private readonly Lane[] _laneOfSlot = new Lane[HashSlot.Count];

    /// <summary>Spreads the slots over the lanes.</summary>
    public LaneTable(IEnumerable<Lane> lanes)
    {
        _lanes = [.. lanes];
        for (var slot = 0; slot < _laneOfSlot.Length; slot++) _laneOfSlot[slot] = _lanes[slot % _lanes.Length];
    }

    public Lane LaneOf(RedisCommand command)
    {
        if (_lanes.Length == 1) return _lanes[0];
        return HashSlot.Of(command) is { } slot ? _laneOfSlot[slot] : _lanes[0];
    }
}
