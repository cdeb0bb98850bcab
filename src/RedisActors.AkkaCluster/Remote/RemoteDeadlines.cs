namespace RedisActors.AkkaCluster;

/// <summary>
/// Unanswered commands by deadline. Nearly all have the same timeout, so that their deadlines come in order and a plain queue keeps them; the
/// others are in a heap. What has ended is forgotten as it comes to the front, or when much of it has gathered.
/// </summary>
internal sealed class RemoteDeadlines
{
    private const int ToleratedDeadWeight = 1024;

    private readonly Queue<(RemoteCommand Command, long At)> _inOrder = new();
    private readonly PriorityQueue<RemoteCommand, long> _outOfOrder = new();
    private long _last = long.MinValue;

    /// <summary>Looks at a command again at this time.</summary>
    /// <param name="command">The command.</param>
    /// <param name="at">The time; <see cref="long.MaxValue"/> is never.</param>
    /// <param name="live">How many commands have not ended.</param>
    public void Add(RemoteCommand command, long at, int live)
    {
        if (at == long.MaxValue) return;
        if (_inOrder.Count + _outOfOrder.Count > ToleratedDeadWeight + (2 * live)) Sweep();
        while (_inOrder.TryPeek(out var oldest) && oldest.Command.HasEnded) _inOrder.Dequeue();
        if (_inOrder.Count == 0 || at >= _last)
        {
            _inOrder.Enqueue((command, at));
            _last = at;
        }
        else
        {
            _outOfOrder.Enqueue(command, at);
        }
    }

    /// <summary>Takes one that has not ended and whose time is now or before; null when there is none.</summary>
    public RemoteCommand? TryTake(long now)
    {
        while (_inOrder.TryPeek(out var next) && (next.Command.HasEnded || next.At <= now))
        {
            _inOrder.Dequeue();
            if (!next.Command.HasEnded) return next.Command;
        }

        while (_outOfOrder.TryPeek(out var command, out var at) && (command.HasEnded || at <= now))
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
            var next = _inOrder.Dequeue();
            if (!next.Command.HasEnded) _inOrder.Enqueue(next);
        }

        var waiting = _outOfOrder.UnorderedItems.Where(item => !item.Element.HasEnded).ToList();
        _outOfOrder.Clear();
        _outOfOrder.EnqueueRange(waiting);
    }
}
