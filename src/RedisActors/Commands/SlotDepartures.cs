namespace RedisActors.Commands;

/// <summary>
/// Slots that go to other lanes. A slot goes when nothing of it is in flight any more: what comes back until then goes with it, in
/// its place.
/// </summary>
internal sealed class SlotDepartures(SlotTransfer slots)
{
    private readonly List<Departure> _departures = [];

    public bool IsEmpty => _departures.Count == 0;

    public void Begin(SurrenderSlots order)
    {
        slots.Hold(order.Slots);
        _departures.Add(new Departure(order, slots.Barrier));
    }

    /// <summary>The link is lost: of what was in flight, some answers may still be on their way.</summary>
    public void LinkLost()
    {
        for (var i = 0; i < _departures.Count; i++) _departures[i] = _departures[i] with { Barrier = slots.Barrier };
    }

    /// <summary>
    /// Takes those of whose slots nothing is in flight any more. What bounced has been told by now, and may still be in the
    /// mailbox: so they go after that.
    /// </summary>
    public List<SurrenderSlots> TakeQuiet()
    {
        var quiet = _departures.Where(departure => slots.HasPassed(departure.Barrier)).Select(departure => departure.Order).ToList();
        _departures.RemoveAll(departure => slots.HasPassed(departure.Barrier));
        return quiet;
    }

    /// <summary>The slots go, with their commands.</summary>
    public AdoptCommands Depart(SurrenderSlots order) => Parcel(order, slots.Surrender(order.Slots));

    /// <summary>The commands have been ended here; the slots go without.</summary>
    public List<AdoptCommands> DepartEmpty()
    {
        var parcels = _departures.ConvertAll(departure => Parcel(departure.Order, []));
        _departures.Clear();
        return parcels;
    }

    private static AdoptCommands Parcel(SurrenderSlots order, List<PendingCommand> commands) =>
        new(order.Lane, order.IsExpected ? order.Slots : [], commands);

    private sealed record Departure(SurrenderSlots Order, long Barrier);
}
