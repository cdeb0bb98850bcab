namespace RedisActors.Commands;

/// <summary>
/// Hash slots that are changing lanes, with their commands: those that wait here go with the slot, or wait for those that come
/// with it. What belongs to other slots goes on meanwhile.
/// </summary>
internal sealed class HeldSlots
{
    private readonly Dictionary<int, List<PendingCommand>> _held = [];

    public bool IsEmpty => _held.Count == 0;

    /// <summary>How many commands wait here.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a command belongs here.</summary>
    public bool Holds(PendingCommand command) => !IsEmpty && command.Slot is { } slot && _held.ContainsKey(slot);

    /// <summary>Holds a slot from now on.</summary>
    public void Hold(int slot) => _held.TryAdd(slot, []);

    /// <summary>Adds a command of a slot that is held, at its place in the order. False where its slot is not held.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (IsEmpty || command.Slot is not { } slot || !_held.TryGetValue(slot, out var waiting)) return false;
        var at = waiting.Count;
        while (at > 0 && waiting[at - 1].Sequence > command.Sequence) at--;
        waiting.Insert(at, command);
        Count++;
        return true;
    }

    /// <summary>One that waited here has been ended.</summary>
    public void Discount() => Count--;

    /// <summary>Holds a slot no longer, and gives what waited for it, in order.</summary>
    public List<PendingCommand> Take(int slot)
    {
        if (!_held.Remove(slot, out var waiting)) return [];
        waiting.RemoveAll(static command => command.HasEnded);
        Count -= waiting.Count;
        return waiting;
    }

    /// <summary>Gives everything that waits; the slots stay held.</summary>
    public List<PendingCommand> TakeAll()
    {
        var all = _held.Values.SelectMany(waiting => waiting).Where(command => !command.HasEnded).ToList();
        foreach (var waiting in _held.Values) waiting.Clear();
        Count = 0;
        return all;
    }
}
