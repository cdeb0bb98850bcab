using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

/// <summary>What the ledger does about a server that refuses for the time being.</summary>
public sealed class CommandLedgerRefusalTests
{
    private const string TryAgain = "TRYAGAIN Multiple keys request during rehashing of slot";
    private const string Loading = "LOADING Redis is loading the dataset in memory";
    private const string Busy = "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
    private const string NoScript = "NOSCRIPT No matching script. Please use EVAL.";
    private const string ReadOnly = "READONLY You can't write against a read only replica.";

    private const string Script = "EVAL return 1 key";

    private readonly CommandBench _bench = new();

    public CommandLedgerRefusalTests() => _bench.LinkUp();

    [Theory]
    [InlineData(Loading, RefusalAction.Retry)]
    [InlineData(Busy, RefusalAction.Retry)]
    [InlineData(TryAgain, RefusalAction.Retry)]
    [InlineData(ReadOnly, RefusalAction.Reconnect)]
    [InlineData("ERR max number of clients reached", RefusalAction.Reconnect)]
    internal void The_sender_is_not_told_and_the_actor_hears_what_to_do(string error, RefusalAction expected)
    {
        Assert.Equal(expected, _bench.Refuse(_bench.Accept("a"), error));

        Assert.Empty(_bench.Told);
        Assert.Equal((0, 1), (_bench.Ledger.InFlight, _bench.Ledger.Stashed));
    }

    [Fact]
    public void A_signal_from_before_the_probe_is_not_taken_for_its_answer()
    {
        var (first, second) = (_bench.Accept("a"), _bench.Accept("b"));
        _bench.Refuse(first, Loading);
        _bench.Retry();
        _bench.Refuse(second, Loading);

        _bench.Ledger.RoomAgain();

        Assert.Null(_bench.Retry());
        Assert.Equal(["a", "b", "a"], _bench.SentStates);
        _bench.Succeed("a");
        _bench.TakeSignals();
        Assert.NotNull(_bench.Retry());
        Assert.Equal(["a", "b", "a", "b"], _bench.SentStates);
    }

    [Fact]
    public void A_script_that_is_answered_in_the_servers_words_is_held_until_it_is_known_who_spoke()
    {
        var script = _bench.Accept("a", Script);

        Assert.Equal(RefusalAction.AwaitWitness, _bench.Refuse(script, Loading));

        Assert.Empty(_bench.Told);
        Assert.Equal((1, 0), (_bench.Ledger.InFlight, _bench.Ledger.Stashed));
    }

    [Fact]
    public void A_script_that_spoke_itself_is_told_its_answer_and_holds_nothing_back()
    {
        var script = _bench.Accept("a", Script);
        _bench.Refuse(script, Loading);

        _bench.Ledger.CommandRefused(script, Speaker.Script);

        Assert.Equal("a Rejected", Assert.Single(_bench.Told));
        Assert.Equal((0, 0), (_bench.Ledger.InFlight, _bench.Ledger.Stashed));
        Assert.False(_bench.Ledger.PlanRetry());
    }

    [Fact]
    public void A_script_that_the_server_refused_is_retried_like_any_command()
    {
        var script = _bench.Accept("a", Script);
        _bench.Refuse(script, Loading);

        Assert.Equal(RefusalAction.Retry, _bench.Ledger.CommandRefused(script, Speaker.Server));

        Assert.Empty(_bench.Told);
        Assert.NotNull(_bench.Retry());
        Assert.Equal(["a", "a"], _bench.SentStates);
    }

    [Theory]
    [InlineData(DeliveryMode.AtMostOnce, "a Unknown")]
    [InlineData(DeliveryMode.WhenSafe, "a Unknown")]
    [InlineData(DeliveryMode.AtLeastOnce, null)]
    public void A_script_of_which_nobody_can_say_who_spoke_may_have_run(DeliveryMode delivery, string? told)
    {
        var script = _bench.Accept("a", Script, delivery);
        _bench.Refuse(script, Loading);

        _bench.Ledger.CommandRefused(script, Speaker.Unknown);
        _bench.LinkLost();

        Assert.Equal(told is null ? [] : [told], _bench.Told);
        Assert.Equal(told is null ? 1 : 0, _bench.Ledger.Stashed);
    }

    [Fact]
    public void A_script_of_which_it_is_not_known_in_time_who_spoke_ends_as_unknown_once()
    {
        var script = _bench.Accept("a", Script, deadline: 100);
        _bench.Refuse(script, Loading);

        _bench.Ledger.Expire(99);
        Assert.Empty(_bench.Told);
        _bench.Ledger.Expire(100);
        _bench.Ledger.CommandRefused(script, Speaker.Script);
        new CommandRefused(script, Speaker.Script).EndUnretried();

        Assert.Equal(["a Unknown"], _bench.Told);
        Assert.Equal((0, 0, false), (_bench.Ledger.InFlight, _bench.Ledger.Stashed, _bench.Ledger.HasDeadlines));
    }

    [Fact]
    public void Nothing_overtakes_a_probe_of_which_it_is_not_known_who_answered_it()
    {
        _bench.Refuse(_bench.Accept("a", Script), Loading);
        _bench.Ledger.CommandRefused(_bench.Last("a"), Speaker.Server);
        _bench.Accept("b", Script);
        var probe = _bench.Retry()!;

        _bench.Refuse(probe, Loading);
        _bench.TakeSignals();

        Assert.Null(_bench.Retry());
        Assert.Equal(["a", "a"], _bench.SentStates);
        _bench.Ledger.CommandRefused(probe, Speaker.Script);
        Assert.NotNull(_bench.Retry());
        Assert.Equal(["a", "a", "b"], _bench.SentStates);
    }

    [Fact]
    public void The_library_loads_its_own_script_where_the_server_does_not_have_it()
    {
        Assert.Equal(RefusalAction.LoadScript, _bench.Refuse(_bench.Accept("a", delivery: DeliveryMode.ExactlyOnce), NoScript));

        Assert.Empty(_bench.Told);
    }

    [Fact]
    public void A_script_of_the_senders_that_the_server_does_not_have_is_the_senders_affair_and_holds_nothing_back()
    {
        _bench.Refuse(_bench.Accept("a", "EVALSHA digest 1 key"), NoScript);
        _bench.Accept("b", "INCR key");

        Assert.Equal(["a Rejected"], _bench.Told);
        Assert.Equal(["a", "b"], _bench.SentStates);
    }

    [Fact]
    public void A_missing_script_says_nothing_of_the_time_before_the_reply_was_lost()
    {
        _bench.Accept("a", "EVALSHA digest 1 key", DeliveryMode.AtLeastOnce);
        _bench.LinkLost();
        _bench.LinkUp();

        _bench.Refuse(_bench.Last("a"), NoScript);

        Assert.Equal(["a Unknown"], _bench.Told);
    }

    [Theory]
    [InlineData("SCRIPT KILL")]
    [InlineData("FUNCTION KILL")]
    [InlineData("SHUTDOWN NOSAVE")]
    public void What_ends_a_busy_script_does_not_wait_for_its_end(string line)
    {
        _bench.Refuse(_bench.Accept("a"), Busy);
        _bench.Accept("b", line);
        _bench.Accept("c");

        Assert.Equal(["a", "b"], _bench.SentStates);
    }

    [Fact]
    public void A_busy_server_that_does_not_take_it_answers_it()
    {
        _bench.Refuse(_bench.Accept("a", "FUNCTION KILL"), Busy);

        Assert.Equal(["a Rejected"], _bench.Told);
    }

    [Theory]
    [InlineData(Busy, "SHUTDOWN")]
    [InlineData(Busy, "SCRIPT FLUSH")]
    [InlineData(Loading, "SCRIPT KILL")]
    public void What_does_not_help_waits(string error, string line)
    {
        _bench.Refuse(_bench.Accept("a"), error);
        _bench.Accept("b", line);

        Assert.Equal(["a"], _bench.SentStates);
    }

    [Fact]
    public void It_is_asked_again_after_a_wait_that_is_planned_once_and_answered_in_the_end()
    {
        _bench.Refuse(_bench.Accept("a"));
        Assert.True(_bench.Ledger.PlanRetry());
        Assert.False(_bench.Ledger.PlanRetry());

        Assert.NotNull(_bench.Retry());
        Assert.Equal(1, _bench.Ledger.RetryAttempt);
        Assert.False(_bench.Ledger.PlanRetry());
        _bench.Refuse(_bench.Last("a"));
        _bench.Ledger.RoomAgain();
        Assert.True(_bench.Ledger.PlanRetry());
        _bench.Retry();
        Assert.Equal(2, _bench.Ledger.RetryAttempt);
        _bench.Succeed("a");
        _bench.Ledger.RoomAgain();

        Assert.Equal(["a Applied"], _bench.Told);
        Assert.False(_bench.Ledger.PlanRetry());
        Assert.Equal(0, _bench.Ledger.RetryAttempt);
    }

    [Fact]
    public void A_refused_key_holds_back_its_successors_and_nothing_else()
    {
        _bench.Refuse(_bench.Accept("a", "INCR key"), TryAgain);

        _bench.Accept("b", "INCR key");
        _bench.Accept("c", "INCR other");

        Assert.Equal(["a", "c"], _bench.SentStates);
    }

    [Fact]
    public void What_is_held_back_holds_back_its_other_keys()
    {
        _bench.Refuse(_bench.Accept("a", "INCR key"), TryAgain);

        _bench.Accept("b", "MSET key 1 other 1");
        _bench.Accept("c", "GET other");
        _bench.Accept("d", "GET third");

        Assert.Equal(["a", "d"], _bench.SentStates);
    }

    [Fact]
    public void A_command_whose_keys_nobody_knows_waits_and_everything_behind_it()
    {
        _bench.Refuse(_bench.Accept("a", "INCR key"), TryAgain);

        _bench.Accept("b", "MODULE.DO other");
        _bench.Accept("c", "GET other");

        Assert.Equal(["a"], _bench.SentStates);
    }

    [Theory]
    [InlineData(Loading)]
    [InlineData(Busy)]
    public void A_server_that_refuses_everything_holds_back_everything(string error)
    {
        _bench.Refuse(_bench.Accept("a", "INCR key"), error);

        _bench.Accept("b", "INCR other");

        Assert.Equal(["a"], _bench.SentStates);
    }

    [Fact]
    public void Only_one_command_goes_to_see_whether_the_server_takes_it_and_the_rest_follows_in_order()
    {
        _bench.Refuse(_bench.Accept("a"), Loading);
        _bench.Accept("b");
        _bench.Accept("c");

        _bench.Retry();
        _bench.HandOver();
        Assert.Equal(["a", "a"], _bench.SentStates);

        _bench.Succeed("a");
        Assert.Equal(1, _bench.RoomSignals);
        _bench.Ledger.RoomAgain();
        _bench.HandOver();
        Assert.Equal(["a", "a", "b", "c"], _bench.SentStates);
    }

    [Fact]
    public void Refused_commands_go_back_in_the_order_in_which_they_were_sent()
    {
        var commands = "abc".Select(state => _bench.Accept(state)).ToArray();
        foreach (var command in commands.Reverse()) command.Reject(Busy);
        _bench.GiveBack();

        _bench.Retry();
        _bench.Succeed('a');
        _bench.Ledger.RoomAgain();
        _bench.HandOver();

        Assert.Equal(['a', 'b', 'c', 'a', 'b', 'c'], _bench.SentStates.Cast<char>());
    }

    [Fact]
    public void When_nothing_waits_any_more_there_is_nothing_to_ask()
    {
        _bench.Refuse(_bench.Accept("a", deadline: 10), Busy);
        _bench.Ledger.Expire(10);

        Assert.Null(_bench.Retry());
        _bench.Accept("b");

        Assert.Equal(["a NotSent"], _bench.Told);
        Assert.Equal(["a", "b"], _bench.SentStates);
    }

    [Fact]
    public void A_lost_link_ends_the_wait_and_on_the_next_one_a_wait_can_be_planned_again()
    {
        _bench.Refuse(_bench.Accept("a"), Busy);
        Assert.True(_bench.Ledger.PlanRetry());
        _bench.LinkLost();
        Assert.Null(_bench.Retry());
        _bench.LinkUp();

        _bench.Refuse(_bench.Last("a"), Busy);

        Assert.True(_bench.Ledger.PlanRetry());
    }

    [Fact]
    public void Refused_by_a_server_that_is_left_it_goes_first_over_the_next_link()
    {
        _bench.Refuse(_bench.Accept("a"), ReadOnly);
        _bench.Accept("b");
        _bench.LinkLost();
        _bench.LinkUp();

        Assert.Equal(["a", "a", "b"], _bench.SentStates);
    }

    [Fact]
    public void While_a_server_is_left_nothing_more_goes_there_though_only_some_keys_were_held_back()
    {
        _bench.Refuse(_bench.Accept("a", "INCR key"), TryAgain);
        _bench.Refuse(_bench.Accept("b", "INCR other"), ReadOnly);

        _bench.Accept("c", "GET other");

        Assert.Equal(["a", "b"], _bench.SentStates);
    }

    [Theory]
    [InlineData(DeliveryMode.AtMostOnce)]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public void What_was_only_refused_never_ran_whatever_its_mode(DeliveryMode delivery)
    {
        _bench.Refuse(_bench.Accept("a", delivery: delivery, deadline: 10), Busy);

        _bench.Ledger.Expire(10);

        Assert.Equal(["a NotSent"], _bench.Told);
    }

    [Fact]
    public void What_may_have_run_before_it_was_refused_ends_as_unknown()
    {
        _bench.Accept("a", delivery: DeliveryMode.AtLeastOnce, deadline: 10);
        _bench.LinkLost();
        _bench.LinkUp();
        _bench.Refuse(_bench.Last("a"), Loading);

        _bench.Ledger.Expire(10);

        Assert.Equal(["a Unknown"], _bench.Told);
    }
}
