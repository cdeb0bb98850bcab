namespace RedisActors.Commands;

/// <summary>
/// Every accepted command that has no answer yet: in flight or stashed, in the order of arrival. Decides what becomes of them
/// when a link is lost, when time passes, and in the end. No actor, no clock; used by one actor at a time.
/// </summary>
internal sealed class CommandLedger
{
    private readonly Queue<PendingCommand> _inFlight = new();
    private readonly DeadlineQueue _deadlines = new();
    private Queue<PendingCommand> _stash = new();

    /// <summary>How many commands were handed to a link and are not answered. Counted when asked; not for the fast path.</summary>
    public int InFlight => _inFlight.Count(command => !command.HasEnded);

    /// <summary>How many commands wait for a link.</summary>
    public int Stashed => _stash.Count(command => !command.HasEnded);

    public bool HasStash => _stash.Count > 0;

    /// <summary>Whether anything waits that has a deadline.</summary>
    public bool HasDeadlines => !_deadlines.IsEmpty;

    /// <summary>A new command that is to wait for a link.</summary>
    public void Stash(PendingCommand command)
    {
        _stash.Enqueue(command);
        _deadlines.Add(command);
    }

    /// <summary>A new command that is about to be handed to the link.</summary>
    public void Track(PendingCommand command)
    {
        while (_inFlight.TryPeek(out var oldest) && oldest.HasEnded) _inFlight.Dequeue();
        _inFlight.Enqueue(command);
        _deadlines.Add(command);
    }

    /// <summary>Takes the oldest stashed command, which is about to be handed to the link; null when there is none.</summary>
    public PendingCommand? Unstash()
    {
        while (_stash.TryDequeue(out var command))
        {
            if (command.HasEnded) continue;
            _inFlight.Enqueue(command);
            return command;
        }

        return null;
    }

    /// <summary>
    /// The link is gone. What certainly did not reach the server goes back to the head of the stash, in its order; everything
    /// else that was in flight may have been executed and ends as <see cref="Outcome.Unknown"/>.
    /// </summary>
    public void LinkLost(string cause)
    {
        var stash = new Queue<PendingCommand>();
        while (_inFlight.TryDequeue(out var command))
        {
            if (command.HasEnded) continue;
            if (command.Fault is { CertainlyNotSent: true })
            {
                if (command.Renew() is not { } renewed) continue;
                stash.Enqueue(renewed);
                _deadlines.Add(renewed);
            }
            else
            {
                command.EndAs(
                    Outcome.Unknown,
                    $"{command.Name}: it was sent and the connection was lost before the reply came ({cause}); the server may have executed it");
            }
        }

        if (stash.Count == 0) return;
        foreach (var command in _stash) stash.Enqueue(command);
        _stash = stash;
    }

    /// <summary>Ends what is past its deadline: <see cref="Outcome.NotSent"/> if it was stashed, else <see cref="Outcome.Unknown"/>.</summary>
    public void Expire(long now)
    {
        while (_deadlines.TryTakeExpired(now) is { } command)
        {
            if (command.IsInFlight && command.Fault is not { CertainlyNotSent: true })
            {
                command.EndAs(
                    Outcome.Unknown, $"{command.Name}: it was sent and no reply came within its timeout; the server may still execute it");
            }
            else
            {
                command.EndAs(Outcome.NotSent, $"{command.Name}: its timeout passed while there was no connection; it never ran and never will");
            }
        }

        while (_stash.TryPeek(out var oldest) && oldest.HasEnded) _stash.Dequeue();
    }

    /// <summary>Ends everything that is stashed: there will be no link for it.</summary>
    public void EndStashed(string reason)
    {
        while (_stash.TryDequeue(out var command)) command.EndAs(Outcome.NotSent, $"{command.Name}: {reason}");
    }

    /// <summary>Ends everything, each command with what is true of it.</summary>
    public void EndAll(string reason)
    {
        while (_inFlight.TryDequeue(out var command))
        {
            if (command.Fault is { CertainlyNotSent: true })
            {
                command.EndAs(Outcome.NotSent, $"{command.Name}: {reason}");
            }
            else
            {
                command.EndAs(Outcome.Unknown, $"{command.Name}: it was sent, and {reason} before the reply came");
            }
        }

        EndStashed(reason);
    }
}
