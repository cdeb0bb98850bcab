using System.Diagnostics.CodeAnalysis;

namespace RedisActors.TestKit.Model;

/// <summary>A key's value, and when it expires.</summary>
internal sealed class Entry(object value)
{
    public object Value { get; set; } = value;

    public DateTimeOffset? ExpiresAt { get; set; }
}

/// <summary>A list; Redis has no empty ones, nor empty sets or hashes.</summary>
internal sealed class ListValue : List<string>;

/// <summary>A hash: fields and their values.</summary>
internal sealed class HashValue() : OrderedDictionary<string, string>(StringComparer.Ordinal);

/// <summary>A set.</summary>
internal sealed class SetValue() : OrderedDictionary<string, bool>(StringComparer.Ordinal);

/// <summary>A sorted set: members and their scores.</summary>
internal sealed class SortedSetValue() : Dictionary<string, double>(StringComparer.Ordinal)
{
    /// <summary>By score, then by the member's bytes.</summary>
    public List<KeyValuePair<string, double>> InOrder() => [.. this.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)];
}

/// <summary>One database: keys, values and expiry, by a clock that is asked each time.</summary>
internal sealed class Keyspace(Func<DateTimeOffset> clock)
{
    private readonly OrderedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public IEnumerable<string> Keys
    {
        get
        {
            foreach (var key in _entries.Keys.ToList())
            {
                if (Find(key) is not null) yield return key;
            }
        }
    }

    public Entry? Find(string key)
    {
        if (!_entries.TryGetValue(key, out var entry)) return null;
        if (entry.ExpiresAt is null || entry.ExpiresAt > clock()) return entry;
        _entries.Remove(key);
        return null;
    }

    /// <summary>The value of a key; null if there is none. Throws where it is of another type.</summary>
    public T? Get<T>(string key) where T : class =>
        Find(key) is { } entry ? entry.Value as T ?? throw new ModelError(ModelError.WrongType) : null;

    /// <summary>The value of a key, which is made where there is none.</summary>
    public T GetOrAdd<T>(string key) where T : class, new()
    {
        if (Get<T>(key) is { } known) return known;
        var made = new T();
        Set(key, made);
        return made;
    }

    public bool TryGet<T>(string key, [NotNullWhen(true)] out T? value) where T : class => (value = Get<T>(key)) is not null;

    /// <summary>Sets a key; it does not expire unless it did and is to keep that.</summary>
    public Entry Set(string key, object value, bool keepExpiry = false)
    {
        var entry = new Entry(value) { ExpiresAt = keepExpiry ? Find(key)?.ExpiresAt : null };
        _entries[key] = entry;
        return entry;
    }

    public void Put(string key, Entry entry) => _entries[key] = entry;

    public bool Remove(string key) => Find(key) is not null && _entries.Remove(key);

    /// <summary>Removes a collection that has become empty.</summary>
    public void Trim(string key)
    {
        if (Find(key)?.Value is System.Collections.ICollection { Count: 0 }) _entries.Remove(key);
    }

    public void Clear() => _entries.Clear();
}
