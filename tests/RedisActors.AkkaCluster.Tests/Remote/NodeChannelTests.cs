namespace RedisActors.AkkaCluster.Tests.Remote;

/// <summary>What goes between two nodes comes once and in order, whatever is lost on the way; and how long a node may start a command.</summary>
public sealed class NodeChannelTests
{
    private readonly List<CommandFrame> _sent = [];
    private readonly HashSet<long> _awaited = [];
    private readonly NodeChannel _channel;
    private long _now = 1000;

    public NodeChannelTests()
    {
        _channel = new NodeChannel(session: 7, maxFrameBytes: 100, _awaited.Contains, () => _now, _sent.Add);
        _channel.Ask(_now);
        Hear(clock: 1000);
        _sent.Clear();
    }

    [Fact]
    public void Commands_that_come_together_go_in_one_frame()
    {
        Assert.True(Add(1));
        Assert.False(Add(2));
        Assert.Empty(_sent);

        _channel.Flush();

        Assert.Equal([1, 2], Assert.Single(_sent).Requests.Select(request => request.Attempt));
        Assert.Equal(1, _sent[0].Number);
    }

    [Fact]
    public void A_frame_is_not_larger_than_it_may_be()
    {
        Add(1, bytes: 60);
        Add(2, bytes: 60);
        Add(3, bytes: 500);
        _channel.Flush();

        Assert.Equal([1, 2, 3], _sent.Select(frame => Assert.Single(frame.Requests).Attempt));
        Assert.Equal([1, 2, 3], _sent.Select(frame => frame.Number));
    }

    [Fact]
    public void What_the_node_misses_is_sent_again_in_the_same_frames_without_what_nobody_awaits()
    {
        Send(1, 2);
        Send(3);
        Send(4);
        _awaited.Remove(3);
        _sent.Clear();

        Hear(taken: 1, isMissing: true);

        Assert.Equal([2, 3], _sent.Select(frame => frame.Number));
        Assert.Empty(_sent[0].Requests);
        Assert.Equal(4, _sent[1].Requests[0].Attempt);
    }

    [Fact]
    public void What_the_node_has_taken_is_not_sent_again()
    {
        Send(1);
        Hear(taken: 1);
        _sent.Clear();

        _channel.SendAgain();

        Assert.Empty(_sent);
    }

    [Fact]
    public void An_answer_is_taken_once_and_in_order_and_what_is_missing_is_asked_for()
    {
        Assert.Equal([11L], Taken(number: 1, 11));
        Assert.Empty(Taken(number: 1, 11));
        _sent.Clear();

        Assert.Empty(Taken(number: 3, 13));
        Assert.Empty(Taken(number: 4, 14));
        Assert.True(Assert.Single(_sent).IsMissing);
        Assert.Equal(1, _sent[0].Taken);

        Assert.Equal([12L], Taken(number: 2, 12));
        Assert.Equal([13L], Taken(number: 3, 13));
    }

    [Fact]
    public void That_the_last_answer_is_missing_shows_at_the_next_sign_of_life()
    {
        Taken(number: 1, 11);
        _sent.Clear();

        Hear(sent: 2);

        Assert.True(Assert.Single(_sent).IsMissing);
    }

    [Fact]
    public void A_node_that_does_not_confirm_is_asked_soon_and_a_silent_one_after_a_second()
    {
        Send(1);
        _sent.Clear();
        Tick(200);
        Assert.Empty(_sent);
        Tick(100);
        Assert.Equal(1, Assert.Single(_sent).Sent);

        Hear(taken: 1);
        _sent.Clear();
        Tick(900);
        Assert.Empty(_sent);
        Tick(100);
        Assert.Single(_sent);
    }

    [Fact]
    public void What_has_been_taken_is_confirmed_when_nothing_else_is_sent()
    {
        Taken(number: 1, 11);
        _sent.Clear();

        Tick(100);
        Tick(100);

        Assert.Equal(1, Assert.Single(_sent).Taken);
    }

    /// <summary>The clock of the node is 5000 ahead, as far as this one can know; a message takes up to 300 ms.</summary>
    [Fact]
    public void A_command_ends_for_the_node_when_it_ends_here_or_a_little_earlier()
    {
        Hear(clock: _now + 5000 - 300);
        Assert.Equal(_now + 4700 + 1000, UntilOf(_now + 1000));
        Hear(clock: _now + 5000 - 20);
        Assert.Equal(_now + 4980 + 1000, UntilOf(_now + 1000));

        // A slower message does not make it worse, until the clocks may have drifted apart.
        Hear(clock: _now + 5000 - 300);
        Assert.Equal(_now + 4980 + 1000, UntilOf(_now + 1000));
        _now += 10_000;
        Hear(clock: _now + 4990 - 300);
        Assert.Equal(_now + 4690 + 1000, UntilOf(_now + 1000));
        Assert.Equal(long.MaxValue, UntilOf(long.MaxValue));
    }

    private void Send(params long[] attempts)
    {
        foreach (var attempt in attempts) Add(attempt);
        _channel.Flush();
    }

    [Fact]
    public void The_node_may_start_commands_for_five_seconds_from_the_last_frame_by_its_own_clock()
    {
        Hear(clock: 70_000);

        Send(1);

        Assert.Equal(75_000, _sent[^1].StartUntil);
        Assert.Equal(6000, _channel.StartUntil);
    }

    [Fact]
    public void A_node_of_which_nothing_is_heard_is_not_told_that_it_may_start_more()
    {
        Send(1);
        _channel.MayStart = false;
        _now += 3000;

        _channel.Ask(_now);

        Assert.Equal(6000, _sent[^1].StartUntil);
        Assert.Equal(6000, _channel.StartUntil);
    }

    private bool Add(long attempt, long bytes = 10, long until = long.MaxValue)
    {
        _awaited.Add(attempt);
        return _channel.Add(new RemoteRequest(attempt, until, new RedisCommand("PING")), bytes);
    }

    private long UntilOf(long until)
    {
        Add(1, until: until);
        _channel.Flush();
        return _sent[^1].Requests[0].Until;
    }

    private void Hear(long taken = 0, long sent = 0, bool isMissing = false, long? clock = null) => _channel.Receive(
        new AnswerFrame(7, 0, sent, taken, isMissing, clock ?? _now, RemoteServing.Ready, []), _now);

    private IEnumerable<long> Taken(long number, long attempt) => _channel
        .Receive(new AnswerFrame(7, number, number, 0, false, _now, RemoteServing.Ready, [new RemoteAnswer(attempt, RemoteAnswerKind.Applied)]), _now)
        .Select(answer => answer.Attempt);

    private void Tick(long time)
    {
        _now += time;
        _channel.Tick(_now);
    }
}
