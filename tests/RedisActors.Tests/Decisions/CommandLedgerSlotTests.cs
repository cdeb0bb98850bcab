using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;

namespace RedisActors.Tests.Decisions;

/// <summary>Slots that change lanes, between two ledgers.</summary>
public sealed class CommandLedgerSlotTests
{
    private const string Moved = "MOVED 12539 127.0.0.1:7002";

    private readonly CommandBench _from = new(inCluster: true);
    private readonly CommandBench _to = new(inCluster: true);
    private readonly int _slot = HashSlot.OfKey("key");

    public CommandLedgerSlotTests()
    {
        _from.LinkUp();
        _to.LinkUp();
    }

    [Fact]
    public void A_command_whose_slot_is_elsewhere_is_held_with_its_successors_and_other_slots_go_on()
    {
        Assert.Equal(RefusalAction.Moved, _from.Refuse(_from.Accept("a"), Moved));
        _from.Accept("b");
        _from.Accept("other", "INCR elsewhere");

        Assert.Equal(["a", "other"], _from.SentStates);
        Assert.Equal((1, 2), (_from.Ledger.InFlight, _from.Ledger.Stashed));
        Assert.Empty(_from.Told);
    }

    [Fact]
    public void Commands_go_over_in_order_ahead_of_those_that_came_there_meanwhile()
    {
        _to.Ledger.Slots.Hold([_slot]);
        _to.Accept("d");
        _from.Accept("a");
        _from.Accept("b");
        _from.Refuse(_from.Last("b"), Moved);
        _from.Refuse(_from.Last("a"), Moved);
        _from.Accept("c");

        MoveOver();

        Assert.Equal(["a", "b", "c", "d"], _to.SentStates);
        Assert.Equal((0, 0), (_from.Ledger.InFlight, _from.Ledger.Stashed));
    }

    [Fact]
    public void The_order_holds_when_the_new_lane_loses_its_link_afterwards()
    {
        _to.Ledger.Slots.Hold([_slot]);
        _to.Accept("c", delivery: DeliveryMode.AtLeastOnce);
        _from.Refuse(_from.Accept("a", delivery: DeliveryMode.AtLeastOnce), Moved);
        _from.Accept("b", delivery: DeliveryMode.AtLeastOnce);
        MoveOver();

        _to.LinkLost();
        _to.Sent.Clear();
        _to.LinkUp();

        Assert.Equal(["a", "b", "c"], _to.SentStates);
    }

    [Fact]
    public void A_slot_goes_when_what_was_in_flight_has_come_back()
    {
        var first = _from.Accept("a");
        var departures = _from.Ledger.Slots;
        departures.Begin(new SurrenderSlots([_slot], 2, IsExpected: true));
        Assert.Empty(departures.TakeQuiet());

        first.Succeed(RespValue.Integer(1));

        var order = Assert.Single(departures.TakeQuiet());
        Assert.Empty(departures.Depart(order).Commands);
        Assert.True(departures.IsEmpty);
    }

    [Fact]
    public void What_may_have_run_and_its_token_and_its_deadline_go_along()
    {
        var sent = _from.Accept("a", delivery: DeliveryMode.ExactlyOnce, deadline: 500);
        var arguments = sent.Arguments;
        _from.LinkLost();
        _from.Ledger.Slots.Hold([_slot]);

        var commands = Surrender();
        _from.Ledger.Expire(1000);
        Assert.Empty(_from.Told);
        Adopt([], commands);

        var again = _to.Last("a");
        Assert.Equal(arguments, again.Arguments);
        Assert.True(again.MayHaveRun);
        _to.Ledger.Expire(1000);
        Assert.Equal(["a Unknown"], _from.Told);
    }

    [Fact]
    public void A_slot_that_stays_goes_on_in_order()
    {
        _from.Refuse(_from.Accept("a"), Moved);
        _from.Accept("b");

        _from.Ledger.Slots.Keep([_slot]);
        _from.HandOver();

        Assert.Equal(["a", "a", "b"], _from.SentStates);
    }

    [Fact]
    public void What_is_held_is_answered_at_its_deadline_and_in_the_end()
    {
        _from.Ledger.Slots.Hold([_slot]);
        _from.Accept("a", deadline: 100);
        _from.Accept("b");

        _from.Ledger.Expire(100);
        Assert.Equal(1, _from.Ledger.Stashed);
        _from.Ledger.EndAll("it stops");

        Assert.Equal(["a NotSent", "b NotSent"], _from.Told);
        Assert.Equal(0, _from.Ledger.Stashed);
    }

    [Fact]
    public void What_is_held_counts_as_waiting_when_the_stash_is_full()
    {
        var bench = new CommandBench(maxCount: 2, inCluster: true);
        bench.Ledger.Slots.Hold([_slot]);
        bench.Accept("a");
        bench.Accept("b");
        bench.Accept("c");

        Assert.Equal(["c NotSent"], bench.Told);
    }

    [Fact]
    public void Where_there_is_no_cluster_the_sender_is_told_that_it_asks_a_node_of_one()
    {
        var bench = new CommandBench();
        bench.LinkUp();

        bench.Refuse(bench.Accept("a"), Moved);

        Assert.Equal(["a Rejected"], bench.Told);
    }

    private void MoveOver()
    {
        _from.Ledger.Slots.Hold([_slot]);
        Adopt([_slot], Surrender());
    }

    private IReadOnlyList<PendingCommand> Surrender() =>
        _from.Ledger.Slots.Depart(new SurrenderSlots([_slot], 2, IsExpected: true)).Commands;

    private void Adopt(int[] expected, IReadOnlyList<PendingCommand> commands)
    {
        _to.Ledger.Slots.Adopt(expected, commands, _to.Join);
        _to.HandOver();
    }
}
