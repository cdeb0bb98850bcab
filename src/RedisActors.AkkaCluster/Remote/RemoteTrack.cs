namespace RedisActors.AkkaCluster;

/// <summary>
/// The unanswered commands of one hash slot, in their order. They are all with one node at a time, so that their order is kept.
/// </summary>
internal sealed class RemoteTrack(int slot)
{
    private readonly LinkedList<RemoteCommand> _commands = [];

    public int Slot => slot;

    /// <summary>The node that has its commands; null while none has any.</summary>
    public RemoteNode? Node { get; set; }

    /// <summary>How many of its commands no node has.</summary>
    public int Waiting { get; private set; }

    public bool IsEmpty => _commands.Count == 0;

    public IEnumerable<RemoteCommand> Commands => _commands;

    public IEnumerable<RemoteCommand> Asked => _commands.Where(command => command.Attempt != 0);

    public bool HasAsked => _commands.Count > Waiting;

    public void Add(RemoteCommand command)
    {
        _commands.AddLast(command);
        Waiting++;
    }

    public void Remove(RemoteCommand command)
    {
        if (command.Attempt == 0) Waiting--;
        _commands.Remove(command);
    }

    public void Asking() => Waiting--;

    public void NoLongerAsking() => Waiting++;
}
