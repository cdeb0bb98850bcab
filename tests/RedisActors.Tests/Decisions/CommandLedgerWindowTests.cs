namespace RedisActors.Tests.Decisions;

/// <summary>How what waited goes out after a reconnect.</summary>
public sealed class CommandLedgerWindowTests
{
    [Fact]
    public void What_waited_goes_out_within_a_window_that_grows_as_answers_come()
    {
        var bench = new CommandBench(window: 4, maxWindow: 10);
        for (var i = 0; i < 40; i++) bench.Accept(i);

        bench.LinkUp();
        Assert.Equal(4, bench.Ledger.InFlight);
        Answer(bench, 1);
        Assert.Equal(0, bench.RoomSignals);
        Answer(bench, 1);
        Assert.Equal(1, bench.RoomSignals);
        bench.Ledger.RoomAgain();
        bench.HandOver();
        Assert.Equal(8, bench.Ledger.InFlight);

        Answer(bench, 4);
        bench.Ledger.RoomAgain();
        bench.HandOver();
        Assert.Equal(10, bench.Ledger.InFlight);
        Assert.Equal(Enumerable.Range(0, bench.Sent.Count).Cast<object>(), bench.SentStates);
    }

    [Fact]
    public void New_commands_wait_behind_those_that_waited_and_go_straight_when_none_is_left()
    {
        var bench = new CommandBench(window: 1, maxWindow: 1);
        bench.Accept("a");
        bench.Accept("b");
        bench.LinkUp();
        bench.Accept("c");
        Assert.Equal(["a"], bench.SentStates);

        for (var i = 0; i < 2; i++)
        {
            Answer(bench, 1);
            bench.Ledger.RoomAgain();
            bench.HandOver();
        }

        Assert.Equal(["a", "b", "c"], bench.SentStates);
        bench.Accept("d");
        bench.Accept("e");
        Assert.Equal(["a", "b", "c", "d", "e"], bench.SentStates);
    }

    [Fact]
    public void On_a_new_link_the_window_is_small_again()
    {
        var bench = new CommandBench(window: 1, maxWindow: 100);
        for (var i = 0; i < 20; i++) bench.Accept(i);
        bench.LinkUp();
        for (var i = 0; i < 3; i++)
        {
            Answer(bench, bench.Ledger.InFlight);
            bench.Ledger.RoomAgain();
            bench.HandOver();
        }

        Assert.Equal(8, bench.Ledger.InFlight);
        bench.LinkLost();
        bench.LinkUp();

        Assert.Equal(1, bench.Ledger.InFlight);
    }

    private static void Answer(CommandBench bench, int count)
    {
        foreach (var command in bench.Sent.Where(command => command.IsInFlight).Take(count).ToArray()) command.Succeed(RespValue.Integer(1));
    }
}
