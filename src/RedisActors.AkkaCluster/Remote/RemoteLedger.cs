using Akka.Actor;
using RedisActors.Connection;

namespace RedisActors.AkkaCluster;

/// <summary>What the <see cref="RemoteLedger"/> has its owner do.</summary>
internal interface IRemoteCalls
{
    /// <summary>Sends a command to a node; its time by the clock of this one.</summary>
    void Send(RemoteNode node, RemoteRequest request, long bytes);

    /// <summary>Why a command of this size cannot go to another node; null: it can.</summary>
    string? WhyTooLarge(RemoteNode node, long bytes);

    /// <summary>Tells the sender that there is no answer.</summary>
    void End(RemoteCommand command, Outcome outcome, string why);
}

/// <summary>A node that serves, as seen from another node: one life of its <see cref="RedisService"/>.</summary>
internal sealed class RemoteNode(IActorRef service, Address address, NodeChannel channel)
{
    public IActorRef Service => service;

    public Address Address => address;

    public NodeChannel Channel => channel;

    /// <summary>What tells the owner that something has gathered for it.</summary>
    public RemoteRedis.FlushDue Flush { get; } = new(channel);

    /// <summary>Whether it is this node.</summary>
    public bool IsHere { get; } = service is IInternalActorRef { IsLocal: true };

    /// <summary>Whether the failure detector of the Akka cluster says so.</summary>
    public bool IsReachable
    {
        get => channel.MayStart;
        set => channel.MayStart = value && !IsGoing;
    }

    /// <summary>It is about to be lost, as soon as it may start no command any more.</summary>
    public bool IsGoing { get; private set; }

    /// <summary>The connections to Redis over which it may have sent commands.</summary>
    public ClientIdentity[] Clients { get; set; } = [];

    /// <summary>It takes no more commands, and answers those that it has.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>It is no longer a member: what it has not answered by now, it never will.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whether it has a connection to Redis, or has not been without one for long.</summary>
    public bool HasRedis { get; set; } = true;

    public bool TakesCommands => IsReachable && !IsLeaving && !IsLost;

    /// <summary>Whether nothing speaks against it.</summary>
    public bool IsSound => TakesCommands && HasRedis;

    public void Go()
    {
        IsGoing = true;
        IsReachable = false;
    }
}

/// <summary>
/// Which node has which command: decides where commands go, which of them may go to another node when theirs is lost, and how the
/// others end. No actor and no clock.
/// </summary>
/// <remarks>
/// The commands of one hash slot are on one node until all of them are answered; then another node may be chosen. When that node takes no
/// more commands, those that come wait until it has answered what it has. When it is unreachable, all go to another node at once, provided
/// that each of them may; otherwise they wait for it, for its removal from the Akka cluster, or for their deadlines.
/// </remarks>
internal sealed class RemoteLedger(int maxUnanswered, TimeSpan tokensKeptFor, TimeSpan grace, IRemoteCalls calls)
{
    private readonly Dictionary<int, RemoteTrack> _tracks = [];
    private readonly Dictionary<long, RemoteCommand> _sent = [];
    private readonly List<RemoteNode> _nodes = [];
    private readonly RemoteDeadlines _deadlines = new();
    private readonly long _grace = (long)grace.TotalMilliseconds;
    private long _lastAttempt;

    public int Unanswered { get; private set; }

    /// <summary>Of these, those that a node has.</summary>
    public int Sent => _sent.Count;

    /// <summary>Those that wait for a node.</summary>
    public int Waiting => Unanswered - Sent;

    public IReadOnlyList<RemoteNode> Nodes => _nodes;

    /// <summary>Whether commands wait although there are nodes: what a lost node has sent may still arrive.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Whether a node has commands that it has not answered.</summary>
    public bool HasSentTo(RemoteNode node) => _tracks.Values.Any(track => track.Node == node && track.HasSent);

    public void Hold() => IsHeld = true;

    public void Release(long now)
    {
        IsHeld = false;
        AdvanceAll(now);
    }

    /// <summary>A node that has answered all that it had, and will get no more.</summary>
    public void Remove(RemoteNode node) => _nodes.Remove(node);

    public void Accept(RemoteCommand command, long now)
    {
        if (Unanswered >= maxUnanswered)
        {
            calls.End(command, Outcome.NotSent, $"{Unanswered} commands are unanswered already (redis-actors.akka-cluster.max-unanswered)");
            return;
        }

        if (!_tracks.TryGetValue(command.Slot, out var track)) _tracks.Add(command.Slot, track = new RemoteTrack(command.Slot));
        track.Add(command);
        _deadlines.Add(command, command.Deadline, Unanswered++);
        if (track is { Waiting: 1, Node: { } node } && !IsHeld && Takes(node)) Send(track, command, node, now);
        else Advance(track, now);
    }

    /// <summary>A node serves from now on.</summary>
    public void Join(RemoteNode node, long now)
    {
        _nodes.Add(node);
        AdvanceAll(now);
    }

    /// <summary>The state of a node has changed: whether it is reachable, has Redis, or leaves.</summary>
    public void Changed(long now) => AdvanceAll(now);

    /// <summary>What this node has not answered, it never will.</summary>
    public void Lost(RemoteNode node, long now)
    {
        node.IsLost = true;
        _nodes.Remove(node);
        foreach (var track in _tracks.Values.Where(track => track.Node == node).ToList())
        {
            foreach (var command in track.Sent.Where(command => !command.MayBeSentElsewhere(now, tokensKeptFor)).ToList())
            {
                End(command, $"the node {node.Address}, which had it, is lost");
            }

            Advance(track, now);
        }
    }

    /// <summary>
    /// A node has answered a command. Returns the command, which is done with; null when this attempt is no longer awaited, or the command
    /// has to be sent once more.
    /// </summary>
    public RemoteCommand? TakeAnswered(long attempt, Outcome outcome, long now)
    {
        if (!_sent.Remove(attempt, out var command)) return null;
        var track = command.Track;
        if (outcome == Outcome.NotSent && track.Node is { } node && !Takes(node) && now < command.Deadline)
        {
            Return(command, now);
            return null;
        }

        Forget(command);
        if (track.IsEmpty || track.Waiting > 0 || track.Node is not { IsSound: true }) Advance(track, now);
        return command;
    }

    /// <summary>Whether the answer to this attempt is awaited.</summary>
    public bool IsAwaited(long attempt) => _sent.ContainsKey(attempt);

    /// <summary>A node sends this command back, and will take no other from here on.</summary>
    public void Returned(long attempt, long now)
    {
        if (_sent.Remove(attempt, out var command)) Return(command, now);
    }

    /// <summary>
    /// Ends what is past its deadline. A command that a node has gets a little longer, because the node knows better how it ended.
    /// </summary>
    public void Expire(long now)
    {
        while (_deadlines.TryTake(now) is { } command)
        {
            var track = command.Track;
            if (command.Attempt != 0 && now - command.Deadline < _grace)
            {
                _deadlines.Add(command, command.Deadline + _grace, Unanswered);
                continue;
            }

            End(command, command.Attempt == 0
                ? "its timeout passed while it waited for a node that serves"
                : $"its timeout passed without an answer from the node {track.Node?.Address}");
            Advance(track, now);
        }
    }

    /// <summary>Ends everything.</summary>
    public void EndAll(string why)
    {
        foreach (var track in _tracks.Values)
        {
            foreach (var command in track.Commands)
            {
                command.HasEnded = true;
                calls.End(command, command.OutcomeWithoutAnswer, why);
            }
        }

        _tracks.Clear();
        _sent.Clear();
        Unanswered = 0;
    }

    private void Return(RemoteCommand command, long now)
    {
        command.Return();
        command.Track.NoLongerSent();
        Advance(command.Track, now);
    }

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

        if (track.Node is { IsSound: false } node && MayLeave(track, node, now)) Leave(track);
        if (IsHeld) return;
        track.Node ??= Choose(track.Slot);
        if (track is not { Waiting: > 0, Node: { } chosen } || !Takes(chosen)) return;
        foreach (var command in track.Commands.Where(command => command.Attempt == 0).ToList()) Send(track, command, chosen, now);
    }

    /// <summary>A node without Redis takes commands only where no other node has it.</summary>
    private bool Takes(RemoteNode node) => node.IsSound || (node.TakesCommands && !_nodes.Exists(other => other.IsSound));

    private bool MayLeave(RemoteTrack track, RemoteNode node, long now)
    {
        if (node.IsLost) return true;
        if (Takes(node)) return false;
        return !track.HasSent
            || (node is not { IsReachable: true, HasRedis: true }
                && Choose(track.Slot) is not null
                && track.Sent.All(command => command.MayBeSentElsewhere(now, tokensKeptFor)));
    }

    private void Leave(RemoteTrack track)
    {
        if (track.HasSent) track.Node!.Channel.KeepsUpTo = _lastAttempt;
        foreach (var command in track.Sent)
        {
            _sent.Remove(command.Attempt);
            command.Withdraw();
            track.NoLongerSent();
        }

        track.Node = null;
    }

    /// <summary>Spreads the slots over the nodes; the same node for a slot as long as the nodes are the same.</summary>
    public RemoteNode? Choose(int slot) =>
        _nodes.Where(Takes).MaxBy(node => HashCode.Combine(slot, node.Service));

    private void Send(RemoteTrack track, RemoteCommand command, RemoteNode node, long now)
    {
        if (!command.TryClaim())
        {
            End(command, "its sender cancelled it");
            if (track.IsEmpty) _tracks.Remove(track.Slot);
            return;
        }

        if (calls.WhyTooLarge(node, command.Size) is { } reason)
        {
            End(command, reason);
            if (track.IsEmpty) _tracks.Remove(track.Slot);
            return;
        }

        var attempt = ++_lastAttempt;
        track.NowSent();
        _sent.Add(attempt, command);
        calls.Send(node, command.NextAttempt(attempt, now, tokensKeptFor), command.Size);
    }

    private void End(RemoteCommand command, string why)
    {
        var outcome = command.OutcomeWithoutAnswer;
        _sent.Remove(command.Attempt);
        Forget(command);
        calls.End(command, outcome, why);
    }

    private void Forget(RemoteCommand command)
    {
        command.HasEnded = true;
        command.Track.Remove(command);
        Unanswered--;
    }
}
