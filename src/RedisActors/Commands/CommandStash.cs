namespace RedisActors.Commands;

/// <summary>
/// Accepted commands that wait for a link, in the order of acceptance. Bounded by number and by bytes. What was handed to a link
/// before stands in front and is not among what may be dropped: nobody can say of it that it certainly never ran.
/// </summary>
/// <remarks>
/// What ends while it waits is discounted at once (<see cref="Discount"/>) and stays in the queue as dead weight until it is met,
/// or until there is more dead weight than anything else.
/// </remarks>
internal sealed class CommandStash(int maxCount, long maxBytes, WhenStashFull whenFull)
{
    private const int ToleratedDeadWeight = 1024;

    private readonly Queue<PendingCommand> _fresh = new();
    private readonly LinkedList<PendingCommand> _returned = new();
    private int _freshCount;
    private int _returnedCount;

    /// <summary>How many wait.</summary>
    public int Count => _freshCount + _returnedCount;

    /// <summary>The estimated size of what waits and was never handed over.</summary>
    public long Bytes { get; private set; }

    public bool IsEmpty => Count == 0;

    /// <summary>Whether there is room for one more beside so many that wait elsewhere.</summary>
    public bool HasRoomBeside(int others) => Count + others < maxCount;

    /// <summary>Whether a new command can be added beside so many that wait elsewhere, and nobody has to go for it.</summary>
    public bool HasRoomFor(PendingCommand command, int others) => HasRoomBeside(others) && Bytes + command.Size <= maxBytes;

    /// <summary>
    /// Adds a new command at the end. Answers who had to go for it: null, or those that waited longest, or the command itself.
    /// </summary>
    public List<PendingCommand>? Add(PendingCommand command)
    {
        var size = command.Size;
        List<PendingCommand>? losers = null;
        while (Count >= maxCount || Bytes + size > maxBytes)
        {
            losers ??= [];
            if (whenFull == WhenStashFull.RejectNew || size > maxBytes || TakeFresh() is not { } oldest)
            {
                losers.Add(command);
                return losers;
            }

            losers.Add(oldest);
        }

        _fresh.Enqueue(command);
        _freshCount++;
        Bytes += size;
        return losers;
    }

    /// <summary>Puts back what was handed to a link, at its place in the order.</summary>
    public void Return(PendingCommand command)
    {
        _returnedCount++;
        var before = _returned.Last;
        while (before is not null && before.Value.Sequence > command.Sequence) before = before.Previous;
        if (before is null)
        {
            _returned.AddFirst(command);
        }
        else
        {
            _returned.AddAfter(before, command);
        }
    }

    /// <summary>Takes the one that is next in order; null when there is none.</summary>
    public PendingCommand? Take()
    {
        while (_returned.First is { } first)
        {
            _returned.RemoveFirst();
            if (first.Value.HasEnded) continue;
            _returnedCount--;
            return first.Value;
        }

        return TakeFresh();
    }

    /// <summary>The next in order, if it was handed to a link before; null: it was not, or there is none.</summary>
    public PendingCommand? PeekReturned()
    {
        while (_returned.First is { } first)
        {
            if (!first.Value.HasEnded) return first.Value;
            _returned.RemoveFirst();
        }

        return null;
    }

    /// <summary>Takes out, in their order, those that are asked for.</summary>
    public List<PendingCommand> Extract(Predicate<PendingCommand> wanted)
    {
        var taken = ExtractReturned(wanted, long.MaxValue);
        for (var left = _fresh.Count; left > 0; left--)
        {
            var command = _fresh.Dequeue();
            if (command.HasEnded) continue;
            if (wanted(command))
            {
                _freshCount--;
                Bytes -= command.Size;
                taken.Add(command);
            }
            else
            {
                _fresh.Enqueue(command);
            }
        }

        return taken;
    }

    /// <summary>Takes out, in their order, those of what was handed to a link before that are asked for, up to a place in the order.</summary>
    public List<PendingCommand> ExtractReturned(Predicate<PendingCommand> wanted, long lastSequence)
    {
        var taken = new List<PendingCommand>();
        for (var node = _returned.First; node is not null && node.Value.Sequence <= lastSequence;)
        {
            var next = node.Next;
            if (!node.Value.HasEnded && wanted(node.Value))
            {
                _returned.Remove(node);
                _returnedCount--;
                taken.Add(node.Value);
            }

            node = next;
        }

        return taken;
    }

    /// <summary>One that waited here has been ended.</summary>
    public void Discount(PendingCommand command)
    {
        if (command.WasReturned)
        {
            _returnedCount--;
            return;
        }

        _freshCount--;
        Bytes -= command.Size;
        if (_fresh.Count - _freshCount > Math.Max(_freshCount, ToleratedDeadWeight)) Sweep();
    }

    private PendingCommand? TakeFresh()
    {
        while (_fresh.TryDequeue(out var command))
        {
            if (command.HasEnded) continue;
            _freshCount--;
            Bytes -= command.Size;
            return command;
        }

        return null;
    }

    private void Sweep()
    {
        for (var left = _fresh.Count; left > 0; left--)
        {
            var command = _fresh.Dequeue();
            if (!command.HasEnded) _fresh.Enqueue(command);
        }
    }
}

/// <summary>An estimate of the memory that a waiting command holds.</summary>
internal static class CommandSize
{
    /// <summary>The command, its place in the ledger and in two queues, and its array of arguments, without what the arguments hold.</summary>
    private const int Fixed = 64 + 96 + 16 + 24;

    private const int PerArgument = 24;

    public static int Of(RedisCommand command)
    {
        long size = Fixed;
        foreach (var argument in command.ArgumentArray) size += PerArgument + (argument.IsNullOrEmpty ? 0 : argument.GetByteCount());
        return (int)Math.Min(size, int.MaxValue);
    }
}
