using RedisActors.Commands;
using RedisActors.Connection;

namespace RedisActors.Tests.Decisions;

public sealed class CommandLedgerTests
{
    private static readonly LinkFault CertainlyNotSent = new(true, "no connection");
    private static readonly LinkFault PerhapsSent = new(false, "the socket closed");

    private readonly RecordingSender _sender = new();
    private readonly CommandLedger _ledger = new();
    private readonly HeldLink _link = new();

    [Fact]
    public void What_is_stashed_is_unstashed_in_the_order_of_arrival()
    {
        for (var i = 0; i < 100; i++) Stash(i);

        Assert.Equal(Enumerable.Range(0, 100).Cast<object>(), UnstashAll());
        Assert.False(_ledger.HasStash);
    }

    [Fact]
    public void Stashed_and_in_flight_commands_are_counted()
    {
        Stash("a");
        Stash("b");
        Send("c");
        Assert.Equal((1, 2), (_ledger.InFlight, _ledger.Stashed));

        UnstashAll();
        Assert.Equal((3, 0), (_ledger.InFlight, _ledger.Stashed));

        foreach (var request in _link.Requests) request.Succeed(RespValue.Integer(1));
        Assert.Equal((0, 0), (_ledger.InFlight, _ledger.Stashed));
    }

    [Fact]
    public void What_was_in_flight_when_the_link_was_lost_ends_as_unknown()
    {
        Send("a");
        Send("b").Fail(PerhapsSent);

        _ledger.LinkLost("gone");

        Assert.Equal(["a Unknown", "b Unknown"], _sender.Lines);
        Assert.Equal((0, 0), (_ledger.InFlight, _ledger.Stashed));
    }

    [Fact]
    public void What_certainly_was_not_sent_goes_back_in_front_of_the_stash_in_its_order()
    {
        Send("a");
        Send("b").Fail(CertainlyNotSent);
        Send("c").Fail(CertainlyNotSent);
        Stash("d");
        Stash("e");

        _ledger.LinkLost("gone");

        Assert.Equal(["a Unknown"], _sender.Lines);
        Assert.Equal(["b", "c", "d", "e"], UnstashAll());
    }

    [Fact]
    public void A_command_that_goes_back_again_and_again_keeps_its_place()
    {
        Send("a");
        for (var links = 0; links < 5; links++)
        {
            foreach (var request in _link.Requests) request.Fail(CertainlyNotSent);
            _link.Requests.Clear();
            _ledger.LinkLost("gone");
            Stash(links);
            UnstashAll();
        }

        Assert.Equal(["a", 0, 1, 2, 3, 4], _link.Requests.Cast<PendingCommand>().Select(pending => pending.Command.State));
        Assert.Empty(_sender.Lines);
    }

    [Fact]
    public void What_was_answered_before_the_link_was_lost_is_not_answered_again()
    {
        Send("a").Succeed(RespValue.Integer(1));
        Send("b").Reject("WRONGTYPE");
        Send("c").Refuse("no such thing");

        _ledger.LinkLost("gone");
        _ledger.EndAll("it stopped");

        Assert.Equal(["a Applied", "b Rejected", "c NotSent"], _sender.Lines);
    }

    [Fact]
    public void A_word_from_the_lost_link_about_a_command_that_goes_to_the_next_one_is_not_heard()
    {
        var onLostLink = Send("a");
        onLostLink.Fail(CertainlyNotSent);
        _ledger.LinkLost("gone");
        UnstashAll();

        onLostLink.Succeed(RespValue.Integer(1));
        Assert.Empty(_sender.Lines);

        _link.Requests[^1].Succeed(RespValue.Integer(2));
        Assert.Equal(["a Applied"], _sender.Lines);
    }

    [Fact]
    public void A_stashed_command_past_its_deadline_ends_as_not_sent_and_is_not_unstashed()
    {
        Stash("a", deadline: 10);
        Stash("b", deadline: 20);

        _ledger.Expire(10);

        Assert.Equal(["a NotSent"], _sender.Lines);
        Assert.Equal(1, _ledger.Stashed);
        Assert.Equal(["b"], UnstashAll());
    }

    [Fact]
    public void A_command_in_flight_past_its_deadline_ends_as_unknown_and_its_late_reply_is_not_heard()
    {
        var request = Send("a", deadline: 10);

        _ledger.Expire(9);
        Assert.Empty(_sender.Lines);
        _ledger.Expire(10);
        request.Succeed(RespValue.Integer(1));
        request.Reject("ERR");
        request.Fail(PerhapsSent);

        Assert.Equal(["a Unknown"], _sender.Lines);
        Assert.Equal(0, _ledger.InFlight);
    }

    [Fact]
    public void A_command_that_certainly_was_not_sent_ends_as_not_sent_at_its_deadline_even_before_the_link_is_known_to_be_lost()
    {
        Send("a", deadline: 10).Fail(CertainlyNotSent);

        _ledger.Expire(10);

        Assert.Equal(["a NotSent"], _sender.Lines);
    }

    [Fact]
    public void A_deadline_holds_also_for_a_command_that_went_back_to_the_stash()
    {
        Send("a", deadline: 10).Fail(CertainlyNotSent);
        Send("b", deadline: 30);
        _ledger.LinkLost("gone");

        _ledger.Expire(10);

        Assert.Equal(["b Unknown", "a NotSent"], _sender.Lines);
        Assert.False(_ledger.HasStash);
    }

    [Fact]
    public void Deadlines_are_watched_only_while_something_has_one()
    {
        Stash("for ever");
        Assert.False(_ledger.HasDeadlines);

        Stash("a", deadline: 10);
        Assert.True(_ledger.HasDeadlines);

        _ledger.Expire(10);
        Assert.False(_ledger.HasDeadlines);
        Assert.Equal(["for ever"], UnstashAll());
    }

    [Fact]
    public void In_the_end_everything_is_answered_with_what_is_true_of_it()
    {
        Send("a");
        Send("b").Fail(PerhapsSent);
        Send("c").Fail(CertainlyNotSent);
        Stash("d");

        _ledger.EndAll("it stopped");

        Assert.Equal(["a Unknown", "b Unknown", "c NotSent", "d NotSent"], _sender.Lines);
        Assert.Equal((0, 0), (_ledger.InFlight, _ledger.Stashed));
    }

    [Fact]
    public void When_there_will_be_no_link_the_stash_ends_as_not_sent()
    {
        Stash("a");
        Stash("b");

        _ledger.EndStashed("given up");

        Assert.Equal(["a NotSent", "b NotSent"], _sender.Lines);
        Assert.Null(_ledger.Unstash());
    }

    private void Stash(object state, long deadline = long.MaxValue) => _ledger.Stash(_sender.Command(state, deadline));

    private PendingCommand Send(object state, long deadline = long.MaxValue)
    {
        var command = _sender.Command(state, deadline);
        _ledger.Track(command);
        command.HandTo(_link);
        return command;
    }

    private List<object?> UnstashAll()
    {
        var states = new List<object?>();
        while (_ledger.Unstash() is { } command)
        {
            states.Add(command.Command.State);
            command.HandTo(_link);
        }

        return states;
    }
}
