namespace RedisActors.Commands;

/// <summary>
/// Commands by deadline. Nearly all of one connection's commands have the same timeout, so their deadlines come in order and a
/// plain queue keeps them; the others are in a heap. What has ended is forgotten as it comes to the front.
/// </summary>
internal sealed class DeadlineQueue
{
    private const int ToleratedDeadWeight = 1024;

    private readonly Queue<PendingCommand> _inOrder = new();
    private readonly PriorityQueue<PendingCommand, long> _outOfOrder = new();
    private long _lastInOrder = long.MinValue;

    public bool IsEmpty => _inOrder.Count == 0 && _outOfOrder.Count == 0;

    /// <summary>Adds a command. What has ended behind one that waits long is let go from time to time, so that it holds no memory.</summary>
    /// <param name="command">The command.</param>
    /// <param name="live">How many commands have not ended, by and large.</param>
    public void Add(PendingCommand command, int live)
    {
        if (_inOrder.Count + _outOfOrder.Count > ToleratedDeadWeight + (2 * live)) Sweep();
        while (_inOrder.TryPeek(out var oldest) && oldest.HasEnded) _inOrder.Dequeue();
        if (command.Deadline == long.MaxValue) return;
        if (_inOrder.Count == 0 || command.Deadline >= _lastInOrder)
        {
            _inOrder.Enqueue(command);
            _lastInOrder = command.Deadline;
        }
        else
        {
            _outOfOrder.Enqueue(command, command.Deadline);
        }
    }

    /// <summary>Takes one command that has not ended and whose deadline is now or before; null when there is none.</summary>
    public PendingCommand? TryTakeExpired(long now)
    {
        while (_inOrder.TryPeek(out var command) && (command.HasEnded || command.Deadline <= now))
        {
            _inOrder.Dequeue();
            if (!command.HasEnded) return command;
        }

        while (_outOfOrder.TryPeek(out var command, out var deadline) && (command.HasEnded || deadline <= now))
        {
            _outOfOrder.Dequeue();
            if (!command.HasEnded) return command;
        }

        return null;
    }

    private void Sweep()
    {
        for (var left = _inOrder.Count; left > 0; left--)
        {
            var command = _inOrder.Dequeue();
            if (!command.HasEnded) _inOrder.Enqueue(command);
        }

        var waiting = _outOfOrder.UnorderedItems.Where(item => !item.Element.HasEnded).ToList();
        _outOfOrder.Clear();
        _outOfOrder.EnqueueRange(waiting);
    }
}
