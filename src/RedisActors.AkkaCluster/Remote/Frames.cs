namespace RedisActors.AkkaCluster;

/// <summary>Numbered frames that were sent and that the other side has not confirmed, to be sent again when they were lost.</summary>
internal sealed class FrameOutbox<T>
{
    private readonly Queue<(long Number, T[] Items)> _untaken = new();

    /// <summary>The highest number so far.</summary>
    public long Sent { get; private set; }

    /// <summary>What the other side has not confirmed, in order.</summary>
    public IReadOnlyCollection<(long Number, T[] Items)> Untaken => _untaken;

    /// <summary>Numbers a frame, and keeps it until it is confirmed.</summary>
    public long Add(T[] items)
    {
        _untaken.Enqueue((++Sent, items));
        return Sent;
    }

    /// <summary>The other side has taken all up to this number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="taken">Told what was in each of those that had not been confirmed.</param>
    public void Taken(long number, Action<T[]>? taken = null)
    {
        while (_untaken.TryPeek(out var oldest) && oldest.Number <= number)
        {
            _untaken.Dequeue();
            taken?.Invoke(oldest.Items);
        }
    }
}

/// <summary>What is to be done with a frame that has come.</summary>
internal enum FrameArrival
{
    /// <summary>It holds nothing, and nothing is missing.</summary>
    Empty,

    /// <summary>It is the next one.</summary>
    Next,

    /// <summary>It has been taken before.</summary>
    Again,

    /// <summary>One before it is missing: ask for that, and take none before it has come.</summary>
    Missing,
}

/// <summary>Takes numbered frames, each once and in order.</summary>
internal sealed class FrameInbox
{
    /// <summary>The number of the last one that was taken.</summary>
    public long Taken { get; private set; }

    /// <summary>A frame has come.</summary>
    /// <param name="number">Its number; 0: it has none.</param>
    /// <param name="sent">The highest number that was sent before it.</param>
    public FrameArrival Offer(long number, long sent)
    {
        if (number == 0) return sent > Taken ? FrameArrival.Missing : FrameArrival.Empty;
        if (number <= Taken) return FrameArrival.Again;
        if (number > Taken + 1) return FrameArrival.Missing;
        Taken = number;
        return FrameArrival.Next;
    }
}
