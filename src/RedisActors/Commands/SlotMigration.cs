using Akka.Actor;
using Akka.Event;

namespace RedisActors.Commands;

/// <summary>
/// Hash slots that change lanes, as one lane sees them. A slot that leaves waits until nothing of it is in flight; then its stashed
/// commands go with it, in order. A slot that arrives holds its new commands back until those that came before it are here.
/// </summary>
internal sealed class SlotMigration(WaitingCommands waiting, InFlightQueue inFlight)
{
    private readonly List<Departure> _departures = [];

    /// <summary>Whether no slot is about to leave.</summary>
    public bool IsEmpty => _departures.Count == 0;

    /// <summary>Holds the commands of these slots back from now on: those that are stashed, and those to come.</summary>
    public void Hold(IReadOnlyCollection<int> slots) => waiting.Hold(slots);

    /// <summary>The slots stay here: their commands go on.</summary>
    public void Keep(IReadOnlyCollection<int> slots)
    {
        foreach (var command in waiting.Take(slots)) waiting.Resume(command);
    }

    /// <summary>
    /// Takes over commands that were stashed in another lane, in their order, and lets their slots go on. What arrived here for
    /// these slots meanwhile comes after them.
    /// </summary>
    /// <param name="slots">The slots that were held for them; none where the commands come unexpected.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="join">Makes a command one of this lane's, and the last in its order.</param>
    public void Adopt(IReadOnlyCollection<int> slots, IReadOnlyList<PendingCommand> commands, Action<PendingCommand> join)
    {
        PendingCommand[] all = [.. commands, .. waiting.Take(slots)];
        foreach (var command in all) join(command);
        foreach (var command in all) waiting.Resume(command);
    }

    /// <summary>Slots are to leave: holds their commands, and waits for those in flight.</summary>
    public void Begin(SurrenderSlots order)
    {
        Hold(order.Slots);
        _departures.Add(new Departure(order, inFlight.Added));
    }

    /// <summary>The link is lost, and answers of what was in flight may still be on their way: waits for these.</summary>
    public void LinkLost()
    {
        for (var i = 0; i < _departures.Count; i++) _departures[i] = _departures[i] with { Barrier = inFlight.Added };
    }

    /// <summary>
    /// Takes the departures of whose slots nothing is in flight any more. A command that the server refused has been reported by
    /// then, but its report may still be in the mailbox: so the slots leave after that.
    /// </summary>
    public List<SurrenderSlots> TakeQuiet()
    {
        var quiet = _departures.Where(departure => inFlight.Removed >= departure.Barrier).Select(departure => departure.Order).ToList();
        _departures.RemoveAll(departure => quiet.Contains(departure.Order));
        return quiet;
    }

    /// <summary>The slots leave, with their commands, which this lane forgets.</summary>
    public AdoptCommands Depart(SurrenderSlots order) =>
        Parcel(order, [.. waiting.Take(order.Slots).Select(command => command.Relinquish())]);

    /// <summary>All commands of this lane have been ended; the slots leave without any.</summary>
    public List<AdoptCommands> DepartEmpty()
    {
        var parcels = _departures.ConvertAll(departure => Parcel(departure.Order, []));
        _departures.Clear();
        return parcels;
    }

    private static AdoptCommands Parcel(SurrenderSlots order, List<PendingCommand> commands) =>
        new(order.Lane, order.IsExpected ? order.Slots : [], commands);

    /// <param name="Order">What is to leave, and where to.</param>
    /// <param name="Barrier">How many commands must have left flight until none of these slots' is among them.</param>
    private sealed record Departure(SurrenderSlots Order, long Barrier);
}

/// <summary>The stashed commands of hash slots that are changing lanes, slot by slot. Other slots go on meanwhile.</summary>
internal sealed class SlotStash
{
    private readonly Dictionary<int, List<PendingCommand>> _held = [];

    public bool IsEmpty => _held.Count == 0;

    /// <summary>How many commands wait here.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a command's slot is held.</summary>
    public bool Holds(PendingCommand command) => !IsEmpty && command.Slot is { } slot && _held.ContainsKey(slot);

    /// <summary>Holds a slot from now on.</summary>
    public void Hold(int slot) => _held.TryAdd(slot, []);

    /// <summary>Adds a command of a held slot at its place in the order. False where its slot is not held.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (IsEmpty || command.Slot is not { } slot || !_held.TryGetValue(slot, out var waiting)) return false;
        var at = waiting.Count;
        while (at > 0 && waiting[at - 1].Sequence > command.Sequence) at--;
        waiting.Insert(at, command);
        Count++;
        return true;
    }

    /// <summary>A command that waited here has been ended.</summary>
    public void Discount() => Count--;

    /// <summary>Holds a slot no longer, and returns what waited for it, in order.</summary>
    public List<PendingCommand> Take(int slot)
    {
        if (!_held.Remove(slot, out var waiting)) return [];
        waiting.RemoveAll(static command => command.HasEnded);
        Count -= waiting.Count;
        return waiting;
    }

    /// <summary>Returns everything that waits; the slots stay held.</summary>
    public List<PendingCommand> TakeAll()
    {
        var all = _held.Values.SelectMany(waiting => waiting).Where(command => !command.HasEnded).ToList();
        foreach (var waiting in _held.Values) waiting.Clear();
        Count = 0;
        return all;
    }
}

/// <summary>From a command actor to its RedisActor: the node does not have this slot. Its commands wait until it is known which node has.</summary>
internal sealed record SlotMoved(int Slot) : INoSerializationVerificationNeeded;

/// <summary>From a command actor to its RedisActor: the node reports that the Redis Cluster is down, as far as it can see.</summary>
internal sealed class RedisClusterSuspect : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public static readonly RedisClusterSuspect Instance = new();
}

/// <summary>From the RedisActor: the slots stay, go on.</summary>
internal sealed record KeepSlots(IReadOnlyList<int> Slots) : INoSerializationVerificationNeeded;

/// <summary>From the RedisActor: these slots are yours. Hold their commands until <see cref="AdoptCommands"/> brings the earlier ones.</summary>
internal sealed record ExpectSlots(IReadOnlyList<int> Slots) : INoSerializationVerificationNeeded;

/// <summary>
/// From the RedisActor: these slots are another lane's. As soon as nothing of them is in flight, send what is stashed to the
/// RedisActor as <see cref="AdoptCommands"/>.
/// </summary>
/// <param name="Slots">The slots.</param>
/// <param name="Lane">The number of the other lane.</param>
/// <param name="IsExpected">Whether the other lane has been sent <see cref="ExpectSlots"/>.</param>
internal sealed record SurrenderSlots(IReadOnlyList<int> Slots, int Lane, bool IsExpected) : INoSerializationVerificationNeeded;

/// <summary>Commands that change lanes, by way of the RedisActor, in their order.</summary>
/// <param name="Lane">The number of the lane that they go to.</param>
/// <param name="Expected">The slots that are held there for them.</param>
/// <param name="Commands">The commands; none may be lost.</param>
internal sealed record AdoptCommands(int Lane, IReadOnlyList<int> Expected, IReadOnlyList<PendingCommand> Commands)
    : INoSerializationVerificationNeeded
{
    /// <summary>No lane takes them any more.</summary>
    public void EndAll(string reason)
    {
        foreach (var command in Commands) command.EndAsWaiting(reason);
    }
}

/// <summary>From a command actor to its RedisActor: these slots have arrived with their commands.</summary>
internal sealed record SlotsArrived(IReadOnlyList<int> Slots) : INoSerializationVerificationNeeded;
