using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Decisions;

/// <summary>What the ledger decides when a link is lost, when time passes and when it ends.</summary>
public sealed class CommandLedgerTests
{
    [Theory]
    [InlineData("GET key", DeliveryMode.AtMostOnce, "read-only", "Unknown")]
    [InlineData("INCR key", DeliveryMode.AtMostOnce, "conditional", "Unknown")]
    [InlineData("GET key", DeliveryMode.WhenSafe, "read-only", "again")]
    [InlineData("SET key v", DeliveryMode.WhenSafe, "read-only", "Unknown")]
    [InlineData("SETNX key v", DeliveryMode.WhenSafe, "read-only", "Unknown")]
    [InlineData("GET key", DeliveryMode.WhenSafe, "last-wins", "again")]
    [InlineData("SET key v", DeliveryMode.WhenSafe, "last-wins", "again")]
    [InlineData("SETNX key v", DeliveryMode.WhenSafe, "last-wins", "Unknown")]
    [InlineData("SET key v", DeliveryMode.WhenSafe, "conditional", "again")]
    [InlineData("SETNX key v", DeliveryMode.WhenSafe, "conditional", "again")]
    [InlineData("INCR key", DeliveryMode.WhenSafe, "conditional", "Unknown")]
    [InlineData("FLUSHALL", DeliveryMode.WhenSafe, "conditional", "Unknown")]
    [InlineData("MODULE.DO key", DeliveryMode.WhenSafe, "conditional", "Unknown")]
    [InlineData("INCR key", DeliveryMode.AtLeastOnce, "read-only", "again")]
    [InlineData("MODULE.DO key", DeliveryMode.AtLeastOnce, "read-only", "again")]
    [InlineData("SHUTDOWN", DeliveryMode.AtLeastOnce, "conditional", "Unknown")]
    [InlineData("INCR key", DeliveryMode.ExactlyOnce, "read-only", "again")]
    [InlineData("GET key", DeliveryMode.ExactlyOnce, "read-only", "again")]
    public void A_lost_reply_ends_a_command_or_lets_it_be_asked_again(string line, DeliveryMode delivery, string limit, string expected)
    {
        var bench = new CommandBench(limit switch
        {
            "read-only" => ReplayLimit.ReadOnly,
            "last-wins" => ReplayLimit.LastWins,
            _ => ReplayLimit.Conditional,
        });
        bench.LinkUp();
        bench.Accept("a", line, delivery).Fail(CommandBench.PerhapsSent);

        bench.LinkLost();
        bench.LinkUp();

        Assert.Equal(expected == "again" ? [] : ["a Unknown"], bench.Told);
        Assert.Equal(expected == "again" ? ["a", "a"] : ["a"], bench.SentStates);
    }

    [Theory]
    [InlineData(DeliveryMode.AtMostOnce)]
    [InlineData(DeliveryMode.WhenSafe)]
    [InlineData(DeliveryMode.AtLeastOnce)]
    [InlineData(DeliveryMode.ExactlyOnce)]
    public void What_certainly_was_not_sent_is_sent_in_every_mode_and_ends_as_not_sent_if_it_comes_to_nothing(DeliveryMode delivery)
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a", delivery: delivery).Fail(CommandBench.CertainlyNotSent);
        bench.LinkLost();
        bench.LinkUp();
        Assert.Equal(["a", "a"], bench.SentStates);

        bench.Last("a").Fail(CommandBench.CertainlyNotSent);
        bench.Ledger.EndAll("it stopped");

        Assert.Equal(["a NotSent"], bench.Told);
    }

    [Fact]
    public void What_goes_back_keeps_its_place_before_what_was_stashed_meanwhile()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        foreach (var state in "abc") bench.Accept(state, delivery: DeliveryMode.AtLeastOnce);
        bench.LinkLost();
        bench.Accept("new", delivery: DeliveryMode.AtLeastOnce);
        bench.Sent.Clear();

        bench.LinkUp();

        Assert.Equal(['a', 'b', 'c', "new"], bench.SentStates);
        Assert.Empty(bench.Told);
    }

    [Fact]
    public void A_word_from_the_lost_link_about_a_command_that_is_asked_again_is_not_heard()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        var former = bench.Accept("a", delivery: DeliveryMode.AtLeastOnce);
        bench.LinkLost();
        bench.LinkUp();

        former.Succeed(RespValue.Integer(1));
        former.Fail(CommandBench.PerhapsSent);
        Assert.Empty(bench.Told);

        bench.Succeed("a");
        Assert.Equal(["a Applied"], bench.Told);
    }

    [Theory]
    [InlineData("SET key 1", "Unknown")]
    [InlineData("MSET other 1 key 1", "Unknown")]
    [InlineData("GET key", "again")]
    [InlineData("SET other 1", "again")]
    public void A_when_safe_write_is_not_written_again_under_an_exactly_once_command_that_came_after_it(string line, string expected)
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a", line);
        bench.Accept("b", "INCR key", DeliveryMode.ExactlyOnce);

        bench.LinkLost();

        Assert.Equal(expected == "again" ? [] : ["a Unknown"], bench.Told);
    }

    [Fact]
    public void A_stashed_command_past_its_deadline_ends_as_not_sent_and_is_not_sent_later()
    {
        var bench = new CommandBench();
        bench.Accept("a", deadline: 10);
        bench.Accept("b", deadline: 20);

        bench.Ledger.Expire(9);
        Assert.Empty(bench.Told);
        bench.Ledger.Expire(10);
        Assert.Equal(["a NotSent"], bench.Told);
        Assert.Equal(1, bench.Ledger.Stashed);

        bench.LinkUp();
        Assert.Equal(["b"], bench.SentStates);
    }

    /// <summary>As in a process that was stopped, and gets its link before anybody has looked at the time.</summary>
    [Fact]
    public void A_stashed_command_past_its_deadline_is_not_sent_though_nobody_has_looked_at_the_time()
    {
        var bench = new CommandBench();
        bench.Accept("a", deadline: 10);
        bench.Accept("b", deadline: 20);

        bench.LinkUp(now: 10);

        Assert.Equal(["b"], bench.SentStates);
        Assert.Equal(["a NotSent"], bench.Told);
    }

    [Theory]
    [InlineData(true, "NotSent")]
    [InlineData(false, "Unknown")]
    public void A_command_that_waits_to_be_asked_again_ends_at_its_deadline_with_what_is_true_of_it(bool certainlyNotSent, string outcome)
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a", delivery: DeliveryMode.AtLeastOnce, deadline: 10)
            .Fail(certainlyNotSent ? CommandBench.CertainlyNotSent : CommandBench.PerhapsSent);
        bench.LinkLost();
        Assert.Equal(1, bench.Ledger.Stashed);

        bench.Ledger.Expire(10);

        Assert.Equal([$"a {outcome}"], bench.Told);
        Assert.Equal((0, 0L), (bench.Ledger.Stashed, bench.Ledger.StashedBytes));
    }

    [Fact]
    public void That_a_command_may_have_run_is_remembered_over_links_that_it_certainly_did_not_reach()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a", delivery: DeliveryMode.AtLeastOnce);
        bench.LinkLost();
        bench.LinkUp();
        bench.Last("a").Fail(CommandBench.CertainlyNotSent);
        bench.LinkLost();

        bench.Ledger.EndAllStashed("given up");

        Assert.Equal(["a Unknown"], bench.Told);
    }

    [Fact]
    public void A_command_in_flight_past_its_deadline_ends_as_unknown_and_its_late_reply_is_not_heard()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        var command = bench.Accept("a", deadline: 10);

        bench.Ledger.Expire(10);
        command.Succeed(RespValue.Integer(1));
        command.Reject("ERR");

        Assert.Equal(["a Unknown"], bench.Told);
        Assert.Equal(0, bench.Ledger.InFlight);
    }

    [Fact]
    public void A_command_that_the_client_could_not_send_ends_as_not_sent_at_its_deadline_even_before_the_link_is_known_to_be_lost()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a", deadline: 10).Fail(CommandBench.CertainlyNotSent);

        bench.Ledger.Expire(10);

        Assert.Equal(["a NotSent"], bench.Told);
    }

    [Fact]
    public void A_command_whose_deadline_passed_in_flight_is_not_asked_again()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a", delivery: DeliveryMode.AtLeastOnce, deadline: 10);
        bench.Ledger.Expire(10);

        bench.LinkLost();
        bench.LinkUp();

        Assert.Equal(["a"], bench.SentStates);
    }

    [Fact]
    public void Deadlines_are_watched_only_while_something_has_one()
    {
        var bench = new CommandBench();
        bench.Accept("for ever");
        Assert.False(bench.Ledger.HasDeadlines);

        bench.Accept("a", deadline: 10);
        Assert.True(bench.Ledger.HasDeadlines);

        bench.Ledger.Expire(10);
        Assert.False(bench.Ledger.HasDeadlines);
    }

    [Fact]
    public void An_exactly_once_command_is_asked_again_while_its_token_lives()
    {
        var bench = new CommandBench();
        bench.LinkUp(now: 0);
        bench.Accept("a", delivery: DeliveryMode.ExactlyOnce, now: 0);
        bench.Accept("b", delivery: DeliveryMode.ExactlyOnce, now: 50_000);

        bench.LinkLost(now: 60_000);
        Assert.Equal(2, bench.Ledger.Stashed);
        bench.LinkUp(now: 91_000);

        Assert.Equal(["a Unknown"], bench.Told);
        Assert.Equal(["a", "b", "b"], bench.SentStates);
        bench.LinkLost(now: 140_001);
        Assert.Equal(["a Unknown", "b Unknown"], bench.Told);
    }

    [Fact]
    public void An_exactly_once_command_that_was_only_refused_has_all_of_its_tokens_time()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Refuse(bench.Accept("a", delivery: DeliveryMode.ExactlyOnce, now: 0));
        bench.Retry(now: 99_000);

        bench.LinkLost(now: 99_001);
        bench.LinkUp(now: 180_000);

        Assert.Empty(bench.Told);
        Assert.Equal(["a", "a", "a"], bench.SentStates);
    }

    [Fact]
    public void In_the_end_everything_is_answered_with_what_is_true_of_it()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Refuse(bench.Accept("refused", "INCR other"));
        bench.Accept("answered").Succeed(RespValue.Integer(1));
        bench.Accept("sent");
        bench.Accept("lost").Fail(CommandBench.PerhapsSent);
        bench.Accept("not sent").Fail(CommandBench.CertainlyNotSent);
        bench.Accept("waiting", "INCR other");

        bench.Ledger.EndAll("it stopped");

        Assert.Equal(
            ["answered Applied", "lost Unknown", "not sent NotSent", "refused NotSent", "sent Unknown", "waiting NotSent"], bench.Told.Order());
        Assert.Equal((0, 0, 0L), (bench.Ledger.InFlight, bench.Ledger.Stashed, bench.Ledger.StashedBytes));
    }

    [Fact]
    public void When_there_will_be_no_link_what_waits_and_what_still_comes_back_ends()
    {
        var bench = new CommandBench();
        bench.LinkUp();
        bench.Accept("a").Reject("READONLY You can't write against a read only replica.");
        bench.Ledger.LinkLost("the socket closed", now: 0);
        bench.Accept("b");

        bench.Ledger.EndAllStashed("given up");
        Assert.Equal(["b NotSent"], bench.Told);
        bench.GiveBack();

        Assert.Equal(["b NotSent", "a NotSent"], bench.Told);
    }

    [Fact]
    public void A_full_stash_answers_who_loses()
    {
        var bench = new CommandBench(maxCount: 2, whenFull: WhenStashFull.DropOldest);
        foreach (var state in "abc") bench.Accept(state);

        Assert.Equal(["a NotSent"], bench.Told);
        bench.LinkUp();
        Assert.Equal(['b', 'c'], bench.SentStates.Cast<char>());
    }

    [Fact]
    public async Task Commands_that_are_answered_expired_and_lost_at_once_are_told_once_each()
    {
        for (var round = 0; round < 200; round++)
        {
            var bench = new CommandBench();
            bench.LinkUp();
            var commands = Enumerable.Range(0, 60).Select(i => bench.Accept(i, deadline: i % 3 == 0 ? i : long.MaxValue)).ToArray();
            using var start = new Barrier(3);
            var answers = new[] { 0, 1 }.Select(half => Task.Run(() =>
            {
                start.SignalAndWait();
                for (var i = half; i < 60; i += 2) commands[i].Succeed(RespValue.Integer(i));
            })).ToArray();
            start.SignalAndWait();
            bench.Ledger.Expire(30);
            bench.Ledger.LinkLost("gone", 30);
            await Task.WhenAll(answers);

            Assert.Equal(Enumerable.Range(0, 60), bench.Sender.Told.Select(told => (int)told.State!).Order());
            Assert.Equal((0, 0, 0L), (bench.Ledger.InFlight, bench.Ledger.Stashed, bench.Ledger.StashedBytes));
        }
    }
}
