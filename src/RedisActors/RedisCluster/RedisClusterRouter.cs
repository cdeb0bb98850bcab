using Akka.Actor;
using RedisActors.Commands;
using RedisActors.CommandMetadata;
using RedisActors.ExactlyOnce;
using RedisActors.Lanes;
using RedisActors.Supervision;

namespace RedisActors.RedisCluster;

/// <summary>
/// Routes the commands of a RedisActor to the shards of a Redis Cluster, with one lane per shard: opens and closes lanes, tells them where
/// their primaries are, and moves slots between lanes without losing the order of their commands. Used only by the RedisActor itself.
/// </summary>
/// <remarks>
/// A slot changes lanes in three steps. The new lane is told to hold the slot's commands (<see cref="ExpectSlots"/>); from then on they
/// are sent to the new lane. The old lane is told to give the slot up (<see cref="SurrenderSlots"/>), which it does once none of its
/// commands is in flight. The old lane's commands then go ahead of those that the new lane holds (<see cref="AdoptCommands"/>). Until they
/// have arrived, the slot does not change lanes again.
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

    /// <param name="open">Opens a lane to a target.</param>
    /// <param name="close">Closes a lane that is no longer needed.</param>
    /// <param name="watcher">The <see cref="RedisClusterWatcher"/>.</param>
    public RedisClusterRouter(Func<RedisClusterTarget, Lane> open, Action<Lane> close, IActorRef watcher)
    {
        _open = open;
        _close = close;
        _watcher = watcher;

        // The first lane starts with all slots, so that commands wait in it until the Redis Cluster has been found.
        Table = new LaneTable([OpenShard().Lane], isFinal: false);
    }

    public LaneTable Table { get; }

    /// <summary>The lanes of the shards, and where each leads.</summary>
    public IEnumerable<(Lane Lane, RedisClusterTarget Target)> Shards => _shards.Select(shard => (shard.Lane, shard.Target));

    /// <summary>Has the Redis Cluster looked at; the number of that look, see <see cref="RedisClusterSeen"/>.</summary>
    public long Look()
    {
        _watcher.Tell(new LookAtCluster(++_ticket));
        return _ticket;
    }

    /// <summary>There is a new map of the Redis Cluster.</summary>
    public void OnSeen(RedisClusterSeen message)
    {
        _map = message.Map;
        MeetShards(message.Map);
        MoveSlots(Enumerable.Range(0, HashSlot.Count));
        Decide(message.Ticket);
        CloseIdle();
    }

    /// <summary>No node answers. A lane that is still waiting for its first node reports why.</summary>
    public void OnUnseen(RedisClusterUnseen message)
    {
        foreach (var shard in _shards) shard.Target.Problem = message.Problem;
    }

    /// <summary>The watcher is told again what it has forgotten.</summary>
    public void OnWatcherRestarted()
    {
        _watcher.Tell(new WatchClusterClosely(_down.Count > 0));
        _watcher.Tell(new LookAtCluster(_ticket));
    }

    /// <summary>A node does not own a slot: the map is refreshed before anything is decided about the slot's commands.</summary>
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

        // The lane was closed while the commands were on their way: send them to where their slots are now.
        foreach (var commands in message.Commands.GroupBy(command => command.Slot is { } slot ? Table[slot] : Table.Keyless))
        {
            commands.Key.ToCommands(new AdoptCommands(commands.Key.Number, [], [.. commands]));
        }
    }

    /// <summary>A node reports that it cannot serve its commands; another one may have taken over.</summary>
    public void OnSuspect() => _watcher.Tell(new LookAtCluster(_ticket));

    /// <summary>These slots have arrived; applies whatever has changed for them in the meantime.</summary>
    public void OnSlotsArrived(SlotsArrived message)
    {
        _onTheirWay.ExceptWith(message.Slots);
        MoveSlots(message.Slots);
        CloseIdle();
    }

    /// <summary>While a lane is down, the map is refreshed more often, and commands without a key use another lane.</summary>
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

    /// <summary>Finds or opens the lane of each shard and tells it where the primary is.</summary>
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

    /// <summary>Decides, for each slot that a node did not own, whether its lane keeps it or gives it up.</summary>
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

    /// <summary>Closes lanes without slots, once no slot is on its way; a lane finishes its remaining commands first.</summary>
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

        /// <summary>The last known primary; null: none yet.</summary>
        public string? PrimaryId { get; set; }

        public IReadOnlySet<string> Members { get; set; } = new HashSet<string>();
    }

    private sealed record Report(Lane Lane, int Slot, long Ticket);
}
