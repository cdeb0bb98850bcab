namespace RedisActors.AkkaCluster;

/// <summary>The unanswered commands of one hash slot, in their order, which holds because they are all on one node at a time.</summary>
internal sealed class RemoteTrack(int slot)
{
    private RemoteCommand? _first;
    private RemoteCommand? _last;
    private int _count;

    public int Slot => slot;

    /// <summary>The node that has its commands; null while none has any.</summary>
    public RemoteNode? Node { get; set; }

    /// <summary>How many of its commands no node has.</summary>
    public int Waiting { get; private set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Not to be changed meanwhile.</summary>
    public IEnumerable<RemoteCommand> Commands
    {
        get
        {
            for (var command = _first; command is not null; command = command.Next) yield return command;
        }
    }

    public IEnumerable<RemoteCommand> Sent => Commands.Where(command => command.Attempt != 0);

    public bool HasSent => _count > Waiting;

    public void Add(RemoteCommand command)
    {
        command.Track = this;
        command.Previous = _last;
        if (_last is null) _first = command;
        else _last.Next = command;
        _last = command;
        _count++;
        Waiting++;
    }

    public void Remove(RemoteCommand command)
    {
        if (command.Attempt == 0) Waiting--;
        _count--;
        if (command.Previous is { } previous) previous.Next = command.Next;
        else _first = command.Next;
        if (command.Next is { } next) next.Previous = command.Previous;
        else _last = command.Previous;
        (command.Previous, command.Next) = (null, null);
    }

    public void NowSent() => Waiting--;

    public void NoLongerSent() => Waiting++;
}
