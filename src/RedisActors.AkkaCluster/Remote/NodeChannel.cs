namespace RedisActors.AkkaCluster;

/// <summary>
/// What goes to one serving node and comes from it: the commands that wait go in one frame, none is lost when the connection between the
/// nodes breaks, and each answer is taken once. Knows the node's clock well enough to say how long it may start a command.
/// </summary>
/// <param name="session">The number of the session with this node.</param>
/// <param name="maxFrameBytes">How large the commands of one frame may be together; a single one may be larger.</param>
/// <param name="isAwaited">Whether a command's answer is still awaited; what is not is not sent again.</param>
/// <param name="clock">The clock of this node, in milliseconds.</param>
/// <param name="send">Sends a frame.</param>
internal sealed class NodeChannel(long session, int maxFrameBytes, Func<long, bool> isAwaited, Func<long> clock, Action<CommandFrame> send)
{
    /// <summary>
    /// How long the node may start commands when it hears nothing. It hears something at least once a second. An Akka cluster takes longer to
    /// remove a node.
    /// </summary>
    private const long StartTime = 5000;

    /// <summary>How long nothing may come from the node while it has frames that it has not confirmed, before it is asked.</summary>
    private const long Doubt = 300;

    /// <summary>How long nothing may come from it at all, before it is asked.</summary>
    private const long Silence = 1000;

    /// <summary>How long an estimate of its clock is used, should the two clocks differ in speed.</summary>
    private const long ClockKept = 10_000;

    private readonly FrameOutbox<RemoteRequest> _outbox = new();
    private readonly FrameInbox _inbox = new();
    private readonly List<RemoteRequest> _gathered = [];
    private long _gatheredBytes;
    private long _confirmed;
    private long _heardAt;
    private long _askedAt = long.MinValue;
    private long _clockAhead;
    private long _clockReadAt = long.MinValue;
    private bool _askedForMissing;

    public long Session => session;

    /// <summary>Whether the node has answered at all.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Until when the node may start commands, as far as it was told; by the clock of this node.</summary>
    public long StartUntil { get; private set; }

    /// <summary>Whether it is told so with each frame; off for one of which nothing is heard.</summary>
    public bool MayStart { get; set; } = true;

    /// <inheritdoc cref="CommandFrame.KeepsUpTo"/>
    public long KeepsUpTo { get; set; }

    /// <summary>
    /// A command goes to the node with the next frame. True: it is the first of that frame, so <see cref="Flush"/> is to be called when
    /// those that come with it have been added.
    /// </summary>
    /// <param name="request">The command; its time by the clock of this node.</param>
    /// <param name="bytes">Its size.</param>
    public bool Add(RemoteRequest request, long bytes)
    {
        if (_gathered.Count > 0 && _gatheredBytes + bytes > maxFrameBytes) Flush();
        var isFirst = _gathered.Count == 0;
        _gathered.Add(request.Until == long.MaxValue ? request : request with { Until = request.Until + _clockAhead });
        _gatheredBytes += bytes;
        return isFirst;
    }

    /// <summary>Sends what has been added.</summary>
    public void Flush()
    {
        if (_gathered.Count == 0) return;
        RemoteRequest[] requests = [.. _gathered];
        _gathered.Clear();
        _gatheredBytes = 0;
        Send(_outbox.Add(requests), requests);
    }

    /// <summary>Something has come from the node. Returns the answers that are to be taken.</summary>
    /// <param name="frame">What has come.</param>
    /// <param name="now">The time, in milliseconds of this node's clock.</param>
    public IReadOnlyList<RemoteAnswer> Receive(AnswerFrame frame, long now)
    {
        IsOpen = true;
        _heardAt = now;
        ReadClock(frame.Clock, now);
        _outbox.Taken(frame.Taken);
        if (frame.IsMissing) SendAgain();
        switch (_inbox.Offer(frame.Number, frame.Sent))
        {
            case FrameArrival.Next:
                _askedForMissing = false;
                return frame.Answers;
            case FrameArrival.Missing when !_askedForMissing:
                _askedForMissing = true;
                Send(0, [], isMissing: true);
                break;
        }

        return frame.Number == 0 ? frame.Answers : [];
    }

    /// <summary>Called about ten times a second: asks the node for a sign of life, and confirms what it has sent.</summary>
    public void Tick(long now)
    {
        _askedForMissing = false;
        var silent = now - Math.Max(_heardAt, _askedAt);
        if (!IsOpen || silent >= Silence || (_outbox.Untaken.Count > 0 && silent >= Doubt)) Ask(now);
        else if (_inbox.Taken > _confirmed) Send(0, []);
    }

    /// <summary>Asks the node what it has taken, and for a sign of life.</summary>
    public void Ask(long now)
    {
        _askedAt = now;
        Send(0, []);
    }

    /// <summary>Sends what the node has not confirmed once more, in the same frames.</summary>
    public void SendAgain()
    {
        foreach (var (number, requests) in _outbox.Untaken)
        {
            Send(number, Array.TrueForAll(requests, IsAwaited) ? requests : Array.FindAll(requests, IsAwaited));
        }
    }

    private bool IsAwaited(RemoteRequest request) => isAwaited(request.Attempt);

    private void Send(long number, RemoteRequest[] requests, bool isMissing = false)
    {
        _confirmed = _inbox.Taken;
        if (IsOpen && MayStart) StartUntil = clock() + StartTime;
        send(new CommandFrame(session, number, _outbox.Sent, _inbox.Taken, isMissing, requests)
        {
            StartUntil = StartUntil == 0 ? 0 : StartUntil + _clockAhead,
            KeepsUpTo = KeepsUpTo,
        });
    }

    /// <summary>
    /// The node read its clock before its frame came here. So what it is told as "until" comes for it a little earlier than for this
    /// node, by the time that the quickest of the last frames took, and never later.
    /// </summary>
    private void ReadClock(long theirs, long now)
    {
        var ahead = theirs - now;
        if (_clockReadAt != long.MinValue && ahead <= _clockAhead && now - _clockReadAt < ClockKept) return;
        _clockAhead = ahead;
        _clockReadAt = now;
    }
}
