using Akka.Actor;
using Akka.TestKit;
using RedisActors.Commands;
using RedisActors.Configuration;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Lanes;
using RedisActors.RedisCluster;
using RedisActors.Supervision;

namespace RedisActors.Tests.Actors;

/// <summary>What the router says to its lanes when the cluster changes.</summary>
public sealed class RedisClusterRouterTests : RedisSpec
{
    private readonly Dictionary<int, TestProbe> _commands = [];
    private readonly Dictionary<int, TestProbe> _supervisors = [];
    private readonly Dictionary<int, RedisClusterTarget> _targets = [];
    private readonly List<int> _closed = [];
    private readonly TestProbe _watcher;
    private readonly RedisClusterRouter _router;

    public RedisClusterRouterTests()
    {
        _watcher = CreateTestProbe();
        _router = new RedisClusterRouter(Open, lane => _closed.Add(lane.Number), _watcher.Ref);
    }

    [Fact]
    public void Until_the_cluster_has_been_found_all_commands_go_the_first_lane()
    {
        Assert.Equal(1, _router.Table.LaneOf(new RedisCommand("GET", "a")).Number);
        Assert.Equal(1, _router.Table.LaneOf(new RedisCommand("GET", "b")).Number);
        Assert.Null(_targets[1].Endpoint);
    }

    [Fact]
    public async Task The_first_lane_becomes_that_of_the_first_shard_and_the_others_get_their_slots_from_it()
    {
        See("a 10.0.0.1:1@2 master - 0 0 1 connected 0-99", "b 10.0.0.2:1@2 master - 0 0 2 connected 100-16383");

        Assert.Equal(["10.0.0.1:1", "10.0.0.2:1"], _targets.Values.Select(target => target.Endpoint!.ToString()));
        Assert.Equal(16284, (await _commands[2].ExpectMsgAsync<ExpectSlots>()).Slots.Count);
        var order = await _commands[1].ExpectMsgAsync<SurrenderSlots>();
        Assert.Equal((100, 16284, 2, true), (order.Slots[0], order.Slots.Count, order.Lane, order.IsExpected));
        Assert.Equal((1, 2), (_router.Table[99].Number, _router.Table[100].Number));
    }

    [Fact]
    public async Task A_replica_that_takes_its_primarys_place_gets_the_same_lane()
    {
        See("a 10.0.0.1:1@2 master - 0 0 1 connected 0-16383", "r 10.0.0.3:1@2 slave a 0 0 1 connected");
        _router.OnState(new RedisReady("default", 1, "10.0.0.1:1", 1, TimeSpan.Zero));

        See("a 10.0.0.1:1@2 slave r 0 0 2 connected", "r 10.0.0.3:1@2 master - 0 0 2 connected 0-16383");

        Assert.Equal("10.0.0.3:1", _targets[1].Endpoint!.ToString());
        Assert.Single(_targets);
        await _supervisors[1].ExpectMsgAsync<ReplaceLink>();
        Assert.Empty(await DrainAsync(_commands[1]));
    }

    [Fact]
    public async Task A_slot_that_a_node_did_not_have_stays_or_goes_as_the_next_look_says()
    {
        SeeTwo(firstHas: "0-99", secondHas: "100-16383");
        Arrived();
        _router.OnSlotMoved(new SlotMoved(7), _commands[1].Ref);
        _router.OnSlotMoved(new SlotMoved(8), _commands[1].Ref);
        Assert.Equal(2, (await _watcher.FishForMessageAsync<LookAtCluster>(look => look.Ticket == 2)).Ticket);
        await DrainAsync(_commands[1]);

        SeeTwo(firstHas: "0-6 8-99", secondHas: "7 100-16383", ticket: 1);
        Assert.Equal([7], (await _commands[1].ExpectMsgAsync<SurrenderSlots>()).Slots);
        await _commands[1].ExpectMsgAsync<SurrenderSlots>(order => Assert.False(order.IsExpected));
        SeeTwo(firstHas: "0-6 8-99", secondHas: "7 100-16383", ticket: 2);

        Assert.Equal([8], (await _commands[1].ExpectMsgAsync<KeepSlots>()).Slots);
        Assert.Equal((2, 1), (_router.Table[7].Number, _router.Table[8].Number));
    }

    [Fact]
    public async Task A_watcher_that_was_restarted_is_told_again_what_it_is_to_look_for()
    {
        SeeTwo(firstHas: "0-99", secondHas: "100-16383");
        Ready(1);
        _router.OnState(new RedisLost("default", 1, "10.0.0.2:1", "it is gone") { Lane = 2 });
        _router.OnSlotMoved(new SlotMoved(7), _commands[1].Ref);
        await DrainAsync(_watcher);

        _router.OnWatcherRestarted();

        Assert.True((await _watcher.ExpectMsgAsync<WatchClusterClosely>()).Closely);
        Assert.Equal(1, (await _watcher.ExpectMsgAsync<LookAtCluster>()).Ticket);
    }

    [Fact]
    public async Task A_slot_on_its_way_does_not_change_lanes_again_until_it_has_arrived()
    {
        SeeTwo(firstHas: "0-99", secondHas: "100-16383");
        await _commands[1].ExpectMsgAsync<SurrenderSlots>();

        SeeTwo(firstHas: "0-100", secondHas: "101-16383");
        Assert.Empty(await DrainAsync(_commands[1]));
        Arrived();

        Assert.Equal([100], (await _commands[1].ExpectMsgAsync<ExpectSlots>()).Slots);
        Assert.Equal(1, _router.Table[100].Number);
    }

    [Fact]
    public void A_lane_without_slots_is_closed_when_none_is_on_its_way()
    {
        SeeTwo(firstHas: "0-99", secondHas: "100-16383");
        Arrived();

        See("a 10.0.0.1:1@2 master - 0 0 3 connected 0-16383", "b 10.0.0.2:1@2 master - 0 0 2 connected");
        Assert.Empty(_closed);
        _router.OnSlotsArrived(new SlotsArrived([.. Enumerable.Range(100, HashSlot.Count - 100)]));

        Assert.Equal([2], _closed);
        Assert.Equal(1, _router.Table.LaneOf(new RedisCommand("PING")).Number);
    }

    [Fact]
    public async Task Commands_without_a_key_keep_their_lane_while_it_is_well()
    {
        SeeTwo(firstHas: "0-99", secondHas: "100-16383");
        Ready(2);
        Assert.Equal(2, _router.Table.LaneOf(new RedisCommand("PING")).Number);
        Ready(1);
        Assert.Equal(2, _router.Table.LaneOf(new RedisCommand("PING")).Number);

        _router.OnState(new RedisLost("default", 1, "10.0.0.2:1", "it is gone") { Lane = 2 });

        Assert.Equal(1, _router.Table.LaneOf(new RedisCommand("PING")).Number);
        Assert.True((await _watcher.FishForMessageAsync<WatchClusterClosely>(message => message.Closely)).Closely);
    }

    private void SeeTwo(string firstHas, string secondHas, long ticket = 0) => _router.OnSeen(new RedisClusterSeen(
        Map($"a 10.0.0.1:1@2 master - 0 0 1 connected {firstHas}", $"b 10.0.0.2:1@2 master - 0 0 2 connected {secondHas}"), ticket));

    private void See(params string[] lines) => _router.OnSeen(new RedisClusterSeen(Map(lines), 0));

    private static RedisClusterMap Map(params string[] lines) =>
        RedisClusterMap.Of([RedisClusterNode.ParseAll(string.Join('\n', lines), new RedisEndpoint("10.0.0.1", 1), preferNames: false)]);

    /// <summary>Everything that is on its way has arrived.</summary>
    private void Arrived() => _router.OnSlotsArrived(new SlotsArrived([.. Enumerable.Range(0, HashSlot.Count)]));

    private void Ready(int lane) => _router.OnState(new RedisReady("default", 1, "somewhere", 1, TimeSpan.Zero) { Lane = lane });

    private Lane Open(RedisClusterTarget target)
    {
        var number = _targets.Count + 1;
        _targets[number] = target;
        var (supervisor, commands) = (CreateTestProbe(), CreateTestProbe());
        (_supervisors[number], _commands[number]) = (supervisor, commands);
        var lane = new Lane(number);
        lane.Started(new LaneStarted(number, supervisor.Ref, commands.Ref));
        return lane;
    }
}
