namespace RedisActors.Simulation.Consumers;

/// <summary>A stream with one consumer group on a server: what XREADGROUP, XPENDING, XCLAIM and XACK do, in virtual milliseconds.</summary>
internal sealed class StreamModel
{
    private readonly SortedDictionary<int, Delivery> _pending = [];
    private int _given;

    /// <summary>How many entries were added; their ids are 1 to this number.</summary>
    public int Added { get; set; }

    /// <summary>Entries that were acknowledged.</summary>
    public HashSet<int> Acknowledged { get; } = [];

    public bool HasNew => _given < Added;

    /// <summary>Whether everything that was added has been given out and acknowledged.</summary>
    public bool IsDone => _given == Added && _pending.Count == 0;

    /// <summary>What is neither, for a message.</summary>
    public string Rest => $"{Added - _given} not given out; pending: {string.Join(", ", _pending.Select(pair => $"{pair.Key} at {pair.Value.Consumer}"))}";

    public List<int> Read(string consumer, int count, long now)
    {
        var ids = Enumerable.Range(_given + 1, Math.Min(count, Added - _given)).ToList();
        _given += ids.Count;
        foreach (var id in ids) _pending[id] = new Delivery(consumer, now, 1);
        return ids;
    }

    public List<(int Id, string Consumer, long Idle, int Count)> Look(string? consumer, int behind, long idle, int count, long now) =>
    [
        .. _pending
            .Where(pair => pair.Key > behind && (consumer is null || pair.Value.Consumer == consumer) && now - pair.Value.Since >= idle)
            .Take(count)
            .Select(pair => (pair.Key, pair.Value.Consumer, now - pair.Value.Since, pair.Value.Count)),
    ];

    /// <param name="consumer">Who claims.</param>
    /// <param name="ids">What.</param>
    /// <param name="idle">How long nobody must have shown interest.</param>
    /// <param name="count">What the number of deliveries is set to; null: it stays.</param>
    /// <param name="now">The time.</param>
    public List<int> Claim(string consumer, IEnumerable<int> ids, long idle, int? count, long now)
    {
        var claimed = new List<int>();
        foreach (var id in ids)
        {
            if (!_pending.TryGetValue(id, out var delivery) || now - delivery.Since < idle) continue;
            _pending[id] = new Delivery(consumer, now, count ?? delivery.Count);
            claimed.Add(id);
        }

        return claimed;
    }

    public void Acknowledge(IEnumerable<int> ids)
    {
        foreach (var id in ids)
        {
            _pending.Remove(id);
            Acknowledged.Add(id);
        }
    }

    private readonly record struct Delivery(string Consumer, long Since, int Count);
}
