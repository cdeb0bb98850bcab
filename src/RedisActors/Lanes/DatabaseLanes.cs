namespace RedisActors.Lanes;

/// <summary>
/// The lanes of databases other than the connection's own. A link is bound to one database, so no command can run in the wrong one. A
/// command that names another database uses lanes of that database, which are opened on demand and closed when they have been idle.
/// </summary>
/// <param name="open">Opens the lanes of a database.</param>
/// <param name="close">Closes a lane in which nothing waits and nothing is in flight.</param>
/// <param name="max">How many databases may have lanes at the same time.</param>
internal sealed class DatabaseLanes(Func<int, IReadOnlyList<Lane>> open, Action<Lane> close, int max)
{
    private readonly Dictionary<int, Entry> _databases = [];

    public bool IsEmpty => _databases.Count == 0;

    /// <summary>Whether the lane with this number is one of these.</summary>
    public bool Has(int lane) => _databases.Values.Any(entry => entry.Lanes.Any(own => own.Number == lane));

    /// <summary>The lane of a command that names this database; null if too many databases have lanes already.</summary>
    public Lane? LaneOf(RedisCommand command, int database)
    {
        if (!_databases.TryGetValue(database, out var entry))
        {
            if (_databases.Count >= max) return null;
            _databases.Add(database, entry = new Entry(open(database)));
        }

        entry.WasUsed = true;
        return entry.Table.LaneOf(command);
    }

    /// <summary>
    /// Called at regular intervals. Returns the lanes of the databases that no command has named since the last call; the caller asks them
    /// whether they are idle (<see cref="OnIdle"/>).
    /// </summary>
    public List<Lane> TakeUnused()
    {
        var unused = new List<Lane>();
        foreach (var entry in _databases.Values)
        {
            if (entry.WasUsed) entry.IdleLanes.Clear();
            else unused.AddRange(entry.Lanes);
            entry.WasUsed = false;
        }

        return unused;
    }

    /// <summary>
    /// A lane holds no command. Once all lanes of a database are idle, and no command has named it since they were asked, they are closed:
    /// nothing can be on its way to them.
    /// </summary>
    public void OnIdle(int lane)
    {
        var (database, entry) = _databases.FirstOrDefault(pair => pair.Value.Lanes.Any(own => own.Number == lane));
        if (entry is null || entry.WasUsed) return;
        entry.IdleLanes.Add(lane);
        if (entry.IdleLanes.Count < entry.Lanes.Count) return;
        _databases.Remove(database);
        foreach (var own in entry.Lanes) close(own);
    }

    /// <summary>Removes the database of this lane and returns all its lanes.</summary>
    public IReadOnlyList<Lane> Forget(int lane)
    {
        var (database, entry) = _databases.First(pair => pair.Value.Lanes.Any(own => own.Number == lane));
        _databases.Remove(database);
        return entry.Lanes;
    }

    private sealed class Entry(IReadOnlyList<Lane> lanes)
    {
        public IReadOnlyList<Lane> Lanes => lanes;

        public LaneTable Table { get; } = new(lanes, isFinal: true);

        public HashSet<int> IdleLanes { get; } = [];

        public bool WasUsed { get; set; }
    }
}
