namespace RedisActors.Commands;

/// <summary>
/// Hash slots that change lanes, as seen from one lane: what is held for them, and how the commands that wait get from one
/// lane's ledger to another's.
/// </summary>
internal sealed class SlotTransfer(WaitingCommands waiting, InFlightQueue inFlight)
{
    /// <summary>How far the queue of what is in flight has to get until nothing is left of what is in it now.</summary>
    public long Barrier => inFlight.Added;

    /// <summary>Whether it has got so far. What was bounced before that has been told by then.</summary>
    public bool HasPassed(long barrier) => inFlight.Removed >= barrier;

    /// <summary>Holds the commands of these slots from now on: what waits, and what comes.</summary>
    public void Hold(IReadOnlyCollection<int> slots) => waiting.Hold(slots);

    /// <summary>Holds these slots no longer; they stay here.</summary>
    public void Keep(IReadOnlyCollection<int> slots)
    {
        foreach (var command in waiting.Take(slots)) waiting.Resume(command);
    }

    /// <summary>Gives up these slots, with their commands that wait, in order; they are out of the game here.</summary>
    public List<PendingCommand> Surrender(IReadOnlyCollection<int> slots) =>
        [.. waiting.Take(slots).Select(command => command.Relinquish())];

    /// <summary>
    /// Takes over commands that waited in another lane, in their order, and holds their slots no longer: what came for them
    /// meanwhile goes behind.
    /// </summary>
    /// <param name="slots">The slots that are held for them; none where they come unexpected.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="join">Makes a command one of this lane's, and the last in its order.</param>
    public void Adopt(IReadOnlyCollection<int> slots, IReadOnlyList<PendingCommand> commands, Action<PendingCommand> join)
    {
        PendingCommand[] all = [.. commands, .. waiting.Take(slots)];
        foreach (var command in all) join(command);
        foreach (var command in all) waiting.Resume(command);
    }
}
