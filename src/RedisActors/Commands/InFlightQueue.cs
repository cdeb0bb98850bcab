namespace RedisActors.Commands;

/// <summary>
/// The commands handed to a link, in that order. The command actor appends; the client's threads report answers, in any order;
/// answers are delivered in the order of the queue, by whichever thread finds its front answered.
/// </summary>
/// <remarks>
/// One thread at a time delivers: the one that raises <c>_signals</c> from zero. Others leave their signal and go, and the one
/// delivering goes round again. So an answer costs a few interlocked operations and no lock, and a sender gets its replies in
/// the order of its commands although the client completes its tasks on many threads.
/// </remarks>
internal sealed class InFlightQueue
{
    private readonly Action<PendingCommand> _bounced;
    private readonly Action _drained;
    private PendingCommand _front;
    private PendingCommand _back;
    private long _added;
    private long _removed;
    private long _signalAtRemoved = long.MaxValue;
    private int _signals;

    /// <param name="bounced">Told, from any thread, of each command that the server refused for the time being.</param>
    /// <param name="drained">Told, from any thread, when as few are left as <see cref="SignalWhen"/> asked for.</param>
    public InFlightQueue(Action<PendingCommand> bounced, Action drained)
    {
        _bounced = bounced;
        _drained = drained;
        _front = _back = PendingCommand.Sentinel();
    }

    /// <summary>How many are not answered yet.</summary>
    public int Count => (int)(_added - Volatile.Read(ref _removed));

    /// <summary>How many have left, ever.</summary>
    public long Removed => Volatile.Read(ref _removed);

    /// <summary>Appends a command that is about to be handed to the link. By the actor only.</summary>
    public void Add(PendingCommand command)
    {
        command.EnterFlight(this);
        _added++;
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
    /// Takes out every command that the lost link will not answer any more. What an answered command follows has been answered
    /// too, since a connection answers in order: its answer is on its way through the client, and it stays. By the actor only.
    /// </summary>
    public List<PendingCommand> TakeUnanswered()
    {
        var taken = new List<PendingCommand>();
        var wait = default(SpinWait);
        while (Interlocked.CompareExchange(ref _signals, 1, 0) != 0) wait.SpinOnce();
        RemoveDelivered();
        var commands = new List<PendingCommand>();
        var lastAnswered = -1;
        for (var command = _front.Next; command is not null; command = command.Next)
        {
            if (command.WasAnsweredByServer) lastAnswered = commands.Count;
            commands.Add(command);
        }

        _back = _front;
        _back.Next = null;
        for (var i = 0; i < commands.Count; i++)
        {
            var command = commands[i];
            command.Next = null;
            if (command.HasEnded || (i > lastAnswered && command.IsAnswered && !command.DeliverAnswer()))
            {
                _removed++;
            }
            else if (i <= lastAnswered && command.TryAwaitLanding())
            {
                _back.Next = command;
                _back = command;
            }
            else
            {
                command.WasOvertaken = i <= lastAnswered;
                taken.Add(command);
                _removed++;
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
        while (Volatile.Read(ref _front.Next) is { } next && (next.IsAnswered || next.HasEnded))
        {
            _front.Next = null;
            _front = next;
            removed++;
            if (next.DeliverAnswer()) _bounced(next);
        }

        if (removed > 0) Volatile.Write(ref _removed, _removed + removed);
        var limit = Volatile.Read(ref _signalAtRemoved);
        if (_removed >= limit && Interlocked.CompareExchange(ref _signalAtRemoved, long.MaxValue, limit) == limit) _drained();
    }
}
