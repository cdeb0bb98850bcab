using StackExchange.Redis;

namespace RedisActors.CommandMetadata;

/// <summary>What the commands of a transaction do together: which keys they touch, and what a second run would do.</summary>
internal sealed class TransactionEffect
{
    private readonly Dictionary<RedisValue, ReplayClass> _touched = new(BytesComparer.Instance);
    private readonly HashSet<RedisValue> _keys = new(BytesComparer.Instance);
    private readonly List<RedisValue> _found = [];
    private ReplayClass _class;

    /// <summary>Whether it is known which keys all of them touch.</summary>
    public bool KnowsKeys { get; private set; } = true;

    /// <summary>The keys that are known, each once.</summary>
    public IReadOnlyCollection<RedisValue> Keys => _keys;

    /// <summary>What a second run of all of them would do.</summary>
    public ReplayClass Class => HasConditions && _class is not ReplayClass.ReadOnly and < ReplayClass.Conditional ? ReplayClass.Conditional : _class;

    private bool HasConditions { get; set; }

    /// <summary>A condition on a key: in a second run it may fail, since the first one changed the key.</summary>
    public void Add(RedisValue key)
    {
        HasConditions = true;
        _keys.Add(key);
    }

    /// <summary>The next command.</summary>
    public void Add(RedisCommand command)
    {
        var profile = CommandTable.Find(command);
        var own = ReplayPolicy.ClassOf(command, profile);
        AtLeast(own);
        _found.Clear();
        if (profile?.TryGetKeys(command.ArgumentArray, _found) != true)
        {
            KnowsKeys = false;
            return;
        }

        // A command with several keys may read what another one writes.
        var alone = own == ReplayClass.LastWins && _found.Count > 1 ? ReplayClass.Conditional : own;
        foreach (var key in _found.Distinct(BytesComparer.Instance))
        {
            _keys.Add(key);
            if (!_touched.TryAdd(key, alone) && (_touched[key] != alone || alone > ReplayClass.LastWins)) AtLeast(ReplayClass.Accumulating);
        }
    }

    private void AtLeast(ReplayClass other)
    {
        if (other > _class) _class = other;
    }

    /// <summary>Keys are their bytes; as values of StackExchange.Redis, "05" equals 5.</summary>
    private sealed class BytesComparer : IEqualityComparer<RedisValue>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(RedisValue x, RedisValue y) => ((ReadOnlyMemory<byte>)x).Span.SequenceEqual(((ReadOnlyMemory<byte>)y).Span);

        public int GetHashCode(RedisValue key)
        {
            var hash = default(HashCode);
            hash.AddBytes(((ReadOnlyMemory<byte>)key).Span);
            return hash.ToHashCode();
        }
    }
}
