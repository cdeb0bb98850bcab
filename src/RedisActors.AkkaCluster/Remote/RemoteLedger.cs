namespace RedisActors.AkkaCluster;

/// <summary>
/// Which node has which command: decides where commands go, which of them may go to another node when theirs is lost, and what is true
/// of the others. No actor and no clock.
/// </summary>
/// <remarks>
/// Commands of one hash slot are with one node until all of them are answered; then another may be chosen. When that node takes no more
/// commands, those that come wait until it has answered what it has. When it cannot be heard, all go to another node at once, provided
/// that each of them may; otherwise they wait for it, for the end of its membership, or for their deadlines.
/// </remarks>
internal sealed class RemoteLedger(int maxUnanswered, TimeSpan tokensKeptFor, TimeSpan grace, IRemoteCalls calls)
{
    private readonly Dictionary<int, RemoteTrack> _tracks = [];
    private readonly Dictionary<long, RemoteCommand> _asked = [];
    private readonly List<RemoteNode> _nodes = [];
    private long _lastAttempt;

    public int Unanswered { get; private set; }

    public IReadOnlyList<RemoteNode> Nodes => _nodes;

    public void Accept(RemoteCommand command, long now)
    {
        if (Unanswered >= maxUnanswered)
        {
            calls.End(command, Outcome.NotSent, $"{Unanswered} commands wait for an answer already (max-unanswered)");
            return;
        }

        if (!_tracks.TryGetValue(command.Slot, out var track)) _tracks.Add(command.Slot, track = new RemoteTrack(command.Slot));
        track.Add(command);
        Unanswered++;
        if (track is { Waiting: 1, Node.TakesCommands: true }) Ask(track, command, track.Node, now);
        else Advance(track, now);
    }

    /// <summary>A node has come that serves.</summary>
    public void Join(RemoteNode node, long now)
    {
        _nodes.Add(node);
        AdvanceAll(now);
    }

    /// <summary>A node is, or is not, to be heard of; or it is leaving.</summary>
    public void Changed(long now) => AdvanceAll(now);

    /// <summary>What this node has not answered, it never will.</summary>
    public void Lost(RemoteNode node, long now)
    {
        node.IsLost = true;
        _nodes.Remove(node);
        foreach (var track in _tracks.Values.Where(track => track.Node == node).ToList())
        {
            foreach (var command in track.Asked.Where(command => !command.MayBeAskedElsewhere(now, tokensKeptFor)).ToList())
            {
                End(track, command, $"the node {node.Address}, which had it, is lost");
            }

            Advance(track, now);
        }
    }

    /// <summary>
    /// A node has answered: the command is done with. Null when it is not waited for any more, or has to be asked once more.
    /// </summary>
    public RemoteCommand? TakeAnswered(long attempt, Outcome outcome, long now)
    {
        if (!_asked.TryGetValue(attempt, out var command)) return null;
        var track = _tracks[command.Slot];
        if (outcome == Outcome.NotSent && track.Node is { TakesCommands: false } && now < command.Deadline)
        {
            Returned(attempt, now);
            return null;
        }

        Forget(track, command);
        if (track.IsEmpty || track.Waiting > 0 || track.Node is not { TakesCommands: true }) Advance(track, now);
        return command;
    }

    /// <summary>A node does not take this command, nor any other from here on.</summary>
    public void Returned(long attempt, long now)
    {
        if (!_asked.Remove(attempt, out var command)) return;
        var track = _tracks[command.Slot];
        command.Return();
        track.NoLongerAsking();
        Advance(track, now);
    }

    /// <summary>Ends what is past its deadline. A node that has it is given a little longer, because it knows better what to say.</summary>
    public void Expire(long now)
    {
        foreach (var track in _tracks.Values.ToList())
        {
            foreach (var command in track.Commands.Where(command => IsOver(command, now)).ToList())
            {
                End(track, command, command.Attempt == 0
                    ? "its deadline passed while it waited for a node"
                    : $"its deadline passed without an answer of the node {track.Node?.Address}");
            }

            Advance(track, now);
        }
    }

    /// <summary>Ends everything.</summary>
    public void EndAll(string why)
    {
        foreach (var track in _tracks.Values)
        {
            foreach (var command in track.Commands) calls.End(command, command.OutcomeWithoutAnswer, why);
        }

        _tracks.Clear();
        _asked.Clear();
        Unanswered = 0;
    }

    private bool IsOver(RemoteCommand command, long now) =>
        now >= command.Deadline && (command.Attempt == 0 || now - command.Deadline >= grace.TotalMilliseconds);

    private void AdvanceAll(long now)
    {
        foreach (var track in _tracks.Values.ToList()) Advance(track, now);
    }

    private void Advance(RemoteTrack track, long now)
    {
        if (track.IsEmpty)
        {
            _tracks.Remove(track.Slot);
            return;
        }

        if (track.Node is { TakesCommands: false } node && MayLeave(track, node, now)) Leave(track);
        track.Node ??= Choose(track.Slot);
        if (track is not { Waiting: > 0, Node: { TakesCommands: true } chosen }) return;
        foreach (var command in track.Commands.Where(command => command.Attempt == 0)) Ask(track, command, chosen, now);
    }

    private bool MayLeave(RemoteTrack track, RemoteNode node, long now) =>
        !track.HasAsked
        || node.IsLost
        || (!node.IsReachable
            && Choose(track.Slot) is not null
            && track.Asked.All(command => command.MayBeAskedElsewhere(now, tokensKeptFor)));

    private void Leave(RemoteTrack track)
    {
        foreach (var command in track.Asked)
        {
            _asked.Remove(command.Attempt);
            command.Withdraw();
            track.NoLongerAsking();
        }

        track.Node = null;
    }

    /// <summary>For each slot another one, so that all have their share; the same one for as long as the nodes are the same.</summary>
    private RemoteNode? Choose(int slot) =>
        _nodes.Where(node => node.TakesCommands).MaxBy(node => HashCode.Combine(slot, node.Service));

    private void Ask(RemoteTrack track, RemoteCommand command, RemoteNode node, long now)
    {
        var attempt = ++_lastAttempt;
        track.Asking();
        _asked.Add(attempt, command);
        calls.Send(node, command.Ask(attempt, now, tokensKeptFor));
    }

    private void End(RemoteTrack track, RemoteCommand command, string why)
    {
        var outcome = command.OutcomeWithoutAnswer;
        Forget(track, command);
        calls.End(command, outcome, why);
    }

    private void Forget(RemoteTrack track, RemoteCommand command)
    {
        track.Remove(command);
        _asked.Remove(command.Attempt);
        Unanswered--;
    }
}
