using Akka.Actor;
using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Lanes;
using RedisActors.Supervision;

namespace RedisActors.RedisCluster;

/// <summary>
/// One lane per shard of a cluster: opens and closes lanes, tells them where their primaries are, and lets slots change lanes
/// without losing the order of their commands. The part of a RedisActor that runs in a cluster; used by it alone.
/// </summary>
/// <remarks>
/// A slot changes lanes in three steps. The new lane is told to hold its commands (<see cref="ExpectSlots"/>); what comes for it
/// goes the new lane from here on. The old lane is told to give it up (<see cref="SurrenderSlots"/>), which it does when nothing of
/// the slot is in flight any more. Its commands go ahead of those that are held (<see cref="AdoptCommands"/>). Until they have
/// arrived, the slot does not change lanes again.
/// </remarks>
internal sealed class RedisClusterRouter
{
    private readonly Func<RedisClusterTarget, Lane> _open;
    private readonly Action<Lane> _close;
    private readonly IActorRef _watcher;
    private readonly List<Shard> _shards = [];
    private readonly HashSet<int> _onTheirWay = [];
    private readonly List<Report> _reports = [];
    private readonly HashSet<int> _down = [];
    private readonly HashSet<int> _ready = [];
    private RedisClusterMap? _map;
    private long _ticket;

    /// <param name="open">Opens a lane that leads to a target.</param>
    /// <param name="close">Closes a lane that has nothing to do any more.</param>
    /// <param name="watcher">Who is asked to look at the cluster.</param>
    public RedisClusterRouter(Func<RedisClusterTarget, Lane> open, Action<Lane> close, IActorRef watcher)
    {
        _open = open;
        _close = close;
        _watcher = watcher;

        // The first lane begins with all slots, so that commands wait in it until the cluster has been found.
        Table = new LaneTable([OpenShard().Lane], isFinal: false);
    }

    public LaneTable Table { get; }

    /// <summary>The cluster as it is now.</summary>
    public void OnSeen(RedisClusterSeen message)
    {
        _map = message.Map;
        MeetShards(message.Map);
        MoveSlots(Enumerable.Range(0, HashSlot.Count));
        Decide(message.Ticket);
        CloseIdle();
    }

    /// <summary>Nobody answers. A lane that waits for its first node says why.</summary>
    public void OnUnseen(RedisClusterUnseen message)
    {
        foreach (var shard in _shards) shard.Target.Problem = message.Problem;
    }

    /// <summary>A node does not have a slot: the cluster has to be looked at before it is said what becomes of its commands.</summary>
    public void OnSlotMoved(SlotMoved message, IActorRef commands)
    {
        if (_shards.Find(shard => shard.Lane.IsTakenBy(commands)) is not { } shard) return;
        _reports.Add(new Report(shard.Lane, message.Slot, ++_ticket));
        _watcher.Tell(new LookAtCluster(_ticket));
    }

    public void OnAdoptCommands(AdoptCommands message)
    {
        if (_shards.Find(candidate => candidate.Lane.Number == message.Lane) is { } shard)
        {
            shard.Lane.ToCommands(message);
            return;
        }

        // The lane was closed while they were on their way: they go where their slots are by now.
        foreach (var commands in message.Commands.GroupBy(command => command.Slot is { } slot ? Table[slot] : Table.Keyless))
        {
            commands.Key.ToCommands(new AdoptCommands(commands.Key.Number, [], [.. commands]));
        }
    }

    /// <summary>A node says that the cluster does not serve its commands: another one may have taken its place.</summary>
    public void OnSuspect() => _watcher.Tell(new LookAtCluster(_ticket));

    /// <summary>What has changed for these slots meanwhile, is seen to now.</summary>
    public void OnSlotsArrived(SlotsArrived message)
    {
        _onTheirWay.ExceptWith(message.Slots);
        MoveSlots(message.Slots);
        CloseIdle();
    }

    /// <summary>While a lane is away, it is looked often where its primary is; and commands without a key go another one.</summary>
    public void OnState(RedisConnectionEvent state)
    {
        var wereWell = _down.Count == 0;
        if (state is RedisReady)
        {
            _ready.Add(state.Lane);
            _down.Remove(state.Lane);
        }
        else
        {
            _ready.Remove(state.Lane);
            _down.Add(state.Lane);
        }

        if (wereWell != (_down.Count == 0)) _watcher.Tell(new WatchClusterClosely(wereWell));
        else if (state is RedisLost) _watcher.Tell(new LookAtCluster(_ticket));
        ChooseKeyless();
    }

    private Shard OpenShard()
    {
        var target = new RedisClusterTarget();
        var shard = new Shard(_open(target), target);
        _shards.Add(shard);
        return shard;
    }

    /// <summary>Finds the lane of each shard, or opens one, and tells it where the primary is.</summary>
    private void MeetShards(RedisClusterMap map)
    {
        var known = map.Shards.Select(shard => shard.PrimaryId).ToHashSet();
        foreach (var seen in map.Shards)
        {
            var shard = _shards.Find(candidate => candidate.PrimaryId == seen.PrimaryId)
                ?? _shards.Find(candidate => candidate.Members.Contains(seen.PrimaryId) && !known.Contains(candidate.PrimaryId!))
                ?? _shards.Find(candidate => candidate.PrimaryId is null)
                ?? OpenShard();
            var former = shard.Target.Endpoint;
            shard.PrimaryId = seen.PrimaryId;
            shard.Members = seen.Members;
            if (former == seen.Endpoint) continue;

            shard.Target.MoveTo(seen.Endpoint, former is not null && map.Failed.Contains(former));
            if (former is not null && _ready.Contains(shard.Lane.Number))
            {
                shard.Lane.ToSupervisor(new ReplaceLink($"{seen.Endpoint} has taken the place of {former}"));
            }
        }
    }

    private void MoveSlots(IEnumerable<int> slots)
    {
        if (_map is null) return;
        var lanes = _shards.Where(shard => shard.PrimaryId is not null).ToDictionary(shard => shard.PrimaryId!, shard => shard.Lane);
        var moves = slots
            .Where(slot => !_onTheirWay.Contains(slot))
            .Select(slot => (Slot: slot, To: _map.OwnerOf(slot) is { } owner ? lanes.GetValueOrDefault(owner) : null))
            .Where(move => move.To is not null && move.To != Table[move.Slot])
            .GroupBy(move => (From: Table[move.Slot], To: move.To!), move => move.Slot)
            .ToList();
        foreach (var move in moves)
        {
            var moved = move.ToArray();
            move.Key.To.ToCommands(new ExpectSlots(moved));
            move.Key.From.ToCommands(new SurrenderSlots(moved, move.Key.To.Number, IsExpected: true));
            foreach (var slot in moved) Table[slot] = move.Key.To;
            _onTheirWay.UnionWith(moved);
        }
    }

    /// <summary>Says to the lanes what becomes of the slots that their nodes did not have.</summary>
    private void Decide(long ticket)
    {
        foreach (var (lane, slot, _) in _reports.Where(report => report.Ticket <= ticket))
        {
            if (Table[slot] == lane) lane.ToCommands(new KeepSlots([slot]));
            else lane.ToCommands(new SurrenderSlots([slot], Table[slot].Number, IsExpected: false));
        }

        _reports.RemoveAll(report => report.Ticket <= ticket);
    }

    private void ChooseKeyless()
    {
        if (_ready.Contains(Table.Keyless.Number)) return;
        if (_shards.Find(shard => _ready.Contains(shard.Lane.Number)) is { } shard) Table.Keyless = shard.Lane;
    }

    /// <summary>Lanes that have no slot any more, and none on its way, are closed; what they still have is finished first.</summary>
    private void CloseIdle()
    {
        if (_map is null || _onTheirWay.Count > 0) return;
        foreach (var shard in _shards.Where(shard => !Table.HasSlots(shard.Lane)).ToList())
        {
            if (_reports.Exists(report => report.Lane == shard.Lane)) continue;
            _shards.Remove(shard);
            _ready.Remove(shard.Lane.Number);
            if (_down.Remove(shard.Lane.Number) && _down.Count == 0) _watcher.Tell(new WatchClusterClosely(false));
            if (Table.Keyless == shard.Lane) Table.Keyless = _shards[0].Lane;
            _close(shard.Lane);
        }

        ChooseKeyless();
    }

    private sealed class Shard(Lane lane, RedisClusterTarget target)
    {
        public Lane Lane => lane;

        public RedisClusterTarget Target => target;

        /// <summary>The node that was its primary when it was last seen; null: it has none yet.</summary>
        public string? PrimaryId { get; set; }

        public IReadOnlySet<string> Members { get; set; } = new HashSet<string>();
    }

    private sealed record Report(Lane Lane, int Slot, long Ticket);
}
