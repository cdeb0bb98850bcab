namespace RedisActors.Commands;

/// <summary>
/// Accepted commands that are not handed to a link: they wait in the stash, or with their hash slot, which is changing lanes. Ends
/// those for which there is no room, or nothing to wait for.
/// </summary>
internal sealed class WaitingCommands(CommandStash stash, Action<PendingCommand> watchDeadline, RetryGate refused)
{
    private readonly SlotStash _slots = new();
    private string? _whyInVain;

    /// <summary>How many wait.</summary>
    public int Count => stash.Count + _slots.Count;

    /// <summary>The estimated size of what waits and was never handed over.</summary>
    public long Bytes => stash.Bytes;

    /// <summary>Whether none waits for the link of this lane.</summary>
    public bool NoneIsStashed => stash.IsEmpty;

    /// <summary>The next for the link, if it was handed to one before; null: it was not, or there is none.</summary>
    public PendingCommand? NextReturned => stash.PeekReturned();

    /// <summary>Whether it can wait without anybody being refused for it.</summary>
    public bool HasRoomFor(PendingCommand command) => stash.HasRoomFor(command, _slots.Count);

    /// <summary>Whether a command has to wait for its slot.</summary>
    public bool AwaitsSlot(PendingCommand command) => _slots.Holds(command);

    /// <summary>Takes a new command; or ends it, or those that wait longest, for want of room.</summary>
    public void Add(PendingCommand command)
    {
        if (!_slots.Holds(command))
        {
            AddToStash(command);
        }
        else if (stash.HasRoomBeside(_slots.Count))
        {
            watchDeadline(command);
            _slots.TryAdd(command);
            command.Stashed();
        }
        else
        {
            EndForWantOfRoom(command);
        }
    }

    /// <summary>Takes back what was handed to a link, to its place in the order.</summary>
    public void Return(PendingCommand renewed)
    {
        renewed.Stashed();
        watchDeadline(renewed);
        if (!_slots.TryAdd(renewed)) stash.Return(renewed);
    }

    /// <summary>
    /// Takes out the next for the link. One that may have run is replayed only while its token lives, and that may have ended
    /// while it waited here.
    /// </summary>
    public PendingCommand? Take(long now)
    {
        while (stash.Take() is { } command)
        {
            // Of a process that was stopped, time may have passed that nobody has looked at.
            if (command.Deadline <= now) command.EndAsWaiting($"its timeout passed while {WhyItWaits(command)}");
            else if (command.MayHaveRun && !command.MayBeReplayed(now)) command.EndAsWaiting("the time for which the server keeps its token passed");
            else if (command.TryClaim()) return command;
        }

        return null;
    }

    /// <summary>Takes out those that are to be asked for together with a command that was taken before.</summary>
    public IEnumerable<PendingCommand> TakeMates(PendingCommand command, long lastSequence) =>
        stash.ExtractReturned(command.SharesRequestWith, lastSequence).Where(mate => mate.TryClaim());

    /// <summary>The deadline of one that waits has passed.</summary>
    public void Expire(PendingCommand command)
    {
        if (!command.EndAsWaiting($"its timeout passed while {WhyItWaits(command)}")) return;
        if (_slots.Holds(command)) _slots.Discount();
        else stash.Discount(command);
    }

    /// <summary>Ends all, and what is still to come: there is no link to wait for.</summary>
    public void EndAll(string reason)
    {
        _whyInVain = reason;
        while (stash.Take() is { } command) command.EndAsWaiting(reason);
        foreach (var command in _slots.TakeAll()) command.EndAsWaiting(reason);
    }

    /// <summary>There may be a link after all: commands may wait again.</summary>
    public void MayWait() => _whyInVain = null;

    /// <summary>Ends a command where there is no link to wait for. False where there may be one.</summary>
    public bool EndIfInVain(PendingCommand command)
    {
        if (_whyInVain is null) return false;
        command.EndAsWaiting(_whyInVain);
        return true;
    }

    /// <summary>The commands of these slots wait for them from now on: those that are here, and those to come.</summary>
    public void Hold(IReadOnlyCollection<int> slots)
    {
        foreach (var slot in slots) _slots.Hold(slot);
        foreach (var command in stash.Extract(_slots.Holds)) _slots.TryAdd(command);
    }

    /// <summary>Holds these slots no longer, and gives what waited for them, in order.</summary>
    public IEnumerable<PendingCommand> Take(IReadOnlyCollection<int> slots) => slots.SelectMany(_slots.Take);

    /// <summary>Takes what waited for its slot, here or in another lane, or ends it where there is nothing to wait for any more.</summary>
    public void Resume(PendingCommand command)
    {
        if (EndIfInVain(command)) return;
        if (!command.WasReturned)
        {
            AddToStash(command);
            return;
        }

        watchDeadline(command);
        stash.Return(command);
        refused.AddBehind(command);
    }

    private string WhyItWaits(PendingCommand command)
    {
        if (command.LastRefusal is { } refusal) return $"the server refused it for the time being ({refusal})";
        return refused.Reason is { } reason
            ? $"it waited behind a command that the server refused for the time being ({reason})"
            : "it waited for a connection";
    }

    private void AddToStash(PendingCommand command)
    {
        var losers = stash.Add(command);
        if (losers?.Contains(command) != true)
        {
            watchDeadline(command);
            refused.AddBehind(command);
            command.Stashed();
        }

        foreach (var loser in losers ?? []) EndForWantOfRoom(loser);
    }

    private static void EndForWantOfRoom(PendingCommand loser) => loser.EndAs(
        Outcome.NotSent, $"{loser.Command.Name}: it would have had to wait and the stash is full; it never ran and never will");
}
