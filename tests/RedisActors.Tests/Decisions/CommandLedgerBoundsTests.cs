using RedisActors.Commands;

namespace RedisActors.Tests.Decisions;

/// <summary>What is in flight is bounded; what exceeds the bounds is stashed, within the bounds of the stash.</summary>
public sealed class CommandLedgerBoundsTests
{
    [Fact]
    public void What_exceeds_the_number_waits_until_half_is_answered()
    {
        var bench = new CommandBench(maxInFlight: 4);
        bench.LinkUp();
        foreach (var state in "abcdefg") bench.Accept(state);
        Assert.Equal("abcd", string.Concat(bench.SentStates));

        bench.Succeed('a');
        bench.TakeSignals();
        Assert.Equal("abcd", string.Concat(bench.SentStates));
        bench.Succeed('b');
        bench.TakeSignals();

        Assert.Equal("abcdef", string.Concat(bench.SentStates));
        Assert.Equal((4, 1), (bench.Ledger.InFlight, bench.Ledger.Stashed));
    }

    [Fact]
    public void What_exceeds_the_stash_as_well_is_refused()
    {
        var bench = new CommandBench(maxCount: 2, maxInFlight: 3);
        bench.LinkUp();
        foreach (var state in "abcdefg") bench.Accept(state);

        Assert.Equal(["f NotSent", "g NotSent"], bench.Told);
    }

    [Fact]
    public void What_exceeds_the_bytes_waits_and_one_of_any_size_goes()
    {
        var value = new string('v', 1000);
        var bench = new CommandBench(maxInFlightBytes: 600);
        bench.LinkUp();

        bench.Accept("large", $"SET key {value}");
        bench.Accept("small");
        Assert.Equal(["large"], bench.SentStates);
        bench.Succeed("large");
        bench.TakeSignals();
        bench.Accept("second large", $"SET key {value}");

        Assert.Equal(["large", "small"], bench.SentStates);
        bench.Succeed("small");
        bench.TakeSignals();
        Assert.Equal(["large", "small", "second large"], bench.SentStates);
    }

    [Fact]
    public void What_comes_back_at_a_loss_counts_for_the_room_that_new_commands_have()
    {
        var bench = new CommandBench(maxCount: 5, maxInFlight: 3);
        bench.LinkUp();
        foreach (var state in "abc") bench.Accept(state, delivery: DeliveryMode.AtLeastOnce);
        bench.LinkLost();

        foreach (var state in "defg") bench.Accept(state);

        Assert.Equal(["f NotSent", "g NotSent"], bench.Told);
        Assert.Equal(5, bench.Ledger.Stashed);
    }

    [Fact]
    public void What_the_stash_holds_for_want_of_room_is_not_paced_like_a_return()
    {
        var bench = new CommandBench(maxInFlight: 100, window: 2, maxWindow: 1000);
        bench.LinkUp();
        for (var i = 0; i < 150; i++) bench.Accept(i);
        for (var i = 0; i < 50; i++) bench.Succeed(i);

        bench.TakeSignals();

        Assert.Equal((100, 0), (bench.Ledger.InFlight, bench.Ledger.Stashed));
    }

    /// <summary>Behind a command that waits for long, answered ones would otherwise keep their arguments and replies.</summary>
    [Fact]
    public void What_has_ended_is_let_go_though_an_older_command_still_waits()
    {
        var sender = new RecordingSender();
        var deadlines = new DeadlineQueue();
        var waiting = sender.Command("waiting", deadline: 1000);
        deadlines.Add(waiting, live: 1);
        var ended = AddOneThatEnds(sender, deadlines);

        for (var i = 0; i < 3000; i++)
        {
            var command = sender.Command(i, deadline: 1000 + i);
            deadlines.Add(command, live: 1);
            command.EndAs(Outcome.NotSent, "over");
        }

        GC.Collect();
        Assert.False(ended.IsAlive);
        Assert.Same(waiting, deadlines.TryTakeExpired(1000));
    }

    private static WeakReference AddOneThatEnds(RecordingSender sender, DeadlineQueue deadlines)
    {
        var command = sender.Command("ended", deadline: 1000);
        deadlines.Add(command, live: 2);
        command.EndAs(Outcome.NotSent, "over");
        return new WeakReference(command);
    }
}
