namespace RedisActors.Commands;

/// <summary>
/// The commands handed to a link, in that order. The command actor appends; the link tells answers; they are delivered in the order of
/// the queue, by whichever thread finds its front answered.
/// </summary>
/// <remarks>
/// The link tells by one thread at a time, but the actor delivers too, when it ends a command in flight. One thread at a time delivers: the
/// one that raises <c>_signals</c> from zero. Another leaves its signal and goes, and the one delivering goes round again. So an answer
/// costs a few interlocked operations and no lock.
/// </remarks>
internal sealed class InFlightQueue
{
    private readonly Action<PendingCommand> _bounced;
    private readonly Action _roomAgain;
    private PendingCommand _front;
    private PendingCommand _back;
    private long _added;
    private long _removed;
    private long _addedBytes;
    private long _removedBytes;
    private int _returning;
    private long _signalAtRemoved = long.MaxValue;
    private int _signals;

    /// <param name="bounced">Told, from any thread, of each command that the server refused for the time being.</param>
    /// <param name="roomAgain">Told, from any thread, when as few are left as <see cref="SignalWhen"/> asked for.</param>
    public InFlightQueue(Action<PendingCommand> bounced, Action roomAgain)
    {
        _bounced = bounced;
        _roomAgain = roomAgain;
        _front = _back = PendingCommand.Sentinel();
    }

    /// <summary>How many are not answered yet.</summary>
    public int Count => (int)(_added - Volatile.Read(ref _removed));

    /// <summary>The memory that these hold, in bytes, by estimate.</summary>
    public long Bytes => _addedBytes - Volatile.Read(ref _removedBytes);

    /// <summary>How many have come back by themselves and are on their way to the actor.</summary>
    public int Returning => Volatile.Read(ref _returning);

    /// <summary>How many have come, ever.</summary>
    public long Added => _added;

    /// <summary>How many have left, ever.</summary>
    public long Removed => Volatile.Read(ref _removed);

    /// <summary>A command that came back by itself has reached the actor.</summary>
    public void HasReturned() => Interlocked.Decrement(ref _returning);

    /// <summary>Appends a command that is about to be handed to the link. By the actor only.</summary>
    public void Add(PendingCommand command)
    {
        command.EnterFlight(this);
        _added++;
        _addedBytes += command.Size;
        var back = _back;
        _back = command;
        Volatile.Write(ref back.Next, command);
    }

    /// <summary>Asks for one signal when no more than <paramref name="left"/> are in flight. By the actor only.</summary>
    public void SignalWhen(int left)
    {
        Volatile.Write(ref _signalAtRemoved, _added - left);
        Deliver();
    }

    /// <summary>Delivers what is answered at the front. By any thread.</summary>
    public void Deliver()
    {
        if (Interlocked.Increment(ref _signals) == 1) DeliverWhileSignalled();
    }

    /// <summary>
    /// Takes out every command that has no answer; each is withdrawn, so that one that comes later, from a link that is still there, does
    /// not find it. What has an answer is told. By the actor only.
    /// </summary>
    public List<PendingCommand> TakeUnanswered()
    {
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref _signals, 1, 0) != 0) wait.SpinOnce();
        RemoveDelivered();
        var taken = new List<PendingCommand>();
        var next = _front.Next;
        _front.Next = null;
        _back = _front;
        while (next is { } command)
        {
            next = command.Next;
            command.Next = null;
            if (command.TryWithdraw())
            {
                taken.Add(command);
                _removed++;
                _removedBytes += command.Size;
            }
            else
            {
                _back.Next = command;
                _back = command;
            }
        }

        DeliverWhileSignalled();
        return taken;
    }

    private void DeliverWhileSignalled()
    {
        var seen = Volatile.Read(ref _signals);
        while (true)
        {
            RemoveDelivered();
            var left = Interlocked.Add(ref _signals, -seen);
            if (left == 0) return;
            seen = left;
        }
    }

    private void RemoveDelivered()
    {
        var removed = 0;
        var removedBytes = 0L;
        while (Volatile.Read(ref _front.Next) is { } next && (next.IsAnswered || next.HasEnded))
        {
            _front.Next = null;
            _front = next;
            removed++;
            removedBytes += next.Size;
            if (!next.DeliverAnswer()) continue;
            Interlocked.Increment(ref _returning);
            _bounced(next);
        }

        if (removed > 0)
        {
            Volatile.Write(ref _removedBytes, _removedBytes + removedBytes);
            Volatile.Write(ref _removed, _removed + removed);
        }

        var limit = Volatile.Read(ref _signalAtRemoved);
        if (_removed >= limit && Interlocked.CompareExchange(ref _signalAtRemoved, long.MaxValue, limit) == limit) _roomAgain();
    }
}
